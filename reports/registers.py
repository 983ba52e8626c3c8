"""Rows of the registers as the reports know them: names, periods, regions, places, vocabularies.

Frozen copies, free of the database; ``reports.source`` makes them. ``reports.types`` passes them on
with the other words of the pipeline.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language

from reports.codes import Basis

#: Series of periods whose rule differs from that of the others (``cards.models.PeriodSeries``).
YEAR, CUSTOM = "year", "custom"


@dataclass(frozen=True, slots=True)
class Label:
    """A name kept in the database in three languages; ``str()`` gives the active one."""

    ru: str
    kk: str
    en: str

    def __str__(self) -> str:
        return getattr(self, (get_language() or "ru")[:2], self.ru) or self.ru


Text = str | Promise | Label
"""Anything that becomes text of the active language through ``str()``."""


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period. ``months`` may be fractional; dates may be unknown (published only)."""

    code: str
    name: Label
    start: datetime.date | None
    end: datetime.date | None
    months: float
    basis: Basis
    # What of earlier reports' figures is shown does not hang on it: it stays out of fingerprints.
    series: str = field(default=YEAR, repr=False)

    def like(self, other: Period) -> bool:
        """Whether the two may stand side by side in a table over the periods.

        Those of one series may; of periods with days of their own those with the same days of the
        year. So no table ever holds a year and a half of it.
        """
        if self.series != other.series:
            return False
        return self.series != CUSTOM or self._days == other._days

    def overlaps(self, later: Period) -> bool:
        """Whether the two share a day, as far as their days are known."""
        return self.end is not None and later.start is not None and self.end >= later.start

    @property
    def when(self) -> tuple[datetime.date, datetime.date]:
        """What periods are ordered by; those without dates come first."""
        return self.start or datetime.date.min, self.end or datetime.date.min

    @property
    def _days(self) -> tuple[int, ...]:
        """First and last day of the year, and over how many years they reach."""
        if self.start is None or self.end is None:
            return ()
        last = min(self.end.day, 28) if self.end.month == 2 else self.end.day
        years = self.end.year - self.start.year
        return self.start.month, self.start.day, self.end.month, last, years


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the country as its borders are today.

    parts: reporting places of which only some cities lie in it.
    """

    code: str
    name: Label
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A reporting place (T1, T2, ...), in the order of the register."""

    code: str
    name: Label


@dataclass(frozen=True, slots=True)
class Terms:
    """What the law asks of those who gather, as far as one answer holds for a whole period.

    regime: a code of ``cards.vocabularies.Regime``; "" where acts of several kinds, or none that
    is known, were in force. days: for an answer of the authorities; None where there is no one
    number.
    """

    regime: str = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """An act on assemblies, from its first to its last day in force (None: still)."""

    code: str
    name: Label
    since: datetime.date
    until: datetime.date | None
    terms: Terms
    summary: Label


@dataclass(frozen=True, slots=True)
class Provision:
    """Another rule of the chapter on legislation; ``above``: told before the act."""

    text: Label
    since: datetime.date | None = None
    until: datetime.date | None = None
    above: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of what the facts are counted by, each in the order of its register; and the law."""

    places: Mapping[str, Label]
    forms: Mapping[str, Label]
    topics: Mapping[str, Label]
    topic_groups: Mapping[str, Label]
    group_of_topic: Mapping[str, str]
    laws: tuple[Law, ...] = ()
    provisions: tuple[Provision, ...] = ()

    def laws_of(self, period: Period) -> list[Law]:
        """The acts in force on some day of a period; none where its days are not known."""
        return [law for law in self.laws if period.start and _in_force(law, period)]

    def provisions_of(self, period: Period) -> list[Provision]:
        """The other rules; where the days are not known only those without a first day."""
        return [each for each in self.provisions if _in_force(each, period)]

    def terms_of(self, *periods: Period) -> Terms:
        """What the acts of all these periods agree in; those without days do not speak."""
        found = {law.terms for period in periods for law in self.laws_of(period)}
        regimes, days = {each.regime for each in found}, {each.days for each in found}
        return Terms(
            regimes.pop() if len(regimes) == 1 else "", days.pop() if len(days) == 1 else None
        )


def _in_force(rule: Law | Provision, period: Period) -> bool:
    first = period.start or datetime.date.min
    last = period.end or first
    starts, ends = rule.since or datetime.date.min, rule.until or datetime.date.max
    return starts <= last and first <= ends
