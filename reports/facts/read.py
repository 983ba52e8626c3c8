"""What a report reads: the facts of periods, in a handful of queries whatever there is."""

from __future__ import annotations

import datetime
import json
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import capfirst

from cards.models import Card, City, Coverage, Merge, Place
from cards.reading import label_of
from cards.sections import ANSWERS
from cards.vocabularies import CoverageState, Status
from reports.facts.derive import Derived, derive, unpacked
from reports.facts.months import DAY, Span, first_day, last_day, whole_years
from reports.facts.years import OFTEN_COUNTS, OFTEN_SUMS
from reports.models import Fact, MonthRatios, YearFact
from reports.tally import Counts, Halves, Sums, Told
from reports.types import TOTAL, Agreement, Facts, Period

_MONTH = ("place_id", "month", "counts", "sums")
RATIO = "police_per_participant"


def for_period(period: Period) -> Facts:
    """The facts of one period, with its medians."""
    return for_periods([period], medians=[period.code])[period.code]


def for_periods(
    periods: Sequence[Period], medians: Collection[str] = (), region: str | None = None
) -> dict[str, Facts]:
    """The facts of each period by its code; periods without dates have no cards.

    Years and months come from the kept facts; days of months that a period cuts are derived from
    their cards. ``medians``: codes of the periods whose medians, and agreement of two cards on one
    assembly, are wanted. ``region``: of the cities that lie there today alone.
    """
    using = router.db_for_read(Fact)
    where = _Where.of(using, region)
    spans = {p.code: Span(p.start, p.end) for p in periods if p.start and p.end}
    found = {p.code: _Parts() for p in periods}
    _add_kept(using, spans, found, where)
    for code, span in spans.items():
        for start, end in span.edges:
            for derived in derive(using, start=start, end=end, region=region):
                found[code].add_derived(derived)
    wanted = {code: span for code, span in spans.items() if code in medians}
    _add_ratios(using, wanted, found, where)
    register = _Coverage(using, spans.values(), where)
    result = {}
    for period in periods:
        parts = found[period.code]
        counts, sums = Counts(parts.counts), Sums(parts.sums)
        covered, covered_any = register.months(
            period, spans.get(period.code), register.active | sums.places
        )
        middle, agreement = {}, Agreement()
        if period.code in wanted:
            middle = parts.medians()
            agreement = _agreement(using, wanted[period.code], where)
        result[period.code] = Facts(period, counts, sums, covered, covered_any, middle, agreement)
    return result


class _Parts:
    """What is kept or derived of a period's years, months and days, place by place."""

    def __init__(self) -> None:
        self.counts: dict[str, list[Any]] = {}
        self.sums: dict[str, list[Any]] = {}
        self.ratios: dict[str, list[array[float]]] = {}

    def add(self, place: str, counts: Any, sums: Any) -> None:
        self.counts.setdefault(place, []).append(counts)
        self.sums.setdefault(place, []).append(sums)

    def add_derived(self, derived: Derived) -> None:
        self.add(derived.place, derived.counts, derived.sums)
        self.add_ratios(derived.place, derived.ratios)

    def add_ratios(self, place: str, ratios: array[float]) -> None:
        if ratios:
            self.ratios.setdefault(place, []).append(ratios)

    def medians(self) -> dict[tuple[str, str], float]:
        """Median of police officers per participant over the counted cards that know both."""
        if not self.ratios:
            return {}
        import numpy as np

        whole = {place: np.concatenate(each) for place, each in sorted(self.ratios.items())}
        whole[TOTAL] = np.concatenate(list(whole.values()))
        return {(place, RATIO): float(np.median(each)) for place, each in whole.items()}


