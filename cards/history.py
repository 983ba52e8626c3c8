"""The only writer of the history: one chain of entries, never altered afterwards.

Every entry holds the hash of the one before it, and ``HistoryHead`` says where the chain ends. The
head is held from the first entry of a transaction until it ends, so entries follow each other
without gaps. To be free of deadlocks everybody holds rows in the same order: cards (and what they
belong to) first, the head after them, facts last. Who writes several cards in one transaction
holds all of them before the first entry (``services.hold``). See docs/decisions/008.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.utils import timezone

from cards import bulk
from cards.chain import COLUMNS, digest
from cards.models import Card, Event, EventKind, HistoryHead, PermitApplication
from cards.serialise import as_text

#: Columns of a row of ``record_many``, in this order; ``changes`` hold texts.
ROW = (
    "card_id",
    "kind",
    "actor_id",
    "at",
    "from_status",
    "to_status",
    "version",
    "changes",
    "reason",
)
#: Rows of ``record_many`` that are written at once.
PAGE = 1000
_EMPTY = {"application_id": None, "account_id": None}
_AT = {name: place for place, name in enumerate(ROW)}


@transaction.atomic(savepoint=False)
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
    event = Event(
        card=card,
        application=application,
        account=account,
        kind=str(kind),
        actor=actor,
        reason=reason.strip(),
        from_status=str(from_status),
        to_status=str(to_status),
        version=subject.version if subject else 0,
        changes=_texts(changes or {}),
    )
    _hold(Card, [event.card_id])
    _hold(PermitApplication, [event.application_id])
    _hold(get_user_model(), [event.account_id, event.actor_id])
    head = _head()
    event.at = timezone.now()
    event.seq, event.previous = head.seq + 1, head.hash
    event.hash = digest(event.seq, event.previous, [getattr(event, name) for name in COLUMNS])
    event.save(force_insert=True)
    _move(head, event.seq, event.hash)
    return event


@transaction.atomic(savepoint=False)
def record_many(rows: Sequence[Sequence[Any]]) -> None:
    """Add entries on cards, in this order, with few queries; rows of the columns ``ROW``."""
    if not rows:
        return
    _hold(Card, [row[_AT["card_id"]] for row in rows])
    _hold(get_user_model(), [row[_AT["actor_id"]] for row in rows])
    head = _head()
    seq, previous = head.seq, head.hash
    for start in range(0, len(rows), PAGE):
        chained = []
        for row in rows[start : start + PAGE]:
            seq += 1
            values = [row[_AT[name]] if name in _AT else _EMPTY[name] for name in COLUMNS]
            link = digest(seq, previous, values)
            chained.append([*values, seq, previous, link])
            previous = link
        bulk.insert(Event, (*COLUMNS, "seq", "previous", "hash"), chained)
    _move(head, seq, previous)


def on_account_changed(sender, account, actor, kind: str, changes, reason: str = "", **kwargs):
    """Listens to ``monitoring.accounts``: runs inside the transaction that changed an account."""
    record(EventKind(kind), actor=actor, account=account, changes=changes, reason=reason)


def _texts(changes: dict[str, Iterable[Any]]) -> dict[str, list[str]]:
    return {name: [as_text(value) for value in pair] for name, pair in changes.items()}


def _hold(model: type[models.Model], keys: Iterable[int | None]) -> None:
    """Keep the rows that entries refer to from being held by others, before the head is.

    Inserting an entry makes PostgreSQL wait for whoever holds such a row. Whoever does would wait
    for the head in turn, so the waiting has to be done before. SQLite has one writer at a time.
    """
    wanted = sorted({key for key in keys if key is not None})
    if not wanted or connection.vendor != "postgresql":
        return
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",  # noqa: S608  (our table)
            [wanted],
        )


def _head() -> HistoryHead:
    return HistoryHead.objects.select_for_update().get()


def _move(head: HistoryHead, seq: int, link: str) -> None:
    head.seq, head.hash = seq, link
    head.save(update_fields=["seq", "hash"])
