"""Devices on which people work without a connection: the key of their drafts, and forgetting it.

The site makes a key for each device of each account and gives it to a signed-in session only.
Forgetting a device destroys its key; what was sealed to the bureau is not touched by that.
"""

from __future__ import annotations

import datetime
import secrets
import uuid as uuids

from django.db import transaction
from django.utils import timezone

from monitoring.accounts.models import Device, User
from monitoring.accounts.sessions import device_of
from monitoring.accounts.signals import tell

#: What the list shows is brought up to date no more often.
_EVERY = datetime.timedelta(minutes=1)


class Forgotten(Exception):
    """The device was forgotten: its key is gone for good."""


def known(account: User, uuid: uuids.UUID, user_agent: str) -> Device:
    """The device as this account knows it, with a key from its first visit on.

    Raises Forgotten.
    """
    device, new = Device.objects.get_or_create(
        account=account,
        uuid=uuid,
        defaults={"key": secrets.token_urlsafe(32), "label": device_of(user_agent)},
    )
    if device.forgotten_at is not None:
        raise Forgotten
    now = timezone.now()
    if not new and device.seen_at < now - _EVERY:
        Device.objects.filter(pk=device.pk).update(seen_at=now)
    return device


def devices_of(account: User) -> list[Device]:
    """Those that were not forgotten, the latest seen first."""
    return list(_remembered(account))


def forget(account: User, pk: int, *, actor: User) -> None:
    """Forget one device of the account; one that is forgotten already is no error."""
    _forget(account, _remembered(account).filter(pk=pk), actor)


def forget_itself(account: User, uuid: uuids.UUID) -> None:
    """The device wiped itself, or was told to by whoever holds it."""
    _forget(account, _remembered(account).filter(uuid=uuid), account)


def forget_all(account: User, *, actor: User, reason: str = "") -> None:
    """Forget every device of the account."""
    _forget(account, _remembered(account), actor, reason)


def _remembered(account: User):
    return Device.objects.filter(account=account, forgotten_at=None)


@transaction.atomic
def _forget(account: User, rows, actor: User, reason: str = "") -> None:
    number = rows.update(forgotten_at=timezone.now(), key="")
    if number:
        gone = {"devices": [str(number), "0"]}
        tell(account, actor=actor, kind="sign_in_means", changes=gone, reason=reason)
