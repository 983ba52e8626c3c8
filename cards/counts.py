"""Every count of people at an assembly in the order of time: participants, then police."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.functional import Promise

from cards.models import Card, Count
from cards.vocabularies import CountSubject


@dataclass(frozen=True, slots=True)
class Row:
    """A count; ``highest``: none of the same people gives a higher number."""

    count: Count
    highest: bool


@dataclass(frozen=True, slots=True)
class Table:
    subject: str
    label: str | Promise
    rows: list[Row]


def tables_of(card: Card) -> list[Table]:
    """Counts of participants, then of police; those without a time stand last, in the order in
    which they were given. No query where ``counts`` were fetched."""
    tables = []
    for subject, label in CountSubject.choices:
        counts = [count for count in card.counts.all() if count.subject == subject]
        counts.sort(key=lambda count: (*_place(card, count), count.pk))
        numbers = {count.pk: number for count in counts if (number := _number(count)) is not None}
        # One number alone is no highest one.
        top = max(numbers.values()) if len(numbers) > 1 else None
        rows = [Row(count, top is not None and numbers.get(count.pk) == top) for count in counts]
        if rows:
            tables.append(Table(subject, label, rows))
    return tables


def _number(count: Count) -> int | None:
    """What a count is compared by: its best estimate, else "at least"; "at most" alone says too
    little."""
    return count.best if count.best is not None else count.low


def _place(card: Card, count: Count) -> tuple[bool, bool, datetime.time]:
    """Where a count stands in time: past midnight of an assembly that lasted into the next day, a
    small hour comes after a late one."""
    at, start, end = count.counted_at, card.start_time, card.end_time
    if at is None:
        return (True, False, datetime.time.min)
    past_midnight = bool(start and end and end < start and at <= end)
    return (False, past_midnight, at)
