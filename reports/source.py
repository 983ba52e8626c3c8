"""What ``build`` needs, gathered from the database: the same few queries whatever there is."""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.db import router

from cards import models as cards
from reports import facts, published, stamp
from reports.build import build
from reports.models import Fact
from reports.registers import YEAR
from reports.tables import Context, as_printed, make_context
from reports.types import (
    TOTAL,
    Basis,
    Cell,
    Facts,
    Label,
    Law,
    Period,
    Provision,
    Region,
    Report,
    Terms,
    Vocabulary,
)


@dataclass(frozen=True)
class Source:
    """Everything that a report of ``period`` is made from.

    periods: those that may stand beside the report's own, up to it, in order of time. facts: by
    period code. published: cells as printed, with the code of their period. region: what a report
    on one region is about. known: all periods, where facts of all were asked for.
    """

    period: Period
    periods: tuple[Period, ...]
    facts: Mapping[str, Facts]
    published: tuple[tuple[Cell, str | None], ...]
    vocabulary: Vocabulary
    demonstration: bool
    region: Region | None = None
    known: tuple[Period, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all of it: equal sources give equal pages and files."""
        parts = [
            repr(self.periods),
            repr([_lines(self.facts[each.code]) for each in self.periods]),
            repr(self.printed),
            repr([dict(register) for register in _registers(self.vocabulary)]),
            repr(self.demonstration),
            repr((self.vocabulary.laws, self.vocabulary.provisions)),
            *([repr(self.region)] if self.region else []),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def printed(self) -> tuple[tuple[Cell, str | None], ...]:
        """Figures of earlier reports that belong here.

        They are of years. A report on another kind of period takes those of its periods alone, and
        none whose period is not known.
        """
        if self.period.series == YEAR:
            return self.published
        listed = {each.code for each in self.periods}
        return tuple((cell, code) for cell, code in self.published if code in listed)

    def of(self, code: str) -> Source:
        """The same as of another of the known periods; without its medians, which the facts may
        lack. KeyError for an unknown code."""
        listed = beside(self.known, code)
        return replace(self, period=listed[-1], periods=listed)

    def read_again(self, code: str) -> Source:
        """``of``, with that period's facts read anew, medians too."""
        made = self.of(code)
        own = facts.for_periods([made.period], [code], self.region.code if self.region else None)
        return replace(made, facts={**self.facts, **own})

    @cached_property
    def at_hand(self) -> dict[str, object]:
        """What was made from it already, by name: kept by this process as long as the source is."""
        return {}

    @cached_property
    def context(self) -> Context:
        """What tables are made from: facts beside the figures of earlier reports."""
        printed = [(as_printed(cell), code) for cell, code in self.printed]
        return make_context(
            self.period, self.facts, printed, self.vocabulary, self.periods, self.region
        )

    @cached_property
    def regions(self) -> list[Region]:
        """Regions that the period may be reported on: none where it rests on earlier reports."""
        return list(regions().values()) if self.period.basis == "cards" else []

    @cached_property
    def report(self) -> Report:
        """The report, built when first asked for."""
        return build(
            self.period,
            self.facts,
            self.printed,
            self.vocabulary,
            self.periods,
            self.demonstration,
            self.region,
        )


def periods() -> tuple[Period, ...]:
    """All periods in the order of time, those without dates first; one query."""
    found = (
        Period(
            row.code,
            Label(row.name_ru, row.name_kk, row.name_en),
            row.start,
            row.end,
            float(row.months),
            cast(Basis, row.basis),
            row.series,
        )
        for row in cards.Period.objects.order_by("order")
    )
    return tuple(sorted(found, key=lambda period: period.when))


def beside(known: Sequence[Period], code: str) -> tuple[Period, ...]:
    """The periods that a report on the one with that code lists: like ones up to it, no day twice.

    KeyError for an unknown code.
    """
    at = {each.code: n for n, each in enumerate(known)}[code]
    listed = [known[at]]
    for each in reversed(known[:at]):
        if each.like(known[at]) and not each.overlaps(listed[-1]):
            listed.append(each)
    return tuple(reversed(listed))


def last_of(known: Sequence[Period]) -> Period | None:
    """The last year, or where there is none the last period; None if there is none at all."""
    years = [each for each in known if each.series == YEAR] or list(known)
    return years[-1] if years else None


def vocabulary() -> Vocabulary:
    """Names of places, forms, topics and groups, in the order of their registers."""
    topics = list(cards.Topic.objects.all())
    return Vocabulary(
        places=_labels(cards.Place.objects.all()),
        forms=_labels(cards.Form.objects.all()),
        topics=_labels(topics),
        topic_groups=_labels(cards.TopicGroup.objects.all()),
        group_of_topic={topic.code: topic.group_id for topic in topics},
        laws=tuple(_law(law, last) for law, last in cards.Law.spans()),
        provisions=tuple(
            Provision(
                Label(row.text_ru, row.text_kk, row.text_en),
                row.in_force_from,
                row.in_force_to,
                row.above,
            )
            for row in cards.Provision.objects.all()
        ),
    )


def _law(row: cards.Law, last: datetime.date | None) -> Law:
    return Law(
        row.code,
        Label(row.label_ru, row.label_kk, row.label_en),
        row.in_force_from,
        last,
        Terms(row.regime, row.answer_days),
        Label(row.summary_ru, row.summary_kk, row.summary_en),
    )


def regions() -> dict[str, Region]:
    """The regions that a report may be on, by code: those in which a city lies today.

    Two queries.
    """
    rows = cards.Region.objects.filter(cities__isnull=False).distinct()
    lie: dict[str, set[str]] = {}
    for place, region in cards.City.objects.order_by("place").values_list("place_id", "region_id"):
        lie.setdefault(place, set()).add(region)
    return {
        code: Region(code, name, tuple(p for p, found in lie.items() if {code} < found))
        for code, name in _labels(rows).items()
    }


def gather(
    code: str | None = None, every_median: bool = False, region: str | None = None
) -> Source:
    """What the report of the period with that code is made from.

    By default of the last year, with the facts of all periods. Medians are those of the period, or
    with ``every_median`` of all. ``region``: the code of the
    one region that the report is on; it rests on cards alone, figures that earlier reports printed
    for the country are not in it. KeyError for an unknown code of a period or a region, for a
    period of a region that rests on earlier reports, or if there is no period at all.

    What was gathered is kept by this process for as long as nothing that it was read from changes
    (``reports.stamp``): then it costs one query.
    """
    mark = stamp.now(router.db_for_read(Fact))
    if mark is None:
        return _gather(code, every_median, region)
    return _KEPT.get(f"{mark} {settings.DEMO}", (code, every_median, region), _gather)


class _Kept:
    """The last sources gathered under the present mark; safe between threads.

    The mark was read before the source: what is gathered while something changes is kept under a
    mark that nobody reads again.
    """

    MOST = 16

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark = ""
        self._sources: dict[tuple[Any, ...], Source] = {}

    def get(self, mark: str, key: tuple[Any, ...], make: Callable[..., Source]) -> Source:
        """What is kept under the mark; made of the key if nothing is."""
        with self._lock:
            found = self._sources.pop(key, None) if mark == self._mark else None
        if found is None:
            found = make(*key)
        with self._lock:
            if mark != self._mark:
                self._mark, self._sources = mark, {}
            self._sources[key] = found
            while len(self._sources) > self.MOST:
                del self._sources[next(iter(self._sources))]
        return found


_KEPT = _Kept()


def _gather(code: str | None, every_median: bool, region: str | None) -> Source:
    known = periods()
    if region is not None:
        known = tuple(each for each in known if each.basis == "cards")
    where = None if region is None else regions()[region]
    last = last_of(known)
    if last is None:
        raise KeyError(code)
    whole = code is None
    listed = beside(known, last.code if code is None else code)
    period = listed[-1]
    wanted = known if whole else listed
    medians = [each.code for each in wanted] if every_median else [period.code]
    found = facts.for_periods(wanted, medians, region)
    return Source(
        period,
        listed,
        found,
        tuple(published.cells()) if region is None else (),
        vocabulary(),
        settings.DEMO or bool(found[period.code].sum(TOTAL, "reconstructed").total),
        where,
        known if whole else (),
    )


def _labels(rows: Iterable[cards.Labelled]) -> dict[str, Label]:
    return {row.code: Label(row.label_ru, row.label_kk, row.label_en) for row in rows}


def _registers(vocabulary: Vocabulary) -> tuple[Mapping[str, object], ...]:
    return (
        vocabulary.places,
        vocabulary.forms,
        vocabulary.topics,
        vocabulary.topic_groups,
        vocabulary.group_of_topic,
    )


def _lines(of: Facts) -> list[object]:
    """Facts in an order that does not hang on when their cards came."""
    return [
        sorted(of.counts.items()),
        [(key, part.n, part.total) for key, part in sorted(of.sums.items())],
        sorted(of.covered.items()),
        of.covered_any,
        sorted(of.medians.items()),
        of.agreement.pairs,
        [(code, compared, agreed) for code, _name, compared, agreed in of.agreement.questions],
    ]
