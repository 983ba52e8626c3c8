"""Passkeys: a key on the person's device that also signs in without name and password.

Every one of them is discoverable and checks who holds the device (PIN, finger, face), so it is both
factors at once. allauth and fido2 do the ceremony; both are imported inside.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.accounts import second_factor
from monitoring.accounts.models import User

LONGEST_NAME = 60


class Refused(Exception):
    """The device's answer proves nothing."""


def registration(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey for ``user``, as plain JSON."""
    return _plain(_auth().begin_registration(user, passwordless=True))


def authentication(user: User | None = None) -> dict[str, Any]:
    """What the browser needs to use a passkey: one of ``user``, or any that it knows."""
    return _plain(_auth().begin_authentication(user))


@transaction.atomic
def add(user: User, name: str, answer: str) -> None:
    """Keep the passkey that the browser made. Raises Refused."""
    auth = _auth()
    credential = _read(answer)
    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
    except _WRONG as error:
        raise Refused from error
    if not made.is_user_verified():
        raise Refused
    auth.WebAuthn.add(user, name[:LONGEST_NAME], credential)
    second_factor.told(user, passkey=["", name[:LONGEST_NAME]])


def used(answer: str, user: User | None = None) -> User:
    """Whose passkey answered: ``user``'s, or that of whom the answer names. Raises Refused."""
    auth = _auth()
    credential = _read(answer)
    try:
        auth.parse_authentication_response(credential)
        owner = user or auth.extract_user_from_response(credential)
        auth.complete_authentication(owner, credential).record_usage()
    except _WRONG as error:
        raise Refused from error
    return owner


@transaction.atomic
def remove(user: User, pk: int) -> None:
    """Forget a passkey of the person; one that is not theirs is left alone."""
    row = next((row for row in second_factor.state_of(user).passkeys if row.pk == pk), None)
    if row is None:
        return
    row.delete()
    second_factor.told(user, passkey=[row.data["name"], ""])
    second_factor.drop_codes_if_alone(user)


#: What a forged or broken answer makes the libraries raise.
_WRONG = (
    ValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    struct.error,
)


def _read(answer: str) -> dict[str, Any]:
    try:
        credential = json.loads(answer)
    except ValueError as error:
        raise Refused from error
    if not isinstance(credential, dict):
        raise Refused
    return credential


def _auth():
    from allauth.mfa.webauthn.internal import auth

    return auth


def _plain(options) -> dict[str, Any]:
    return json.loads(json.dumps(options, default=dict))
