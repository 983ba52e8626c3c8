from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        # facts listens to changes of counted cards, uploads adds a kind of file to load.
        from reports import facts, uploads  # noqa: F401
