"""Printed figures at their addresses, and how a printed number stands to what it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.numbers import decimals_of
from reports.types import TOTAL, Cell, Finding, Period

Kind = Literal["contradiction", "rounding", "missing"]
_NEARLY = 1e-9


@dataclass(frozen=True)
class Printed:
    """Published cells by table, period and column, then by row; and the months of the periods.

    A period is its code where the label could be resolved, else the label.
    """

    columns: Mapping[tuple[str, str, str], Mapping[str, Cell]]
    months: Mapping[str, float]

    def get(self, table: str, period: str, row: str, column: str) -> Cell | None:
        """The cell at that address; ``None`` where nothing was printed, not even a dash."""
        return self.columns.get((table, period, column), {}).get(row)

    def number(self, table: str, period: str, row: str, column: str) -> float | None:
        """The printed number; ``None`` where there is none."""
        cell = self.get(table, period, row, column)
        return cell.value.value if cell is not None else None

    def periods(self, table: str) -> list[str]:
        """Periods that a table has cells of, as they first occur."""
        return list(dict.fromkeys(period for its, period, _column in self.columns if its == table))

    def column(self, table: str, period: str, column: str) -> dict[str, Cell]:
        """Row -> cell of one column, without the total."""
        cells = self.columns.get((table, period, column), {})
        return {row: cell for row, cell in cells.items() if row != TOTAL}

    def column_with_total(self, table: str, period: str, column: str) -> dict[str, Cell]:
        """Row -> cell of one column, the total among them if it was printed."""
        return dict(self.columns.get((table, period, column), {}))

    def sum(self, table: str, period: str, column: str) -> float | None:
        """The sum of the rows of a column; ``None`` where it has none."""
        rows = self.column(table, period, column)
        return sum(cell.value.value or 0 for cell in rows.values()) if rows else None

    def totals(self, table: str, period: str, column: str) -> list[float]:
        """What the whole of a column may be: the sum of its rows, and the total as printed."""
        found = (self.sum(table, period, column), self.number(table, period, TOTAL, column))
        return [each for each in dict.fromkeys(found) if each is not None]

    def assemblies(self, period: str) -> float | None:
        """How many assemblies a period is said to have had."""
        for table in ("1", "2", "7"):
            if (found := self.number(table, period, TOTAL, "assemblies")) is not None:
                return found
        return None


def make_printed(
    published: Iterable[tuple[Cell, str | None]], periods: Iterable[Period]
) -> Printed:
    """Sort published cells by address; of a figure printed twice the later one stands."""
    columns: dict[tuple[str, str, str], dict[str, Cell]] = {}
    for cell, code in published:
        key = cell.key
        column = columns.setdefault((key.table, code or key.period, key.column), {})
        column[key.row] = cell
    return Printed(columns, {period.code: period.months for period in periods})


def judge(printed: float, expected: float, decimals: int) -> Kind | None:
    """How a printed number with so many decimal places stands to what it should be.

    31.2 stands for anything from 31.15 to 31.25 and agrees with it. Off by less than one unit of
    the last place it was cut off, or rounded the wrong way; further off it contradicts.
    """
    unit = 10.0**-decimals
    off = abs(printed - expected)
    if off <= unit / 2 + _NEARLY:
        return None
    return "rounding" if off < unit - _NEARLY else "contradiction"


def findings(cell: Cell | None, candidates: Sequence[float | None], rule: str) -> list[Finding]:
    """The finding about a printed cell, if none of the candidates for its value agrees with it.

    The first candidate is the one that is told. A dash is judged as 0.
    """
    known = [value for value in candidates if value is not None]
    if cell is None or not known:
        return []
    printed, decimals = cell.value.value or 0.0, decimals_of(cell.printed)
    kinds = [judge(printed, value, decimals) for value in known]
    if None in kinds:
        return []
    kind: Kind = "rounding" if "rounding" in kinds else "contradiction"
    return [finding(cell, known[kinds.index(kind)], rule, kind)]


def finding(cell: Cell, expected: float | None, rule: str, kind: Kind) -> Finding:
    """A finding about a printed cell."""
    key, printed = cell.key, cell.value.value
    difference = None if expected is None or printed is None else printed - expected
    return Finding(
        key.table, key.period, key.row, key.column, cell.printed, expected, rule, difference, kind
    )
