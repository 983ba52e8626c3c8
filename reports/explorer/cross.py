"""Groups of cards that the database counted, brought into rows and columns; pure.

A card that gave several answers stands in the row of each, and once in every total.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports.types import TOTAL, Text

#: In the place of a row or column: the cards that answered its question with something known.
KNOWN = "KNOWN"


@dataclass(slots=True)
class Tally:
    """``n`` cards; ``known``: those of them whose quantity is known, ``total``: its sum."""

    n: int = 0
    known: int = 0
    total: float = 0

    def add(self, n: int, known: int, total: float) -> None:
        self.n += n
        self.known += known
        self.total += total


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that gave the same answers: to the question of the rows, and of the columns (none:
    an empty tuple)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    n: int
    known: int = 0
    total: float = 0


@dataclass(frozen=True)
class Cross:
    """A cross table before it has a measure.

    rows, columns: code -> name, in order; ``columns`` is empty without a second question.
    tallies: (row or TOTAL or KNOWN, column or TOTAL or KNOWN) -> Tally.
    apart: codes of rows and of columns that leave shares. first, last: days of the cards.
    """

    rows: Mapping[str, Text]
    columns: Mapping[str, Text]
    tallies: Mapping[tuple[str, str], Tally] = field(repr=False)
    apart_rows: frozenset[str] = frozenset()
    apart_columns: frozenset[str] = frozenset()
    first: datetime.date | None = None
    last: datetime.date | None = None

    def at(self, row: str = TOTAL, column: str = TOTAL) -> Tally:
        """The cards of a row and column; an empty tally where there are none."""
        return self.tallies.get((row, column), Tally())


def tally(
    groups: Iterable[Group], apart_rows: frozenset[str], apart_columns: frozenset[str]
) -> dict[tuple[str, str], Tally]:
    """Every cell and margin; ``apart``: answers by which nothing is known."""
    found: dict[tuple[str, str], Tally] = {}
    for group in groups:
        for row in _places(group.rows, apart_rows):
            for column in _places(group.columns, apart_columns):
                found.setdefault((row, column), Tally()).add(group.n, group.known, group.total)
    return found


def _places(answers: tuple[str, ...], apart: frozenset[str]) -> list[str]:
    """Where a card stands that gave these answers."""
    told = [answer for answer in answers if answer not in apart]
    # Without a second question every card is known.
    return [*dict.fromkeys(answers), TOTAL, *([KNOWN] if told or not answers else [])]
