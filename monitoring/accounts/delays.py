"""Growing delays instead of lock-out, kept in the database so that every worker knows them.

An attempt is counted before it is looked at, so that a hundred at once are no way around. A name
and an address wait apart and never long; a device that has signed a person in before has a count
of its own, so that somebody else's failures cannot keep that person out. Keys are keyed hashes: the
table tells neither which names were tried nor from where.
"""

from __future__ import annotations

import datetime
import math
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext_lazy

from monitoring.accounts.models import Attempts
from monitoring.accounts.signals import sign_in_failed

#: Slips of the finger cost nothing; after that 1, 2, 4 … seconds, and never more than the limit.
FREE = 4
LIMIT = 60
#: Guessing a code is a matter of numbers, and who guesses knows the password already.
LIMIT_OF_CODES = 300
#: After so long without an attempt everything is forgotten.
FORGOTTEN = datetime.timedelta(hours=1)

COOKIE = "known_device"
_SALT = "zhinalys.known-device"
_COOKIE_AGE = 180 * 24 * 60 * 60


class Wait(ValidationError):
    """Too early for another attempt; ``seconds`` to go."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        text = ngettext_lazy(
            "Too many attempts. Try again in %(seconds)s second.",
            "Too many attempts. Try again in %(seconds)s seconds.",
            "seconds",
        )
        super().__init__(text, code="wait", params={"seconds": seconds})


@contextmanager
def attempt(keys: Iterable[str], limit: int = LIMIT) -> Iterator[Attempt]:
    """Counts as a failure under every key unless ``succeeded`` is called inside.

    Raises Wait, counting nothing, while one of the keys has to wait.
    """
    hashed = sorted(_hash(key) for key in keys)
    _count(hashed, limit)
    result = Attempt()
    try:
        yield result
    finally:
        if result.forgets is None:
            sign_in_failed.send(sender=Attempt)
    if result.forgets is not None:
        _forget([_hash(key) for key in result.forgets], hashed)


class Attempt:
    """What became of it. ``forgets``: the keys whose failures are over; None: it failed."""

    forgets: tuple[str, ...] | None = None

    def succeeded(self, *keys: str) -> None:
        """Take this attempt back; failures before it under ``keys`` are forgotten too."""
        self.forgets = keys


def keys_of_sign_in(request, username: str) -> tuple[str, ...]:
    """Under what an attempt to sign in as ``username`` counts."""
    name = username.casefold()
    device = _device(request, name)
    if device:
        return (f"device:{device}",)
    return (f"name:{name}", f"address:{address(request)}")


def is_known_device(keys: tuple[str, ...]) -> bool:
    """Whether the attempt comes from a device that has signed this person in before."""
    return keys[0].startswith("device:")


def remember_device(request, response, username: str) -> None:
    """After a sign-in: this device counts on its own from now on, for this person only."""
    name = username.casefold()
    value = f"{_hash(name)}:{_device(request, name) or secrets.token_hex(8)}"
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=_SALT),
        max_age=_COOKIE_AGE,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def address(request) -> str:
    """The visitor's address, behind as many proxies as the settings say."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return forwarded[-settings.PROXIES].strip()
    return request.META.get("REMOTE_ADDR", "")


def sweep() -> None:
    """Delete what is forgotten anyway."""
    Attempts.objects.filter(last_at__lt=timezone.now() - FORGOTTEN).delete()


def _device(request, name: str) -> str:
    """The mark of a device that this name has signed in on; "" if there is none."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_COOKIE_AGE)
    except signing.BadSignature:
        return ""
    of, _colon, mark = value.partition(":")
    return mark if of == _hash(name) else ""


def _hash(key: str) -> str:
    return salted_hmac("zhinalys.attempts", key, algorithm="sha256").hexdigest()


@transaction.atomic
def _count(hashed: list[str], limit: int) -> None:
    now = timezone.now()
    for key in hashed:
        Attempts.objects.get_or_create(key=key, defaults={"last_at": now})
    rows = list(Attempts.objects.select_for_update().filter(key__in=hashed).order_by("key"))
    for row in rows:
        if now - row.last_at > FORGOTTEN:
            row.failures = 0
    left = max(_left(row, now, limit) for row in rows)
    if left > 0:
        raise Wait(math.ceil(left))
    for row in rows:
        row.failures, row.last_at = row.failures + 1, now
        row.save(update_fields=["failures", "last_at"])


def _left(row: Attempts, now: datetime.datetime, limit: int) -> float:
    """Seconds until the next attempt under this key is looked at."""
    if row.failures < FREE:
        return 0
    delay = min(2 ** min(row.failures - FREE, 20), limit)
    return delay - (now - row.last_at).total_seconds()


@transaction.atomic
def _forget(forgotten: list[str], hashed: list[str]) -> None:
    for row in Attempts.objects.select_for_update().filter(key__in=hashed).order_by("key"):
        row.failures = 0 if row.key in forgotten else max(row.failures - 1, 0)
        row.save(update_fields=["failures"])
