"""The only writer of the history: one chain of entries, never altered afterwards.

Every entry holds the hash of the one before it, and ``HistoryHead`` says where the chain ends. The
head is held from the first entry of a transaction until it ends, so entries follow each other
without gaps. To be free of deadlocks everybody holds rows in the same order: cards (and what they
belong to) first, the head after them, facts last. Who writes several cards in one transaction
holds all of them before the first entry (``services.hold``). See docs/decisions/008.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.utils import timezone

from cards import bulk
from cards.chain import COLUMNS, Encoded, digest, halves, pair
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
_LINK = ("seq", "previous", "hash")
_CHAINED = (*COLUMNS, *_LINK)
_STORED = (*COLUMNS, "subject", "seq", "previous", "hash")
_HEAD = HistoryHead._meta.db_table
_AT = {name: place for place, name in enumerate(ROW)}
#: A row with None behind it -> values of ``COLUMNS``; what the rows have not is None.
_ORDERED = operator.itemgetter(*(_AT.get(name, len(ROW)) for name in COLUMNS))


@transaction.atomic(savepoint=False)
def record(
    kind: EventKind,
    *,
    actor,
    card: Card | None = None,
    application=None,
    account=None,
    subject: str = "",
    reason: str = "",
    changes: dict[str, list[Any]] | None = None,
    from_status: str = "",
    to_status: str = "",
) -> Event:
    """Add an entry on one thing (card, application, account, or a ``subject`` by its name).

    It becomes part of the caller's transaction. What is returned has no key of its row.

    ``changes``: field -> [before, after] as text.
    """
    versioned = card or application
    event = Event(
        card=card,
        application=application,
        account=account,
        subject=subject,
        kind=str(kind),
        actor=actor,
        reason=reason.strip(),
        from_status=str(from_status),
        to_status=str(to_status),
        version=versioned.version if versioned else 0,
        changes=texts(changes or {}),
    )
    _hold(Card, [event.card_id])
    _hold(PermitApplication, [event.application_id])
    _hold(get_user_model(), [event.account_id, event.actor_id])
    seq, event.previous = _head()
    event.at = timezone.now()
    event.seq = seq + 1
    values = [getattr(event, name) for name in COLUMNS]
    event.hash = digest(event.seq, event.previous, values, subject)
    row = [*values, subject, event.seq, event.previous, event.hash]
    bulk.insert(Event, _STORED, [row], then=[_moving(event.seq, event.hash)])
    return event


@transaction.atomic(savepoint=False)
def record_many(
    rows: Sequence[Sequence[Any]], *, told: Callable[[int], None] = lambda _done: None
) -> None:
    """Add entries on cards, in this order, with few queries; rows of the columns ``ROW``.

    Their ``changes`` may be what makes them: of a large file not all of them are held at once.
    ``told``: called with the number of rows written so far.
    """
    if rows:
        _hold(Card, [row[_AT["card_id"]] for row in rows])
        _hold(get_user_model(), [row[_AT["actor_id"]] for row in rows])
        record_held(rows, told=told)


def record_held(
    rows: Sequence[Sequence[Any]],
    *,
    along: Sequence[bulk.Statement] = (),
    end: Sequence[bulk.Statement] = (),
    told: Callable[[int], None] = lambda _done: None,
) -> None:
    """The same where the caller's transaction has inserted the cards and rows that refer to whoever
    acts, so that nobody else holds either. ``along``, ``end``: what is carried out right before
    them, and right after."""
    if connection.vendor == "postgresql" and len(rows) <= bulk.FEW:
        bulk.run(*along, _chaining([_values(row) for row in rows]), *end)
        told(len(rows))
        return
    seq, previous = _head(along)
    for start in range(0, len(rows), PAGE):
        chained = []
        for row in rows[start : start + PAGE]:
            seq += 1
            values = _values(row)
            link = digest(seq, previous, values)
            chained.append([*values, seq, previous, link])
            previous = link
        then = [_moving(seq, previous), *end] if start + PAGE >= len(rows) else []
        bulk.insert(Event, _CHAINED, chained, then=then)
        told(start + len(chained))


def _values(row: Sequence[Any]) -> list[Any]:
    """The columns of an entry of ``record_many``; what its rows have not is None."""
    values = list(_ORDERED((*row, None)))
    if callable(values[-1]):
        values[-1] = values[-1]()
    return values


def _chaining(entries: list[list[Any]]) -> bulk.Statement:
    """The statement with which PostgreSQL itself hashes a few entries and puts them at the end of
    the chain; without a head it is refused, since then they have no number.

    Between asking for the head and writing the entries others would wait for our process, which has
    more to do than this: on a busy machine that took longer than all the rest of a submission.
    """
    links, given, rows = [], [], []
    for place, values in enumerate(entries):
        before = f"e{place - 1}" if place else "head"
        text = "%s || (seq + 1) || ',\"' || hash || '\",' || %s"
        link = f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
        columns = f"seq + 1 AS seq, hash AS previous, {link} AS hash"
        links.append(f"e{place} AS MATERIALIZED (SELECT {columns} FROM {before})")  # noqa: S608  (our names)
        given += halves(values)
        rows.append([*values, *(bulk.Sql(f"(SELECT {of} FROM e{place})") for of in _LINK)])  # noqa: S608  (our table)
    inserting, written = bulk.inserting(Event, _CHAINED, rows)
    statement = (
        f"WITH head AS (SELECT seq, hash FROM {_HEAD} WHERE id = 1 FOR UPDATE), {', '.join(links)},"  # noqa: S608  (our table)
        f" written AS ({inserting}) UPDATE {_HEAD} SET seq = last.seq, hash = last.hash"
        f" FROM e{len(entries) - 1} last WHERE {_HEAD}.id = 1"
    )
    return statement, [*given, *written]


def on_account_changed(sender, account, actor, kind: str, changes, reason: str = "", **kwargs):
    """Listens to ``monitoring.accounts``: runs inside the transaction that changed an account."""
    record(EventKind(kind), actor=actor, account=account, changes=changes, reason=reason)


def texts(changes: dict[str, Iterable[Any]]) -> dict[str, list[str]]:
    """Field -> [before, after] as an entry keeps them."""
    return {name: [as_text(value) for value in pair] for name, pair in changes.items()}


def encoded(changes: dict[str, list[str]]) -> Encoded:
    """The same as it is written and hashed: made before the head is held, not while others wait."""
    return Encoded.of(pair(name, *both) for name, both in sorted(changes.items()))


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


def _head(along: Sequence[bulk.Statement] = ()) -> tuple[int, str]:
    """Number and hash of the last entry; held until the transaction ends."""
    held = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    row = bulk.run(*along, (f"SELECT seq, hash FROM {_HEAD} WHERE id = 1{held}", ()))  # noqa: S608  (our table)
    if row is None:
        raise HistoryHead.DoesNotExist
    seq, link = row
    return seq, link


def _moving(seq: int, link: str) -> bulk.Statement:
    """The statement that lets the chain end there."""
    return f"UPDATE {_HEAD} SET seq = %s, hash = %s WHERE id = 1", (seq, link)  # noqa: S608  (our table)
