"""Printed figures at their addresses, and what is found of one that others do not bear out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.indicators.formulas import ratio
from reports.numbers import decimals_of
from reports.reconcile.amounts import Amount, Kind, amount, judge
from reports.types import TOTAL, Cell, Finding, Key, Period


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

    def amount(self, table: str, period: str, row: str, column: str) -> Amount | None:
        """What the cell at that address stands for; ``None`` where there is no number."""
        cell = self.get(table, period, row, column)
        return amount(cell) if cell is not None else None

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
        cell = self.all_assemblies(period)
        return cell.value.value if cell is not None else None

    def all_assemblies(self, period: str) -> Cell | None:
        """The cell that says how many assemblies a period had."""
        for table in ("1", "2", "7"):
            cell = self.get(table, period, TOTAL, "assemblies")
            if cell is not None and cell.value:
                return cell
        return None

    def assemblies_of(self, period: str, place: str) -> Cell | None:
        """The cell that says how many assemblies a place had."""
        for table in ("1", "2", "11"):
            cell = self.get(table, period, place, "assemblies")
            if cell is not None and cell.value:
                return cell
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


def findings(
    cell: Cell | None,
    candidates: Sequence[float | Amount | None],
    rule: str,
    basis: Sequence[Cell | None] = (),
) -> list[Finding]:
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
    told = known[kinds.index(kind)]
    return [finding(cell, told.value if isinstance(told, Amount) else told, rule, kind, basis)]


def of_fraction(
    cell: Cell | None,
    candidates: Sequence[float | Amount | None],
    rule: str,
    basis: Sequence[Cell | None] = (),
) -> list[Finding]:
    """``findings`` about a share, an index or a mean, whose candidates are taken of everything.

    Print tells of no unknown answers. A value that does leaves them out of numerator and
    denominator: then only its own two bear it out.
    """
    if cell is not None and cell.value.unknown:
        candidates, basis = [own_fraction(cell)], ()
    return findings(cell, candidates, rule, basis)


def own_fraction(cell: Cell) -> float | None:
    """What the numerator and the denominator that a value carries give; ``None`` without them."""
    above, below = cell.value.numerator, cell.value.denominator
    if above is None or below is None:
        return None
    return ratio(above, below, 100 if cell.unit == "percent" else 1)


def finding(
    cell: Cell,
    expected: float | None,
    rule: str,
    kind: Kind,
    basis: Sequence[Cell | None] = (),
) -> Finding:
    """A finding about a printed cell."""
    key, printed = cell.key, cell.value.value
    off = None if expected is None or printed is None else printed - expected
    return Finding(*place(key), cell.printed, expected, rule, off, kind, keys(basis))


def finding_of_column(
    cells: Sequence[Cell], added: float, expected: float | None, rule: str, kind: Kind
) -> Finding:
    """A finding about a whole column: what its printed figures add up to."""
    key = cells[0].key
    off = None if expected is None else added - expected
    where = (key.table, key.period, TOTAL, key.column)
    return Finding(*where, f"{added:g}", expected, rule, off, kind, keys(cells))


def place(key: Key) -> tuple[str, str, str, str]:
    """An address, spread out."""
    return key.table, key.period, key.row, key.column


def keys(cells: Iterable[Cell | None]) -> tuple[Key, ...]:
    """The addresses of those cells that there are."""
    return tuple(cell.key for cell in cells if cell is not None)
