from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardsConfig(AppConfig):
    name = "cards"
    verbose_name = _("Observation cards")

    def ready(self) -> None:
        from cards import sqlite  # noqa: F401  (teaches SQLite to sort Kazakh and Russian names)
