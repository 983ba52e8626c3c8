from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "monitoring.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self):
        from django.core.signals import request_started

        from monitoring.jobs import embedded, watch

        request_started.connect(embedded.on_request)
        watch.register()
