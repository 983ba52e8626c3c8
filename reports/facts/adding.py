"""What one card brings to the facts of its place and month, from the definitions of ``MEASURES``.

Deriving a month anew reads every card of it; a card that only comes in is added to what is kept.
Every measure is a count or a sum over cards, so the sum is exact; ``keep`` says when it may be
trusted, and ``verify`` compares the outcome with all cards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connections

from reports.facts.derive import CARDS, Derived, Month, Rule, words_of
from reports.facts.measures import (
    EVERY,
    HAS_CASE,
    MEASURES,
    RATIO_KNOWN,
    Dimension,
    Measure,
    Of,
    Quantity,
)


@dataclass(frozen=True, slots=True)
class Read:
    """Where a measure stands in a row: columns of whether it is known, and of its answer."""

    measure: Measure
    known: int | None
    answer: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    reads: tuple[Read, ...]


_FROM: dict[Of, str] = {
    "cards": (
        "SELECT {columns} FROM cards_card c JOIN cards_topic t ON t.code = c.topic_id"
        " WHERE c.id = %s AND {which}"
    ),
    "cases": (
        "SELECT {columns} FROM (SELECT c.inclusion, a.outcome, a.article,"
        " ROW_NUMBER() OVER (PARTITION BY a.case_id"
        " ORDER BY a.decided_on DESC NULLS LAST, a.id DESC) AS back"
        " FROM cards_card c JOIN cards_courtcase k ON k.card_id = c.id"
        " JOIN cards_caseupdate a ON a.case_id = k.id AND a.review = 'approved'"
        " WHERE c.id = %s AND {which}) u WHERE u.back = 1"
    ),
}
#: The first columns of a card's row.
_HEAD = {
    "cards": ("c.inclusion", HAS_CASE, RATIO_KNOWN, "c.police", "c.participants"),
    "cases": ("u.inclusion",),
}


def brought_by(using: str, card: int, month: Month, laws: tuple[Rule, ...]) -> Derived | None:
    """What a card of ``month`` that counts (or was prevented) brings; None where it is no such."""
    brought = Derived(*month)
    vendor = connections[using].vendor
    with connections[using].cursor() as cursor:
        made = _statement("cards", vendor, laws)
        cursor.execute(made.sql, [card])
        row = cursor.fetchone()
        if row is None:
            return None
        _add(made, row, brought)
        inclusion, has_case, both_known, police, participants = row[:5]
        if both_known and inclusion == "counted":
            brought.ratios.append(police / participants)
        if has_case:
            made = _statement("cases", vendor, laws)
            cursor.execute(made.sql, [card])
            for row in cursor.fetchall():
                _add(made, row, brought)
    return brought


def _add(made: Statement, row: tuple[Any, ...], brought: Derived) -> None:
    prevented = row[0] != "counted"
    for read in made.reads:
        measure = read.measure
        if measure.prevented is not prevented or not (read.known is None or row[read.known]):
            continue
        answer: Any = 1 if read.answer is None else row[read.answer]
        if isinstance(measure, Quantity):
            pair = brought.sums.setdefault(measure.name, [0, 0])
            pair[0] += 1
            pair[1] += int(answer or 0)
            continue
        for code in _codes(measure, answer):
            answers = brought.counts.setdefault(measure.name, {})
            answers[code] = answers.get(code, 0) + 1


def _codes(measure: Dimension, answer: str | None) -> Iterator[str]:
    """The codes that an answer counts under; open ones count under none."""
    for code in (answer or "").split(";") if measure.several else (answer,):
        # The codes of a register are those that a card can refer to.
        if code and (isinstance(measure.values, str) or code in measure.values):
            yield code


@lru_cache(maxsize=16)
def _statement(of: Of, vendor: str, laws: tuple[Rule, ...]) -> Statement:
    """One row for the card, or for each of its cases, with a column for every expression."""
    words = words_of(vendor, laws)
    columns = {sql.format(**words): at for at, sql in enumerate(_HEAD[of])}

    def column(sql: str) -> int | None:
        if sql == EVERY:
            return None
        return columns.setdefault(sql.format(**words), len(columns))

    reads = []
    for measure in MEASURES:
        if measure.of != of:
            continue
        if isinstance(measure, Dimension):
            reads.append(Read(measure, column(measure.among), column(measure.column)))
        else:
            reads.append(Read(measure, column(measure.known), column(measure.total)))
    listed = ", ".join(f"({sql})" for sql in columns)
    return Statement(_FROM[of].format(columns=listed, which=CARDS), tuple(reads))
