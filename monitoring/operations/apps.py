from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "monitoring.operations"
    label = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from django.conf import settings

        from monitoring.accounts.signals import sign_in_failed
        from monitoring.logs import config
        from monitoring.operations import counting, own

        if not settings.DEBUG:
            config.install()
        sign_in_failed.connect(counting.sign_in_failed, dispatch_uid="operations.counting")
        own.register()
