"""Counting cards of a table of columns as a ``GROUP BY`` would."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.columns.conditions import Condition, Grouping, Summed
from reports.columns.table import Table

if TYPE_CHECKING:
    from reports.columns.table import Array

#: More cells than these are sorted out instead of being laid out.
MOST_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted: the cards on which ``where`` holds, grouped, with a sum (or none)."""

    where: Condition
    by: Sequence[Grouping]
    total: Summed | None

    @property
    def names(self) -> frozenset[str]:
        """The columns that it takes; the days of the cards are told in any case."""
        total = self.total.names if self.total else frozenset()
        return self.where.names.union({"date"}, total, *(each.names for each in self.by))


def counted(table: Table, asked: Asked) -> Iterator[tuple[Any, ...]]:
    """A line for each group: its values, number of cards, first and last day of all that were
    counted, and with a sum on how many cards it is known, and its total (None where on none)."""
    import numpy as np

    chosen = _chosen(asked.where.holds(table), table.size)
    if not table.size or (chosen is not None and not len(chosen)):
        return
    columns = [each.of(table) for each in asked.by]
    keys = np.zeros(table.size if chosen is None else len(chosen), np.int64)
    for column in columns:
        keys *= len(column.values)
        keys += _of(column.codes, chosen)
    cells = int(np.prod([len(column.values) for column in columns], dtype=np.float64))
    places: Array | None = None
    if cells > MOST_CELLS:
        places, keys = np.unique(keys, return_inverse=True)
        cells = len(places)
    number = np.bincount(keys, minlength=cells)
    sums: list[Array] = []
    if asked.total:
        knows, amounts = (_of(each, chosen) for each in asked.total.of(table))
        sums = [
            np.bincount(keys[knows], minlength=cells),
            np.bincount(keys[knows], weights=amounts[knows], minlength=cells),
        ]
    first, last = _days(table, chosen)
    for cell in np.flatnonzero(number).tolist():
        rest, values = int(cell if places is None else places[cell]), []
        for column in reversed(columns):
            rest, code = divmod(rest, len(column.values))
            values.append(column.values[code])
        line = [*reversed(values), int(number[cell]), first, last]
        if sums:
            known = int(sums[0][cell])
            # Whole numbers far below 2**53: as exact as the database's.
            line += [known, int(sums[1][cell]) if known else None]
        yield tuple(line)


def _chosen(held: Array | bool, size: int) -> Array | None:
    """Places of the cards on which a condition holds; None: all of them."""
    import numpy as np

    if isinstance(held, bool):
        return None if held else np.zeros(0, np.int64)
    return np.flatnonzero(held)


def _of(column: Array, chosen: Array | None) -> Array:
    return column if chosen is None else column[chosen]


def _days(table: Table, chosen: Array | None) -> tuple[datetime.date, datetime.date]:
    import numpy as np

    dates = table.coded("date")
    there = np.flatnonzero(np.bincount(_of(dates.codes, chosen)))
    days = [dates.values[place] for place in there.tolist()]
    return min(days), max(days)
