"""What allauth asks the site about its second factors: names, and how secrets are kept."""

from __future__ import annotations

import base64
import hashlib

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings


class Adapter(DefaultMFAAdapter):
    """Secrets are sealed with a key made of SECRET_KEY. Devices are told the alias alone: the list
    of passkeys and codes on a seized phone shows it."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography's InvalidToken if the key was changed without a fallback."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user) -> str:
        return str(user)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user) -> dict:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": str(user), "display_name": str(user)}


def _box():
    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"zhinalys.second-factor" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
