"""Where somebody is signed in, and ending it: here, elsewhere, everywhere.

Ending a session deletes it, so the next request of that browser is a stranger's. The idle limit is
checked on the session itself; what the list shows is brought up to date once a minute.
"""

from __future__ import annotations

import re
import time
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from monitoring.accounts import second_factor
from monitoring.accounts.models import Means, User, UserSession
from monitoring.accounts.signals import tell

BEGUN, SEEN, FRESH = "begun_at", "seen_at", "fresh_at"
_EVERY = 60
_BROWSERS = (
    ("Yandex Browser", r"YaBrowser"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS|Chromium"),
    ("Safari", r"Safari"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def device_of(user_agent: str) -> str:
    """Browser and system in words, such as ``Firefox · Android``; "" if neither is known."""
    names = (
        next((name for name, pattern in known if re.search(pattern, user_agent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, names))


def begun(sender, request, user, **kwargs) -> None:
    """Somebody has signed in (listens to ``user_logged_in``)."""
    session = request.session
    now = time.time()
    session[BEGUN] = session[SEEN] = session[FRESH] = now
    if second_factor.required(user) and second_factor.has(user):
        session[second_factor.MARK] = True
    if not session.session_key:
        session.create()
    UserSession.objects.update_or_create(
        key=session.session_key,
        defaults={
            "account": user,
            "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
            "means": getattr(request, "means", Means.PASSWORD),
            "seen_at": timezone.now(),
        },
    )


def left(sender, request, user, **kwargs) -> None:
    """Somebody has signed out (listens to ``user_logged_out``)."""
    UserSession.objects.filter(key=request.session.session_key or "").delete()


def moved(former: str, key: str) -> None:
    """The session goes on under another key, as after a change of password."""
    UserSession.objects.filter(key=former).update(key=key)


def over(session) -> bool:
    """Whether a signed-in session has lasted, or rested, too long."""
    now = time.time()
    begun_at, seen_at = session.get(BEGUN, now), session.get(SEEN, now)
    return now - begun_at > settings.SESSION_COOKIE_AGE or now - seen_at > settings.SESSION_IDLE_AGE


def seen(session) -> None:
    """Note that the session is in use; writes at most once a minute."""
    now = time.time()
    if BEGUN in session and now - session.get(SEEN, 0) < _EVERY:
        return
    session.setdefault(BEGUN, now)
    session[SEEN] = now
    UserSession.objects.filter(key=session.session_key).update(seen_at=timezone.now())


def sign_in_of(session) -> str:
    """Which proof of who one is the session rests on: another after each new one; no secret."""
    text = f"{session.session_key} {session.get(FRESH)}"
    return salted_hmac("monitoring.accounts.sign_in", text).hexdigest()[:20]


def sessions_of(account: User) -> list[UserSession]:
    """Those that are still good, the latest seen first."""
    now = timezone.now()
    oldest = now - timezone.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    idle = now - timezone.timedelta(seconds=settings.SESSION_IDLE_AGE)
    UserSession.objects.filter(account=account, begun_at__lt=oldest).delete()
    UserSession.objects.filter(account=account, seen_at__lt=idle).delete()
    return list(UserSession.objects.filter(account=account))


@transaction.atomic
def end_one(account: User, pk: int, *, actor: User) -> None:
    """End one session of the account; one that has ended meanwhile is no error."""
    _end(account, UserSession.objects.filter(account=account, pk=pk), actor)


@transaction.atomic
def end_others(account: User, key: str, *, actor: User) -> None:
    """End every session but the one with that key."""
    _end(account, UserSession.objects.filter(account=account).exclude(key=key), actor)


@transaction.atomic
def end_all(account: User, *, actor: User, reason: str = "") -> None:
    """End every session of the account at once."""
    _end(account, UserSession.objects.filter(account=account), actor, reason)


def _end(account: User, rows, actor: User, reason: str = "") -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = list(rows.values_list("key", flat=True))
    for key in keys:
        store.delete(key)
    rows.delete()
    if keys:
        ended = {"sessions": [str(len(keys)), "0"]}
        tell(account, actor=actor, kind="sign_in_means", changes=ended, reason=reason)
