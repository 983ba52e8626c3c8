"""What is printed in several places agrees, and what one table counts the others list."""

from __future__ import annotations

from collections.abc import Iterator

from reports.reconcile.amounts import Amount
from reports.reconcile.printed import Printed, finding, findings, keys
from reports.reconcile.rules.fractions import ASSEMBLIES, INDEX, activity
from reports.types import TOTAL, Cell, Finding

#: The same quantity row by row: table and column, and where else it stands.
SAME_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("1", ASSEMBLIES, "2", ASSEMBLIES),
    ("1", ASSEMBLIES, "11", ASSEMBLIES),
    ("7", ASSEMBLIES, "8", ASSEMBLIES),
    ("7", "share", "8", "share"),
    ("14", "participants", "18", "participants"),
)

#: The same quantity in single cells: where it stands (table, row, column), and where else.
SAME_CELLS: tuple[tuple[tuple[str, str, str], tuple[str, str, str]], ...] = (
    (("1", TOTAL, ASSEMBLIES), ("7", TOTAL, ASSEMBLIES)),
    (("6", "public_organisation", "share"), ("5", "public_organisations", "share")),
    (("6", "spontaneous_group", "share"), ("text", TOTAL, "organiser_spontaneous")),
    (("6", "individual", "share"), ("text", TOTAL, "organiser_individual")),
    (("11", TOTAL, "law_abidance_index"), ("12", TOTAL, "law_abidance_index")),
    (("14", TOTAL, "police_control_index"), ("15", TOTAL, "police_control_index")),
    (("19", TOTAL, "mean_duration"), ("text", TOTAL, "mean_duration")),
)

#: Totals of a table that the text repeats: table, column, column of the text.
TOTALS_IN_TEXT: tuple[tuple[str, str, str], ...] = (
    ("14", "participants", "participants"),
    ("14", "police", "police"),
    ("16", "assemblies_with_detentions", "assemblies_with_detentions"),
    ("16", "detained", "detained"),
    ("11", "unsanctioned", "unsanctioned"),
    ("18", "participants", "participants"),
)

#: Columns that tell of people at assemblies of a place: the place had some.
AT_ASSEMBLIES: tuple[tuple[str, str], ...] = (
    ("14", "participants"),
    ("14", "police"),
    ("16", "detained"),
    ("18", "participants"),
    ("court", "convicted"),
)


def assemblies_behind(printed: Printed) -> Iterator[Finding]:
    """No index without assemblies, and no assemblies without an index."""
    for period in printed.periods("3"):
        for row, cell in printed.column_with_total("3", period, INDEX).items():
            n = printed.get("2", period, row, ASSEMBLIES)
            if cell.value.value and not (n is not None and n.value.value):
                yield finding(cell, 0.0, "index_without_assemblies", "contradiction", [n])
        for row, cell in printed.column("2", period, ASSEMBLIES).items():
            # An index that rounds to 0.00 is one.
            if cell.value.value and printed.number("3", period, row, INDEX) is None:
                yield _no_index(printed, period, row, cell)


def _no_index(printed: Printed, period: str, row: str, assemblies: Cell) -> Finding:
    index, expected = printed.get("3", period, row, INDEX), activity(printed, period, row)
    return Finding(
        "3",
        assemblies.key.period,
        row,
        INDEX,
        index.printed if index is not None else "",
        expected.value if isinstance(expected, Amount) else expected,
        "assemblies_without_index",
        None,
        "missing",
        keys([assemblies]),
    )


def same(printed: Printed) -> Iterator[Finding]:
    """One and the same quantity is the same wherever it is printed."""
    for table, column, other, its_column in SAME_ROWS:
        for period in printed.periods(other):
            for row, cell in printed.column_with_total(other, period, its_column).items():
                # Where a number stands in one table only, ``rows_missing`` tells.
                yield from _as_there(printed, cell, (table, period, row, column))
    for (table, row, column), (other, its_row, its_column) in SAME_CELLS:
        for period in printed.periods(other):
            single = printed.get(other, period, its_row, its_column)
            yield from _as_there(printed, single, (table, period, row, column))
    for table, column, its_column in TOTALS_IN_TEXT:
        for period in printed.periods("text"):
            said = printed.get("text", period, TOTAL, its_column)
            there = [printed.get(table, period, TOTAL, column)]
            totals = printed.totals(table, period, column)
            yield from findings(said, totals, "same", there)


def _as_there(
    printed: Printed, cell: Cell | None, there: tuple[str, str, str, str]
) -> list[Finding]:
    if cell is None or not cell.value:
        return []
    return findings(cell, [printed.amount(*there)], "same", [printed.get(*there)])


def rows_missing(printed: Printed) -> Iterator[Finding]:
    """What one table counts in a period, the other tables of that period list too."""
    for table, column, other, its_column in SAME_ROWS:
        if "share" in (column, its_column):
            continue
        for period in printed.periods(table):
            if period not in printed.periods(other):
                continue
            yield from _only_in_one(printed, period, (table, column), (other, its_column))
            yield from _only_in_one(printed, period, (other, its_column), (table, column))
    for table, column in AT_ASSEMBLIES:
        for period in printed.periods(table):
            if printed.column("1", period, ASSEMBLIES):
                yield from _without_assemblies(printed, period, table, column)


def _only_in_one(
    printed: Printed, period: str, here: tuple[str, str], there: tuple[str, str]
) -> Iterator[Finding]:
    for row, cell in printed.column(here[0], period, here[1]).items():
        value = cell.value.value
        if value and printed.number(there[0], period, row, there[1]) is None:
            yield from _missing(printed, period, row, there, value, cell)


def _without_assemblies(
    printed: Printed, period: str, table: str, column: str
) -> Iterator[Finding]:
    for row, cell in printed.column(table, period, column).items():
        if cell.value.value and not printed.number("1", period, row, ASSEMBLIES):
            yield from _missing(printed, period, row, ("1", ASSEMBLIES), None, cell)


def _missing(
    printed: Printed,
    period: str,
    row: str,
    there: tuple[str, str],
    expected: float | None,
    because_of: Cell,
) -> Iterator[Finding]:
    """A row that a table lacks, under the label that its other rows of the period have."""
    absent = printed.get(there[0], period, row, there[1])
    text = absent.printed if absent is not None else ""
    others = printed.columns.get((there[0], period, there[1]), {}).values()
    label = next((each.key.period for each in others), because_of.key.period)
    where = (there[0], label, row, there[1])
    yield Finding(*where, text, expected, "row_missing", None, "missing", keys([because_of]))
