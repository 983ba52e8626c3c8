"""What a report reads: the facts of periods, in a handful of queries whatever there is."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import router
from django.utils.text import capfirst

from cards.models import Card, Coverage, Merge, Place
from cards.reading import label_of
from cards.sections import ANSWERS
from cards.vocabularies import CoverageState
from reports.facts.derive import derive
from reports.facts.months import Span, first_day
from reports.models import Fact
from reports.types import TOTAL, Agreement, Facts, Period, Sum

_Counts = dict[tuple[str, str, str], int]
_Sums = dict[tuple[str, str], Sum]


def for_period(period: Period) -> Facts:
    """The facts of one period, with its medians."""
    return for_periods([period], medians=[period.code])[period.code]


def for_periods(periods: Sequence[Period], medians: Collection[str] = ()) -> dict[str, Facts]:
    """The facts of each period by its code; periods without dates have no cards.

    Months come from the kept facts; days of months that a period cuts are derived from their
    cards. ``medians``: codes of the periods whose medians, and agreement of two cards on one
    assembly, are wanted; these read cards.
    """
    using = router.db_for_read(Fact)
    spans = {p.code: Span(p.start, p.end) for p in periods if p.start and p.end}
    found: dict[str, tuple[_Counts, _Sums]] = {p.code: ({}, {}) for p in periods}
    _add_months(using, spans, found)
    for code, span in spans.items():
        for start, end in span.edges:
            for derived in derive(using, start=start, end=end):
                _add(*found[code], derived.place, derived.counts, derived.sums)
    register = _Coverage(using, spans.values())
    result = {}
    for period in periods:
        counts, sums = found[period.code]
        places = register.active | {place for place, measure in sums if measure == "assemblies"}
        covered, covered_any = register.months(period, spans.get(period.code), places)
        wanted = period.code in spans and period.code in medians
        middle = _medians(using, spans[period.code]) if wanted else {}
        agreement = _agreement(using, spans[period.code]) if wanted else Agreement()
        result[period.code] = Facts(period, counts, sums, covered, covered_any, middle, agreement)
    return result


def _add_months(
    using: str, spans: Mapping[str, Span], found: Mapping[str, tuple[_Counts, _Sums]]
) -> None:
    """Put the kept facts into the periods that hold their months; one query."""
    inside = {code: span.whole for code, span in spans.items() if span.whole}
    if not inside:
        return
    first, last = min(w[0] for w in inside.values()), max(w[1] for w in inside.values())
    rows = Fact.objects.using(using).filter(month__range=(first, last)).order_by("month", "place")
    for place, month, counts, sums in rows.values_list("place_id", "month", "counts", "sums"):
        for code, (begin, end) in inside.items():
            if begin <= month <= end:
                _add(*found[code], place, counts, sums)


def _add(
    counts: _Counts,
    sums: _Sums,
    place: str,
    more_counts: Mapping[str, Mapping[str, int]],
    more_sums: Mapping[str, Sequence[int]],
) -> None:
    for dimension, answers in more_counts.items():
        for answer, n in answers.items():
            key = (place, dimension, answer)
            counts[key] = counts.get(key, 0) + n
    for measure, (n, total) in more_sums.items():
        before = sums.get((place, measure))
        sums[place, measure] = Sum(n, total) if before is None else before + Sum(n, total)


class _Coverage:
    """The coverage register, read once for all periods."""

    def __init__(self, using: str, spans: Collection[Span]) -> None:
        self.active = set(
            Place.objects.using(using).filter(active=True).values_list("code", flat=True)
        )
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
        for place, month, weight in self.entered:
            part = span.part_of(month) if span else 0.0
            if part and place in covered:
                covered[place] = max(covered[place] - (1 - weight) * part, 0.0)
                nobody[month] = nobody.get(month, 0) + (weight == 0)
        blank = sum(
            span.part_of(month) for month, n in nobody.items() if span and n == len(covered)
        )
        return covered, max(float(period.months) - blank, 0.0)


def _medians(using: str, span: Span) -> dict[tuple[str, str], float]:
    """Median of police officers per participant over the counted cards that know both."""
    rows: Any = (
        Card.objects.using(using)
        .counted()
        .between(span.start, span.end)
        .filter(police__isnull=False, participants__gt=0)
        .order_by()
        .values_list("city__place", "police", "participants")
    )
    ratios: dict[str, list[float]] = {}
    for place, police, participants in rows:
        ratios.setdefault(place, []).append(police / participants)
    everywhere = [ratio for each in ratios.values() for ratio in each]
    if not everywhere:
        return {}
    name = "police_per_participant"
    middle = {(place, name): statistics.median(each) for place, each in ratios.items()}
    return {**middle, (TOTAL, name): statistics.median(everywhere)}


def _agreement(using: str, span: Span) -> Agreement:
    """Agreement over the merges that stand and whose card is approved and dated in the span.

    Of a chain of merges only the last card is approved: the last pair is the one that is taken.
    """
    rows = Merge.objects.using(using).filter(
        undone_at=None, card__status="approved", card__date__range=(span.start, span.end)
    )
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
