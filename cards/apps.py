from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CardsConfig(AppConfig):
    name = "cards"
    verbose_name = _("Observation cards")

    def ready(self) -> None:
        from cards import (
            guards,
            history,
            search,
            sqlite,  # noqa: F401  (teaches SQLite to sort Kazakh and Russian names)
            watch,
        )
        from cards.field import sealing
        from monitoring import health
        from monitoring.accounts.signals import account_changed

        post_migrate.connect(guards.after_migrations, sender=self, dispatch_uid="cards.guards")
        post_migrate.connect(search.after_migrations, sender=self, dispatch_uid="cards.search")
        account_changed.connect(history.on_account_changed, dispatch_uid="cards.history")
        health.READY["guards"] = guards.complete
        health.READY["search"] = search.complete
        health.READY["sealing"] = sealing.ready
        watch.register()
