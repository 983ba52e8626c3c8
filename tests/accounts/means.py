"""What the tests of accounts share: codes of the factories' app, and what was recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.test import Client
from django.urls import reverse

from monitoring.accounts.signals import account_changed
from tests.factories import PASSWORD, SECRET


def code(step: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or so many steps of 30 seconds later."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + step))


def reader() -> Client:
    """A stranger who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def sign_in(client: Client, user, password: str = PASSWORD, **extra):
    data = {"username": user.username, "password": password, **extra}
    return client.post(reverse("sign_in"), data)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@contextmanager
def recorded() -> Iterator[list[dict]]:
    """Everything that ``account_changed`` tells meanwhile."""
    told: list[dict] = []

    def listen(sender, signal, **what):
        told.append(what)

    account_changed.connect(listen)
    try:
        yield told
    finally:
        account_changed.disconnect(listen)
