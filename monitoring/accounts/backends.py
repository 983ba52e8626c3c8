"""Who may sign in: active accounts; demonstration ones only while DEBUG is on."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    def user_can_authenticate(self, user) -> bool:
        """Demonstration passwords are printed for everybody, so they open no real site."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.demo)
