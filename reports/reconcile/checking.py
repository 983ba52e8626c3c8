"""The two questions: what printed figures contradict in each other, and in the cards."""

from __future__ import annotations

from collections.abc import Iterable

from reports.reconcile.amounts import amount
from reports.reconcile.printed import finding, findings, make_printed
from reports.reconcile.rules import CHECKS
from reports.types import TOTAL, Cell, Finding, Period


def check(
    published: Iterable[tuple[Cell, str | None]], periods: Iterable[Period]
) -> tuple[Finding, ...]:
    """Everything in which the printed figures contradict each other, in the order of printing.

    ``published`` are cells as printed, each with the code of its period if its label has one.
    Print tells of no unknown answers: shares and means are taken to be of all assemblies.
    """
    cells = list(published)
    printed = make_printed(cells, periods)
    order = {_address(cell): n for n, (cell, _code) in enumerate(cells)}
    tables = {cell.key.table: n for n, (cell, _code) in enumerate(cells)}
    found = dict.fromkeys(each for rule in CHECKS for each in rule(printed))
    return tuple(
        sorted(
            found,
            # What is said of a whole column, or of a row that is missing, comes after its table.
            key=lambda each: order.get(
                (each.table, each.period, each.row, each.column), tables.get(each.table, 0) + 0.5
            ),
        )
    )


def compare(
    computed: Iterable[Cell], published: Iterable[tuple[Cell, str | None]]
) -> tuple[Finding, ...]:
    """Printed figures that the computed ones at the same address do not bear out.

    A dash agrees with 0 and with nothing. A printed number without a computed one is "missing".
    Only tables and periods of which something was computed are looked at; a period of which no
    card is counted says nothing of what was printed.
    """
    values = {_address(cell): cell.value.value for cell in computed if cell.source == "computed"}
    known = {address[:2] for address in values} - {
        (table, period)
        for table, period, _row, _column in values
        if values.get(("1", period, TOTAL, "assemblies"), 1) == 0
        or values.get(("2", period, TOTAL, "assemblies"), 1) == 0
    }
    found: list[Finding] = []
    for cell, code in published:
        key = cell.key
        if code is None or (key.table, code) not in known:
            continue
        value = values.get((key.table, code, key.row, key.column))
        if value is not None:
            found += findings(cell, [value], "computed")
        elif cell.value:
            found.append(finding(cell, None, "computed", "missing"))
    return tuple(found)


def across(
    cells: Iterable[tuple[Cell, str | None]], earlier: Iterable[tuple[Cell, str | None]]
) -> tuple[Finding, ...]:
    """Figures that an earlier printed report gives otherwise; the last that printed one counts.

    Only figures of known periods are compared: labels of two reports may mean different times.
    """
    before = {
        (cell.key.table, code, cell.key.row, cell.key.column): cell
        for cell, code in earlier
        if code is not None and cell.value
    }
    found: list[Finding] = []
    for cell, code in cells:
        key = cell.key
        other = before.get((key.table, code, key.row, key.column)) if code else None
        if other is not None and cell.value:
            found += findings(cell, [amount(other)], "editions")
    return tuple(found)


def _address(cell: Cell) -> tuple[str, str, str, str]:
    key = cell.key
    return key.table, key.period, key.row, key.column
