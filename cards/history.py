"""The only writer of the history: one entry for each change, never altered afterwards."""

from __future__ import annotations

from typing import Any

from cards.models import Card, Event, EventKind


def record(
    kind: EventKind,
    *,
    actor,
    card: Card | None = None,
    application=None,
    account=None,
    reason: str = "",
    changes: dict[str, list[Any]] | None = None,
    from_status: str = "",
    to_status: str = "",
) -> Event:
    """Add an entry on one thing (card, application or account), inside the caller's transaction.

    ``changes``: field -> [before, after] as text.
    """
    subject = card or application
    return Event.objects.create(
        card=card,
        application=application,
        account=account,
        kind=kind,
        actor=actor,
        reason=reason.strip(),
        from_status=from_status,
        to_status=to_status,
        version=subject.version if subject else 0,
        changes=changes or {},
    )
