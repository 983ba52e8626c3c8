"""Months and spans of days."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DAY = datetime.timedelta(days=1)


def first_day(day: datetime.date) -> datetime.date:
    """First day of the month that ``day`` lies in."""
    return day.replace(day=1)


def last_day(day: datetime.date) -> datetime.date:
    """Last day of the month that ``day`` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(day: datetime.date) -> datetime.date:
    """First day of the month after."""
    return last_day(day) + DAY


def runs(months: Iterable[datetime.date]) -> Iterator[tuple[datetime.date, datetime.date]]:
    """First and last month of each unbroken run of months (given by their first days)."""
    run: list[datetime.date] = []
    for month in sorted(months):
        if run and next_month(run[-1]) != month:
            yield run[0], run[-1]
            run = []
        run.append(month)
    if run:
        yield run[0], run[-1]


@dataclass(frozen=True, slots=True)
class Span:
    """The days from ``start`` to ``end``, both included."""

    start: datetime.date
    end: datetime.date

    @property
    def whole(self) -> tuple[datetime.date, datetime.date] | None:
        """First days of the first and the last month wholly inside; None where there is none."""
        first = self.start if self.start.day == 1 else next_month(self.start)
        after = next_month(self.end) if self.end == last_day(self.end) else first_day(self.end)
        return (first, first_day(after - DAY)) if first < after else None

    @property
    def edges(self) -> tuple[tuple[datetime.date, datetime.date], ...]:
        """The days, as spans, that lie in no such month."""
        if self.whole is None:
            return ((self.start, self.end),)
        first, last = self.whole
        found = []
        if self.start < first:
            found.append((self.start, first - DAY))
        if last_day(last) < self.end:
            found.append((last_day(last) + DAY, self.end))
        return tuple(found)

    def part_of(self, month: datetime.date) -> float:
        """What part of a month (given by its first day) lies inside: 0 to 1."""
        start, end = max(month, self.start), min(last_day(month), self.end)
        days = (end - start).days + 1
        return max(days, 0) / last_day(month).day
