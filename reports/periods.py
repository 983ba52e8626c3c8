"""Reporting periods that analysts add: what the dates propose, what is refused, and writing them.

A period is a row; which earlier ones its report lists follows from its series
(``docs/decisions/022-other-periods-regions-and-laws.md``).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cards.models import Period, PeriodBasis, PeriodSeries
from reports.facts.months import Span, first_day, last_day, next_month
from reports.models import Edition, PublishedValue
from reports.numbers import format_date
from reports.types import LANGUAGES, Text

#: Series of a part of a year: its first and its last month.
PARTS: Mapping[str, tuple[int, int]] = {
    PeriodSeries.YEAR: (1, 12),
    PeriodSeries.HALF_1: (1, 6),
    PeriodSeries.HALF_2: (7, 12),
    PeriodSeries.QUARTER_1: (1, 3),
    PeriodSeries.QUARTER_2: (4, 6),
    PeriodSeries.QUARTER_3: (7, 9),
    PeriodSeries.QUARTER_4: (10, 12),
}
#: How the part of a year is written in a code, and its name.
_CODES: Mapping[str, str] = {
    PeriodSeries.YEAR: "",
    PeriodSeries.HALF_1: "-1",
    PeriodSeries.HALF_2: "-2",
    PeriodSeries.QUARTER_1: "-q1",
    PeriodSeries.QUARTER_2: "-q2",
    PeriodSeries.QUARTER_3: "-q3",
    PeriodSeries.QUARTER_4: "-q4",
}
_NAMES: Mapping[str, Text] = {
    PeriodSeries.YEAR: "%(year)s",
    PeriodSeries.HALF_1: gettext_lazy("First half of %(year)s"),
    PeriodSeries.HALF_2: gettext_lazy("Second half of %(year)s"),
    PeriodSeries.QUARTER_1: gettext_lazy("First quarter of %(year)s"),
    PeriodSeries.QUARTER_2: gettext_lazy("Second quarter of %(year)s"),
    PeriodSeries.QUARTER_3: gettext_lazy("Third quarter of %(year)s"),
    PeriodSeries.QUARTER_4: gettext_lazy("Fourth quarter of %(year)s"),
}

#: What keeps a period as it is, and how to ask: by its code. Each is something that was given out
#: and would no longer say what it said.
HOLDERS: list[tuple[Text, Callable[[str], bool]]] = [
    (
        gettext_lazy("Figures of a printed report belong to this period."),
        lambda code: PublishedValue.objects.filter(period=code).exists(),
    ),
    (
        gettext_lazy("A frozen edition speaks of this period."),
        lambda code: Edition.objects.filter(period=code).exclude(freeze=None).exists(),
    ),
]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be said of a period whose days are known."""

    series: str
    code: str
    name_ru: str
    name_kk: str
    name_en: str
    months: Decimal

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def days_of(series: str, year: int) -> tuple[datetime.date, datetime.date]:
    """First and last day of a year or of a part of it; KeyError for days of its own."""
    first, last = PARTS[series]
    return datetime.date(year, first, 1), last_day(datetime.date(year, last, 1))


def series_of(start: datetime.date, end: datetime.date) -> str:
    """The series that two days make: a calendar year, a half or a quarter of one, or their own."""
    for series in PARTS:
        if (start, end) == days_of(series, start.year):
            return series
    return str(PeriodSeries.CUSTOM)


def months_of(start: datetime.date, end: datetime.date) -> Decimal:
    """Months from the first to the last day, with one decimal place; cut months count in part."""
    span, month, total = Span(start, end), first_day(start), Decimal(0)
    while month <= end:
        total += Decimal(repr(span.part_of(month)))
        month = next_month(month)
    return total.quantize(Decimal("0.1"), ROUND_HALF_UP)


def months_touched(start: datetime.date, end: datetime.date) -> int:
    """Months of which at least one day lies in the period."""
    return 12 * (end.year - start.year) + end.month - start.month + 1


def propose(start: datetime.date, end: datetime.date) -> Proposal:
    """Series, code, names in three languages and months, from the days."""
    series = series_of(start, end)
    if series == PeriodSeries.CUSTOM:
        code = f"{start:%Y%m%d}-{end:%Y%m%d}"
    else:
        code = f"{start.year}{_CODES[series]}"
    names = {f"name_{language}": _name(series, start, end, language) for language in LANGUAGES}
    return Proposal(series=series, code=code, months=months_of(start, end), **names)


