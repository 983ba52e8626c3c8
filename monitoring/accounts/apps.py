from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "monitoring.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from monitoring.accounts import sessions

        user_logged_in.connect(sessions.begun)
        user_logged_out.connect(sessions.left)
