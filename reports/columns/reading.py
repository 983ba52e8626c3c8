"""Which columns are current, and which days they leave to the cards.

Columns are never believed by themselves: one statement reads them together with what is known of
changes, so that a month is either as its cards are or left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reports.columns import transfer
from reports.columns.keeping import unchanged
from reports.columns.table import Part, Table
from reports.facts.months import DAY, first_day, last_day, runs
from reports.models import MonthColumn

#: First and last day, both included; None: without a bound.
Days = tuple[datetime.date | None, datetime.date | None]
#: More spans of days than these are not asked of the cards: the months between some are read twice.
MOST_SPANS = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """table: the columns. rest: the days of which they say nothing. keys: of a row for each month,
    by which ``still`` knows it again."""

    table: Table
    rest: Sequence[Days]
    keys: Sequence[int]


def read(using: str, names: Collection[str], days: Days) -> Kept | None:
    """The columns with these names of the months that are current; None where there are none.

    ``days``: no card dated otherwise is asked for. One query.
    """
    first, last = days
    rows = MonthColumn.objects.using(using).filter(unchanged(), name__in=sorted(names))
    if first is not None:
        rows = rows.filter(month__gte=first_day(first))
    if last is not None:
        rows = rows.filter(month__lte=last)
    months: dict[datetime.date, dict[str, Part]] = {}
    keys: dict[datetime.date, int] = {}
    for key, month, name, answers, width, codes in transfer.values_list(
        rows, "pk", "month", "name", "answers", "width", "codes"
    ):
        months.setdefault(month, {})[name] = Part(answers, width, codes)
        keys[month] = key
    whole = sorted(month for month, parts in months.items() if len(parts) == len(names))
    spans = _joined(list(runs(whole)), MOST_SPANS)
    whole = [month for month in whole if any(begin <= month <= end for begin, end in spans)]
    if not whole:
        return None
    return Kept(
        Table({name: [months[month][name] for month in whole] for name in names}),
        _rest(spans, days),
        [keys[month] for month in whole],
    )


def still(using: str, kept: Kept) -> bool:
    """Whether all of it is still current. One query."""
    rows = MonthColumn.objects.using(using).filter(unchanged(), pk__in=kept.keys)
    return rows.count() == len(kept.keys)


def _joined(
    spans: list[tuple[datetime.date, datetime.date]], most: int
) -> list[tuple[datetime.date, datetime.date]]:
    """The longest of these runs of months, so many that few spans of days are left to the cards."""
    longest = sorted(spans, key=lambda span: span[0] - span[1])[: most - 1]
    return sorted(longest)


def _rest(spans: Sequence[tuple[datetime.date, datetime.date]], days: Days) -> list[Days]:
    """The days before, between and after these runs of months, within ``days``."""
    begin = days[0]
    found: list[Days] = []
    for first, last in spans:
        if begin is None or begin < first:
            found.append((begin, first - DAY))
        begin = last_day(last) + DAY
    if days[1] is None or (begin is not None and begin <= days[1]):
        found.append((begin, days[1]))
    return found