def _name(series: str, start: datetime.date, end: datetime.date, language: str) -> str:
    with override(language):
        if series != PeriodSeries.CUSTOM:
            return str(_NAMES[series]) % {"year": start.year}
        days = {"start": format_date(start, language), "end": format_date(end, language)}
        return _("Period from %(start)s to %(end)s") % days


def listed() -> list[Period]:
    """Every period, the latest first; those without dates last. One query."""
    rows = Period.objects.order_by("order")
    return sorted(rows, key=lambda row: row.end or datetime.date.min, reverse=True)


def find(code: str) -> Period:
    """The period with that code; ``Period.DoesNotExist`` if there is none."""
    return Period.objects.get(pk=code)


def clashes(code: str, names: Mapping[str, str], apart: str = "") -> dict[str, str]:
    """Field -> what is taken by another period than ``apart``. One query."""
    rows = Period.objects.exclude(pk=apart).values("code", *names)
    found = {}
    for row in rows:
        if code and row["code"].casefold() == code.casefold():
            found["code"] = _("There is a period with this code already.")
        for field, name in names.items():
            if name and row[field].casefold() == name.casefold():
                found[field] = _("The period %(code)s has this name already.") % {
                    "code": row["code"]
                }
    return found


def twin(start: datetime.date, end: datetime.date, series: str, apart: str = "") -> Period | None:
    """Another period of the series that shares a day with these: one of the two is a slip.

    Periods with days of their own may overlap each other; only the very same days are refused.
    """
    rows = Period.objects.exclude(pk=apart).filter(series=series)
    if series == PeriodSeries.CUSTOM:
        return rows.filter(start=start, end=end).first()
    return rows.filter(Q(start__lte=end, end__gte=start)).first()


def held_by(code: str) -> list[Text]:
    """Why the period has to stay as it is; empty where it may be changed."""
    return [reason for reason, holds in HOLDERS if holds(code)]


def seal_of(period: Period) -> str:
    """What an editing page carries, to tell whether somebody else has changed the row since."""
    columns = sorted(period._meta.get_fields(), key=lambda each: each.name)
    values = [getattr(period, each.attname) for each in columns if hasattr(each, "attname")]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]


class Changed(Exception):
    """Somebody else saved the period in the meantime; ``period`` is how it stands now."""

    def __init__(self, period: Period) -> None:
        super().__init__(period.pk)
        self.period = period


class Held(Exception):
    """The period was given out in the meantime and stays as it is."""


@transaction.atomic
def add(values: Mapping[str, Any], *, actor: Any) -> Period:
    """A new period that rests on cards, after all others. IntegrityError if its code is taken."""
    last = Period.objects.aggregate(last=Max("order"))["last"] or 0
    period = Period(**values, basis=PeriodBasis.CARDS, order=last + 1)
    period.save(force_insert=True)
    _note(actor, period, ADDITION, values)
    return period


@transaction.atomic
def change(code: str, values: Mapping[str, Any], *, actor: Any, seal: str) -> Period:
    """The period with other values; its code and basis stay.

    Raises ``Changed`` where it is no longer what ``seal`` says, ``Held`` where it was given out.
    """
    period = Period.objects.select_for_update().get(pk=code)
    if seal != seal_of(period):
        raise Changed(period)
    if held_by(code):
        raise Held(code)
    before = {name: getattr(period, name) for name in values}
    told = {name: value for name, value in values.items() if value != before[name]}
    for name, value in told.items():
        setattr(period, name, value)
    if told:
        period.save(update_fields=list(told))
        _note(actor, period, CHANGE, {name: [before[name], told[name]] for name in told})
    return period


def _note(actor: Any, period: Period, what: int, values: Mapping[str, Any]) -> None:
    """An entry in the history of the settings, where administrators' changes of periods are."""
    lines = [f"{name}: {_written(value)}" for name, value in values.items()]
    LogEntry.objects.log_actions(
        actor.pk, [period], what, change_message="; ".join(lines), single_object=True
    )


def _written(value: Any) -> str:
    return " → ".join(map(str, value)) if isinstance(value, list) else str(value)