@dataclass(frozen=True, slots=True)
class _Where:
    """What of the places lies in the region that is reported on; without one everything does.

    Kept facts tell a place's cards apart by nothing but the month. Where its cities lie in several
    regions, those of one are derived from the cards.
    """

    region: str | None = None
    whole: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, using: str, region: str | None) -> _Where:
        if region is None:
            return cls()
        regions: dict[str, set[str]] = {}
        for place, its_region in City.objects.using(using).values_list("place_id", "region_id"):
            regions.setdefault(place, set()).add(its_region)
        within = {place for place, found in regions.items() if region in found}
        whole = frozenset(place for place in within if len(regions[place]) == 1)
        return cls(region, whole, frozenset(within) - whole)

    def of_whole(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of the rows of places those that lie in the region as a whole."""
        return rows if self.region is None else rows.filter(place__in=self.whole)

    def within(self, path: str) -> dict[str, str]:
        """Condition on rows whose region is found by the path."""
        return {} if self.region is None else {path: self.region}


def _add_kept(
    using: str, spans: Mapping[str, Span], found: Mapping[str, _Parts], where: _Where
) -> None:
    """Put the kept facts into the periods that hold their months: a query for whole years, one for
    the months beside them, if there are any.

    Three more for each place of which only a part lies in the region.
    """
    inside = {code: span.whole for code, span in spans.items() if span.whole}
    if not inside:
        return
    years = {code: whole_years(*whole) for code, whole in inside.items()}
    stale = _add_years(using, years, found, where)
    rest = Q()
    for code, (first, last) in inside.items():
        for begin, end in _beside(first, last, years[code]):
            rest |= Q(month__range=(begin, end))
    for place, year in stale:
        rest |= Q(place=place, month__year=year)

    def put(place: str, month: datetime.date, counts: Any, sums: Any) -> None:
        for code, (begin, end) in inside.items():
            read = month.year in years[code] and (place, month.year) not in stale
            if begin <= month <= end and not read:
                found[code].add(place, counts, sums)

    if rest:
        rows = where.of_whole(Fact.objects.using(using).filter(rest))
        for row in rows.order_by("month", "place_id").values_list(*_MONTH):
            put(*row)
    first, last = min(w[0] for w in inside.values()), max(w[1] for w in inside.values())
    for place in sorted(where.parts):
        for part in derive(
            using, place=place, region=where.region, start=first, end=last_day(last)
        ):
            for code, (begin, end) in inside.items():
                if begin <= part.month <= end:
                    found[code].add(place, part.counts, part.sums)


def _add_years(
    using: str, years: Mapping[str, range], found: Mapping[str, _Parts], where: _Where
) -> set[tuple[str, int]]:
    """Put whole years into the periods; those of a place that are not current are given back."""
    wanted = {year for each in years.values() for year in each}
    stale: set[tuple[str, int]] = set()
    if not wanted:
        return stale
    rows = where.of_whole(YearFact.objects.using(using).filter(year__in=wanted))
    for place, year, counts, sums, current in _parsed(rows.order_by("year", "place_id")):
        if not current:
            stale.add((place, year))
            continue
        for code, its_years in years.items():
            if year in its_years:
                found[code].add(place, counts, sums)
    return stale


def _parsed(rows: QuerySet[YearFact]) -> Iterator[tuple[str, int, Any, Any, bool]]:
    """Rows of years: what is asked often is read at once (text by text takes longer), the rest
    when something of it is asked for."""
    lines = list(rows.values_list("place_id", "year", "current", "often", "rest"))
    told = json.loads(f"[{','.join(line[3] for line in lines)}]")
    for (place, year, current, _often, text), often in zip(lines, told, strict=True):
        rest = Told(text)
        counts = Halves(OFTEN_COUNTS, often.get("counts", {}), rest, "counts")
        yield place, year, counts, Halves(OFTEN_SUMS, often.get("sums", {}), rest, "sums"), current


def _beside(
    first: datetime.date, last: datetime.date, years: range
) -> list[tuple[datetime.date, datetime.date]]:
    """First days of the first and last months of what is left of a span without whole years."""
    if not years:
        return [(first, last)]
    ends = (datetime.date(years[0], 1, 1) - DAY, datetime.date(years[-1] + 1, 1, 1))
    left = []
    if first <= ends[0]:
        left.append((first, first_day(ends[0])))
    if ends[1] <= last:
        left.append((ends[1], last))
    return left


def _add_ratios(
    using: str, spans: Mapping[str, Span], found: Mapping[str, _Parts], where: _Where
) -> None:
    """Put the ratios of the periods' whole months into them; one query for each period.

    Those that are not current are derived from the cards of their place and month.
    """
    for code, span in spans.items():
        if span.whole is None:
            continue
        first, last = span.whole
        rows = MonthRatios.objects.using(using).filter(month__range=(first, last))
        rows = where.of_whole(rows).order_by("month", "place_id")
        for place, month, ratios, current in rows.values_list(
            "place_id", "month", "ratios", "current"
        ):
            if current:
                found[code].add_ratios(place, unpacked(ratios))
                continue
            for each in derive(using, place=place, start=month, end=last_day(month)):
                found[code].add_ratios(place, each.ratios)
        for place in sorted(where.parts):
            for each in derive(
                using, place=place, region=where.region, start=first, end=last_day(last)
            ):
                found[code].add_ratios(place, each.ratios)


class _Coverage:
    """The coverage register, read once for all periods."""

    def __init__(self, using: str, spans: Collection[Span], where: _Where) -> None:
        self.active = set(
            Place.objects.using(using).filter(active=True).values_list("code", flat=True)
        )
        if where.region is not None:
            self.active &= where.whole | where.parts
        self.entered: list[tuple[str, datetime.date, float]] = []
        if spans:
            days = (
                first_day(min(span.start for span in spans)),
                max(span.end for span in spans),
            )
            rows = Coverage.objects.using(using).filter(month__range=days)
            self.entered = [
                (place, month, Coverage.WEIGHTS[CoverageState(state)])
                for place, month, state in rows.values_list("place_id", "month", "state")
            ]

    def months(
        self, period: Period, span: Span | None, places: Collection[str]
    ) -> tuple[dict[str, float], float]:
        """Months covered in each of ``places``, and months in which any of them was covered.

        What is entered is taken from the period's months; where nothing is, a place was covered.
        """
        covered = dict.fromkeys(places, float(period.months))
        nobody: dict[datetime.date, int] = {}
        begins = first_day(span.start) if span else datetime.date.max
        ends = span.end if span else datetime.date.min
        for place, month, weight in self.entered:
            if begins <= month <= ends and place in covered:
                part = span.part_of(month) if span else 0.0
                covered[place] = max(covered[place] - (1 - weight) * part, 0.0)
                nobody[month] = nobody.get(month, 0) + (weight == 0)
        blank = sum(
            span.part_of(month) for month, n in nobody.items() if span and n == len(covered)
        )
        return covered, max(float(period.months) - blank, 0.0)


def _agreement(using: str, span: Span, where: _Where) -> Agreement:
    """Agreement over the merges that stand and whose card is approved and dated in the span.

    Of a chain of merges only the last card is approved: the last pair is the one that is taken.
    """
    cards = Card.objects.using(using).filter(
        pk=OuterRef("card"),
        status=Status.APPROVED,
        date__range=(span.start, span.end),
        **where.within("city__region"),
    )
    # Asked of each merge, of which there are few: joined, SQLite begins with all approved cards.
    rows = Merge.objects.using(using).filter(Exists(cards), undone_at=None)
    pairs = [dict(each) for each in rows.order_by().values_list("agreement", flat=True)]
    questions = []
    for name in ANSWERS:
        answers = [pair[name] for pair in pairs if name in pair]
        if answers:
            label: Any = label_of(name)
            questions.append((name, capfirst(label), len(answers), sum(answers)))
    return Agreement(
        len(pairs),
        sum(compared for _code, _name, compared, _agreed in questions),
        sum(agreed for _code, _name, _compared, agreed in questions),
        tuple(questions),
    )
