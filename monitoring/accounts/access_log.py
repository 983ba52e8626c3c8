"""Who looked at or took away what is sensitive: apart from the history, purgeable, no addresses.

Written by views after the right was asked for; read by administrators; deleted by
``purge_access_log`` alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from monitoring.accounts.models import AccessEntry, Action, User

PAGE = 50
#: Reading the same card again within this time is the same reading.
AGAIN = datetime.timedelta(hours=1)
_ONCE = frozenset({Action.CARD_VIEWED, Action.HISTORY_VIEWED, Action.LOG_VIEWED})


def note(user, action: str, subject: str = "", purpose: str = "", **details) -> None:
    """Write an entry. ``subject``: a number or identifier as text; ``details``: plain JSON.

    Reading counts once an hour for each person and subject; what is taken away, every time.
    """
    if action in _ONCE:
        since = timezone.now() - AGAIN
        same = AccessEntry.objects.filter(user=user, action=action, subject=subject, at__gt=since)
        if same.exists():
            return
    AccessEntry.objects.create(
        user=user, action=action, subject=subject, purpose=purpose.strip(), details=details
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first, and the query strings of the neighbours ("" if there is none)."""

    entries: list[AccessEntry]
    previous_url: str
    next_url: str


def page(chosen: dict, after: int | None = None, before: int | None = None) -> Page:
    """A page of the log. ``chosen``: person (User), action, day, each of them or none.

    ``after``: entries older than that id; ``before``: those newer. One query.
    """
    rows = AccessEntry.objects.filter(_chosen(chosen)).select_related("user")
    if before is not None:
        rows = rows.filter(id__gt=before).order_by("id")
    elif after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if before is not None:
        found.reverse()
    newer = bool(found) and (more if before is not None else after is not None)
    older = bool(found) and (before is not None or more)
    return Page(
        found,
        _address(chosen, before=found[0].pk) if newer else "",
        _address(chosen, after=found[-1].pk) if older else "",
    )


def purge(days: int) -> int:
    """Delete what is older than that many days; returns how many entries."""
    limit = timezone.now() - datetime.timedelta(days=days)
    return AccessEntry.objects.filter(at__lt=limit).delete()[0]


def _chosen(chosen: dict) -> Q:
    found = Q()
    if chosen.get("person"):
        found &= Q(user=chosen["person"])
    if chosen.get("action"):
        found &= Q(action=chosen["action"])
    if chosen.get("day"):
        begin = timezone.make_aware(datetime.datetime.combine(chosen["day"], datetime.time()))
        found &= Q(at__gte=begin, at__lt=begin + datetime.timedelta(days=1))
    return found


def _address(chosen: dict, **cursor: int) -> str:
    query = {
        name: value.pk if isinstance(value, User) else value
        for name, value in chosen.items()
        if value
    }
    return "?" + urlencode({**query, **cursor})
