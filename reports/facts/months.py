"""Months and spans of days."""

from __future__ import annotations

import calendar
import datetime
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator
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


def runs(
    months: Iterable[datetime.date], apart: Collection[datetime.date] | None = None
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """First and last month of each unbroken run of months (given by their first days).

    ``apart``: a run is broken only where one of these lies between two months.
    """
    between = None if apart is None else sorted(apart)
    run: list[datetime.date] = []
    for month in sorted(months):
        if run:
            if between is None:
                broken = next_month(run[-1]) != month
            else:
                broken = bisect(between, run[-1]) != bisect(between, month)
            if broken:
                yield run[0], run[-1]
                run = []
        run.append(month)
    if run:
        yield run[0], run[-1]


def whole_years(first: datetime.date, last: datetime.date) -> range:
    """The calendar years wholly inside the months from ``first`` to ``last`` (by first days)."""
    begins = first.year if first.month == 1 else first.year + 1
    ends = last.year if last.month == 12 else last.year - 1
    return range(begins, ends + 1)


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
