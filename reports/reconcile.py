"""The rules that find what printed figures contradict: each other, and the cards.

A printed figure is taken for what its print promises: 31.2 % stands for anything from 31.15 to
31.25. Within that it agrees; off by less than one unit of its last place it was cut or rounded
the wrong way ("rounding"); further off it is a contradiction. "missing" is a figure that another
one says must exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from reports.numbers import decimals_of
from reports.types import TOTAL, Cell, Finding, Period, Text

RULES: dict[str, Text] = {
    "total": _("A total is the sum of its rows."),
    "parts": _("A whole is the sum of its parts."),
    "hundred": _("The shares of a whole add up to 100 %."),
    "share": _("A share is the part divided by the whole."),
    "index": _("An index is its numerator divided by its denominator."),
    "mean": _("A mean is the sum divided by the number of assemblies."),
    "same": _("One and the same quantity is the same wherever it is printed."),
    "index_without_assemblies": _("There is no index without assemblies behind it."),
    "assemblies_without_index": _("Where there are assemblies there is an index."),
    "row_missing": _("What one table lists the other one lists too."),
    "computed": _("The printed figure is the one that the cards give."),
}

Kind = Literal["contradiction", "rounding", "missing"]
_NEARLY = 1e-9


@dataclass(frozen=True)
class Printed:
    """Published cells by (table, period, row, column), and the months of the periods.

    The period is its code where the label could be resolved, else the label itself.
    """

    cells: Mapping[tuple[str, str, str, str], Cell]
    months: Mapping[str, float]

    def get(self, table: str, period: str, row: str, column: str) -> Cell | None:
        """The cell at that address; ``None`` where nothing was printed, not even a dash."""
        return self.cells.get((table, period, row, column))

    def number(self, table: str, period: str, row: str, column: str) -> float | None:
        """The printed number; ``None`` where there is none."""
        cell = self.get(table, period, row, column)
        return cell.value.value if cell is not None else None

    def periods(self, table: str) -> list[str]:
        """Periods that a table has cells of, as they first occur."""
        return list(dict.fromkeys(key[1] for key in self.cells if key[0] == table))

    def rows(self, table: str, period: str, column: str) -> dict[str, Cell]:
        """Row -> cell of one column, without the total."""
        return {
            row: cell
            for (its_table, its_period, row, its_column), cell in self.cells.items()
            if (its_table, its_period, its_column) == (table, period, column) and row != TOTAL
        }

    def assemblies(self, period: str) -> float | None:
        """How many assemblies a period is said to have had."""
        for table in ("1", "2", "7"):
            if (found := self.number(table, period, TOTAL, "assemblies")) is not None:
                return found
        return None


def check(
    published: Iterable[tuple[Cell, str | None]], periods: Iterable[Period]
) -> tuple[Finding, ...]:
    """Everything in which the printed figures contradict each other, in their own order."""
    listed = list(published)
    cells = {
        (cell.key.table, code or cell.key.period, cell.key.row, cell.key.column): cell
        for cell, code in listed
    }
    printed = Printed(cells, {period.code: period.months for period in periods})
    order = {cell.key: n for n, cell in enumerate(cells.values())}
    found = {finding: None for rule in _CHECKS for finding in rule(printed)}
    return tuple(
        sorted(
            found,
            key=lambda finding: order.get(_key_of(finding, cells), len(order)),
        )
    )


def compare(
    computed: Iterable[Cell], published: Iterable[tuple[Cell, str | None]]
) -> tuple[Finding, ...]:
    """Printed figures that the computed ones of the same address do not bear out.

    A dash agrees with 0 and with nothing. A printed number without a computed one is "missing".
    Only periods of which anything was computed are looked at.
    """
    values = {
        (cell.key.table, cell.key.period, cell.key.row, cell.key.column): cell.value.value
        for cell in computed
        if cell.source == "computed"
    }
    known = {(table, period) for table, period, _row, _column in values}
    found = []
    for cell, code in published:
        key = cell.key
        if code is None or (key.table, code) not in known:
            continue
        value = values.get((key.table, code, key.row, key.column))
        if cell.value.value is None and not value:
            continue
        if value is None:
            found.append(_finding(cell, None, "computed", "missing"))
        else:
            found += _judge(cell, value, "computed")
    return tuple(found)


def judge(printed: float, expected: float, decimals: int) -> Kind | None:
    """How a printed number with so many decimal places stands to what it should be."""
    unit = 10.0**-decimals
    off = abs(printed - expected)
    if off <= unit / 2 + _NEARLY:
        return None
    return "rounding" if off < unit - _NEARLY else "contradiction"


def _judge(cell: Cell, expected: float | None, rule: str) -> list[Finding]:
    """The finding about a printed cell, if there is one; a dash is judged as 0."""
    if expected is None:
        return []
    printed = cell.value.value or 0.0
    kind = judge(printed, expected, decimals_of(cell.printed))
    return [_finding(cell, expected, rule, kind)] if kind else []


def _finding(cell: Cell, expected: float | None, rule: str, kind: Kind) -> Finding:
    printed = cell.value.value
    difference = None if expected is None or printed is None else printed - expected
    key = cell.key
    return Finding(
        key.table,
        key.period,
        key.row,
        key.column,
        cell.printed,
        expected,
        rule,
        difference,
        kind,
    )


def _key_of(finding: Finding, cells: Mapping[tuple[str, str, str, str], Cell]) -> object:
    for cell in cells.values():
        key = cell.key
        if (key.table, key.period, key.row, key.column) == (
            finding.table,
            finding.period,
            finding.row,
            finding.column,
        ):
            return key
    return None
