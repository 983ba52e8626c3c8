"""Packing the columns of months whose cards have changed, and comparing them with the cards."""

from __future__ import annotations

import datetime
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Count, Exists, OuterRef, Q

from cards.models import Card
from reports.columns import changes
from reports.facts.months import last_day
from reports.models import ColumnChange, MonthColumn

#: Numbers of people and of minutes: kept as they are.
NUMBERS = (
    "participants", "police", "duration_minutes", "detained", "detained_minors", "detained_before",
    "released_without_report", "injured",
)  # fmt: skip
#: Everything else that the explorer asks of a card itself: kept as codes of different answers.
CODED = (
    "date", "date_precision", "start_time", "city", "place_type", "source", "course", "peaceful",
    "form", "topic", "organiser_type", "attributes", "minors_present", "participants_basis",
    "legal_status", "reason_not_requested", "application_date", "answer_date",
    "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned", "police_basis", "plain_clothes", "police_actions",
    "warned_before_dispersal", "in_the_name_of_the_law",
)  # fmt: skip
NAMES = (*CODED, *NUMBERS)
#: A month with fewer counted cards is not kept: its cards are read as quickly.
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that says something else than the cards, though nothing told of a change.

    ``kept``, ``cards``: how many cards each knows; ``differing``: of as many cards, on how many
    the answers differ.
    """

    month: datetime.date
    name: str
    kept: int
    cards: int
    differing: int

    def __str__(self) -> str:
        rest = f", {self.differing} differ" if self.kept == self.cards else ""
        return f"{self.month:%Y-%m} column {self.name}: kept {self.kept}, cards {self.cards}{rest}"


class _Overtaken(Exception):
    """Somebody else has packed the month meanwhile."""


def settle(using: str | None = None, *, seconds: float | None = None) -> int:
    """Pack the months that have changed, each in a transaction of its own; returns how many.

    ``seconds``: after how long no other month is begun. Several may do this at once: they begin
    anywhere, and a month that somebody else packed first is left as it is.
    """
    using = using or router.db_for_write(MonthColumn)
    began = time.monotonic()
    changes.note(using, _incomplete(using))
    rows = ColumnChange.objects.using(using).order_by().values_list("month", flat=True)
    months = list(rows.distinct())
    random.shuffle(months)
    packed = 0
    for month in months:
        if seconds is not None and time.monotonic() - began >= seconds:
            break
        packed += _pack(using, month)
    return packed


def _incomplete(using: str) -> list[datetime.date]:
    """Months that an earlier version packed, which kept other columns."""
    rows = MonthColumn.objects.using(using).order_by().values("month")
    known = rows.annotate(n=Count("pk", filter=Q(name__in=NAMES)), every=Count("pk"))
    return list(known.exclude(n=len(NAMES), every=len(NAMES)).values_list("month", flat=True))


def _pack(using: str, month: datetime.date) -> bool:
    """Write the columns of a month; whether it was this one who did.

    What is known of changes is read before the cards, and only that is taken away: who changes a
    card in between leaves a row that stays. A row that is gone meanwhile was taken by somebody who
    read the cards, perhaps later than here: then nothing is written.
    """
    noted = ColumnChange.objects.using(using)
    seen = list(noted.filter(month=month).order_by("pk").values_list("pk", flat=True))
    if not seen:
        return False
    rows = _cards(using, month)
    made = columns_of(month, rows) if len(rows) >= FEWEST else []
    try:
        with transaction.atomic(using=using):
            for at in range(0, len(seen), 500):
                some = seen[at : at + 500]
                if noted.filter(pk__in=some).delete()[0] != len(some):
                    raise _Overtaken
            MonthColumn.objects.using(using).filter(month=month).delete()
            MonthColumn.objects.using(using).bulk_create(made)
    except _Overtaken:
        return False
    return True


def _cards(using: str, month: datetime.date) -> list[Sequence[Any]]:
    """``NAMES`` of each counted card of a month, as the database has them; by one statement."""
    cards = Card.objects.using(using).counted().filter(date__range=(month, last_day(month)))
    # By the day first, as an index has them; what stands together packs well.
    rows = cards.order_by("date", "pk").values_list(*NAMES)
    # Past the conversion of each value: different ones are few.
    sql, parameters = rows.query.get_compiler(using).as_sql()
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[Sequence[Any]] = cursor.fetchall()
    return found


def columns_of(month: datetime.date, rows: Sequence[Sequence[Any]]) -> list[MonthColumn]:
    """The columns of a month's cards, unsaved; ``rows``: ``NAMES`` of each card."""
    import numpy as np

    made = []
    for name, values in zip(NAMES, zip(*rows, strict=True) if rows else NAMES, strict=True):
        answers: dict[Any, int] = {}
        if not rows:
            codes = []
        elif name in NUMBERS:
            codes = [0 if value is None else value + 1 for value in values]
        else:
            codes = [answers.setdefault(value, len(answers)) for value in values]
        width = next(size for size in (1, 2, 4) if max(codes, default=0) < 256**size)
        # Days and hours are written as they are read back.
        listed = [None if value is None else str(value) for value in answers]
        made.append(
            MonthColumn(
                month=month,
                name=name,
                answers=json.dumps(listed, ensure_ascii=False, separators=(",", ":")),
                width=width,
                codes=np.array(codes, dtype=f"<u{width}").tobytes(),
            )
        )
    return made


def verify(using: str | None = None) -> Iterator[Difference]:
    """Every column that is current and not what the cards say; none if all is well."""
    using = using or router.db_for_write(MonthColumn)
    months = MonthColumn.objects.using(using).order_by("month").values_list("month", flat=True)
    for month in list(months.distinct()):
        kept = _current(using, month)
        own = {each.name: each for each in columns_of(month, _cards(using, month))}
        wrong = [name for name, each in kept.items() if _said(each) != _said(own[name])]
        # A card that was approved in between is no difference.
        if wrong and {name: each.pk for name, each in _current(using, month).items()} == {
            name: each.pk for name, each in kept.items()
        }:
            for name in wrong:
                yield _difference(kept[name], own[name])


def _current(using: str, month: datetime.date) -> dict[str, MonthColumn]:
    """The columns of a month; none if it has changed since."""
    rows = MonthColumn.objects.using(using).filter(month=month, name__in=NAMES)
    return {each.name: each for each in rows.filter(unchanged())}


def unchanged() -> Q:
    """Columns of months of which no change is known."""
    return ~Q(Exists(ColumnChange.objects.filter(month=OuterRef("month"))))


def _said(column: MonthColumn) -> tuple[str, int, bytes]:
    return column.answers, column.width, bytes(column.codes)


def _difference(kept: MonthColumn, own: MonthColumn) -> Difference:
    both = [_values(each) for each in (kept, own)]
    differing = sum(one != other for one, other in zip(*both, strict=False))
    return Difference(kept.month, kept.name, len(both[0]), len(both[1]), differing)


def _values(column: MonthColumn) -> list[Any]:
    import numpy as np

    codes = np.frombuffer(column.codes, dtype=f"<u{column.width}").tolist()
    answers = json.loads(column.answers)
    return [answers[code] for code in codes] if answers else codes
