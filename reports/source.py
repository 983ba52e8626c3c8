"""What ``build`` needs, gathered from the database: the same few queries whatever there is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from django.conf import settings

from cards import models as cards
from reports import facts, published
from reports.build import build
from reports.types import TOTAL, Basis, Cell, Facts, Label, Period, Report, Vocabulary


@dataclass(frozen=True)
class Source:
    """Everything that a report of ``period`` is made from.

    periods: all of them up to the report's own, in order. facts: by period code. published: cells
    as printed, with the code of their period.
    """

    period: Period
    periods: tuple[Period, ...]
    facts: Mapping[str, Facts]
    published: tuple[tuple[Cell, str | None], ...]
    vocabulary: Vocabulary
    demonstration: bool

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all of it: equal sources give equal pages and files."""
        parts = [
            repr(self.periods),
            repr([_lines(self.facts[each.code]) for each in self.periods]),
            repr(self.published),
            repr([dict(register) for register in _registers(self.vocabulary)]),
            repr(self.demonstration),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def until(self, code: str) -> Source:
        """The same as of an earlier period; without its medians, which the facts may lack."""
        listed = self.periods[: 1 + [each.code for each in self.periods].index(code)]
        return replace(self, period=listed[-1], periods=listed)

    @cached_property
    def report(self) -> Report:
        """The report, built when first asked for."""
        return build(
            self.period,
            self.facts,
            self.published,
            self.vocabulary,
            self.periods,
            self.demonstration,
        )


def periods() -> tuple[Period, ...]:
    """All periods in their order; one query."""
    return tuple(
        Period(
            row.code,
            Label(row.name_ru, row.name_kk, row.name_en),
            row.start,
            row.end,
            float(row.months),
            cast(Basis, row.basis),
        )
        for row in cards.Period.objects.order_by("order")
    )


def vocabulary() -> Vocabulary:
    """Names of places, forms, topics and groups, in the order of their registers."""
    topics = list(cards.Topic.objects.all())
    return Vocabulary(
        places=_labels(cards.Place.objects.all()),
        forms=_labels(cards.Form.objects.all()),
        topics=_labels(topics),
        topic_groups=_labels(cards.TopicGroup.objects.all()),
        group_of_topic={topic.code: topic.group_id for topic in topics},
    )


def gather(code: str | None = None, every_median: bool = False) -> Source:
    """What the report of the period with that code is made from, by default of the last one.

    Medians are those of the period, or with ``every_median`` of all. KeyError for an unknown code,
    or if there is no period at all.
    """
    known = periods()
    codes = [each.code for each in known]
    code = codes[-1] if code is None and codes else code
    if code not in codes:
        raise KeyError(code)
    listed = known[: codes.index(code) + 1]
    period = listed[-1]
    found = facts.for_periods(listed, medians=codes if every_median else [code])
    return Source(
        period,
        listed,
        found,
        tuple(published.cells()),
        vocabulary(),
        settings.DEMO or bool(found[code].sum(TOTAL, "reconstructed").total),
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
