"""What adds up: totals, parts, shares of a hundred; and what is no more than its whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.indicators.courts import CONVICTIONS
from reports.numbers import decimals_of
from reports.reconcile.amounts import COUNTED, NEARLY, Kind
from reports.reconcile.printed import Printed, finding_of_column, findings
from reports.tables import TABLES
from reports.types import TOTAL, Cell, Finding

ASSEMBLIES = "assemblies"

#: Columns that have a total: table and columns.
TOTALS: dict[str, tuple[str, ...]] = {
    "1": (ASSEMBLIES,),
    "2": (ASSEMBLIES,),
    "7": (ASSEMBLIES,),
    "11": (ASSEMBLIES, "unsanctioned", "sanctioned"),
    "14": ("participants", "police"),
    "16": ("assemblies_with_detentions", "detained"),
    "18": ("participants",),
    "court": ("convicted", *CONVICTIONS),
}

#: Tables whose column "share" parts a whole.
SHARES = ("1", "4", "6", "7", "8", "10", "18")

#: Shares of one whole that the text tells apart from each other: together 100 % at most.
SHARES_IN_TEXT = ("court_warning", "court_fine", "court_arrest")

#: Quantities of the text that count assemblies: none is more than there were.
ASSEMBLIES_IN_TEXT = (
    "unsanctioned",
    "police_obstructed",
    "assemblies_with_detentions",
    "assemblies_without_consequences",
    "in_court",
    "reached_court",
)

#: Beginnings of columns of the text that end in a place: convictions, no more than that place had.
CONVICTED_IN_TEXT = ("convicted_hooliganism_", "convicted_disobedience_")


def totals(printed: Printed) -> Iterator[Finding]:
    """A total is the sum of its rows; a group of topics that of its topics."""
    for table, period, column in printed.columns:
        if column in TOTALS.get(table, ()) or table not in TABLES:
            yield from _total(printed, table, period, column)
    for period in printed.periods("topics"):
        yield from _groups_of_topics(printed, period)
    yield from _forms_compared(printed)


def _total(printed: Printed, table: str, period: str, column: str) -> Iterator[Finding]:
    """Of a table that the rules do not know, only what is counted has a total."""
    whole = printed.get(table, period, TOTAL, column)
    rows = list(printed.column(table, period, column).values())
    if whole is None or (table not in TABLES and (len(rows) < 2 or whole.unit not in COUNTED)):
        return
    yield from findings(whole, [printed.sum(table, period, column)], "total", rows)


def _groups_of_topics(printed: Printed, period: str) -> Iterator[Finding]:
    """A group is the sum of its topics; the groups make up the assemblies."""
    topics = printed.column("topics", period, ASSEMBLIES)
    groups = [cell for row, cell in topics.items() if "/" not in row]
    for cell in groups:
        beginning = f"{cell.key.row}/"
        parts = [each for row, each in topics.items() if row.startswith(beginning)]
        if parts:
            yield from findings(cell, [_sum(parts)], "total", parts)
    whole = printed.all_assemblies(period)
    if len(groups) > 1 and whole is not None and not any(c.value.unknown for c in groups):
        yield from _make_up(groups, whole, "parts")


def _forms_compared(printed: Printed) -> Iterator[Finding]:
    """Table 8 has no printed total: its rows make up the assemblies of the period."""
    for period in printed.periods("8"):
        rows = list(printed.column("8", period, ASSEMBLIES).values())
        whole = printed.all_assemblies(period)
        if rows and whole is not None:
            yield from _make_up(rows, whole, "total")


def _make_up(rows: Sequence[Cell], whole: Cell, rule: str) -> Iterator[Finding]:
    added, expected = _sum(rows), whole.value.value
    if expected is not None and added != expected:
        found = finding_of_column(rows, added, expected, rule, "contradiction")
        yield replace(found, basis=(*found.basis, whole.key))


def parts(printed: Printed) -> Iterator[Finding]:
    """Penalties make up the convictions; assemblies by permit are no more than there were.

    A table may leave out rare penalties, and of some assemblies the status is not known.
    """
    for period in printed.periods("court"):
        for row in (*printed.column("court", period, "convicted"), TOTAL):
            penalties = [printed.get("court", period, row, c) for c in CONVICTIONS]
            whole = printed.get("court", period, row, "convicted")
            all_told = all(cell is not None and cell.value for cell in penalties)
            yield from _parts_of(whole, penalties, all_told)
    for period in printed.periods("11"):
        for row in (*printed.column("11", period, ASSEMBLIES), TOTAL):
            both = [printed.get("11", period, row, c) for c in ("unsanctioned", "sanctioned")]
            yield from _parts_of(printed.get("11", period, row, ASSEMBLIES), both, all_told=False)


def _parts_of(whole: Cell | None, parts: Sequence[Cell | None], all_told: bool) -> list[Finding]:
    """Parts make up the whole if all are told; if not, they are at least no more than it."""
    if whole is None or whole.value.value is None:
        return []
    added = _sum(parts)
    candidate = added if all_told else max(added, whole.value.value)
    return findings(whole, [candidate], "parts", parts)


def most(printed: Printed) -> Iterator[Finding]:
    """A part is no more than its whole."""
    for period in printed.periods("text"):
        yield from _most_of_text(printed, period)
    for period in printed.periods("13"):
        whole = printed.all_assemblies(period)
        for column in ("present", "warned"):
            for cell in printed.column("13", period, column).values():
                yield from _at_most(cell, [whole])
    for period in printed.periods("16"):
        held = printed.column_with_total("16", period, "assemblies_with_detentions")
        for row, cell in held.items():
            there = printed.all_assemblies(period) if row == TOTAL else None
            yield from _at_most(cell, [there or printed.assemblies_of(period, row)])
            yield from _at_most(cell, [printed.get("16", period, row, "detained")])


def _most_of_text(printed: Printed, period: str) -> Iterator[Finding]:
    whole = printed.all_assemblies(period)
    said = {column: printed.get("text", period, TOTAL, column) for column in ASSEMBLIES_IN_TEXT}
    for cell in said.values():
        yield from _at_most(cell, [whole])
    yield from _at_most(said["reached_court"], [said["unsanctioned"]])
    with_detentions = said["assemblies_with_detentions"]
    without = said["assemblies_without_consequences"]
    if whole is not None and with_detentions is not None and without is not None:
        left = (whole.value.value or 0) - (with_detentions.value.value or 0)
        yield from _no_more(without, left, (with_detentions, whole))
    for (table, its_period, column), cells in printed.columns.items():
        if (table, its_period) == ("text", period) and column.startswith(CONVICTED_IN_TEXT):
            place = column.split("_", 2)[2]
            convicted = printed.get("court", period, place, "convicted")
            yield from _at_most(cells.get(TOTAL), [convicted])


def _at_most(cell: Cell | None, wholes: Sequence[Cell | None]) -> Iterator[Finding]:
    for whole in wholes:
        if whole is not None and whole.value.value is not None:
            yield from _no_more(cell, whole.value.value, (whole,))


def _no_more(cell: Cell | None, limit: float, basis: Sequence[Cell]) -> list[Finding]:
    if cell is None or cell.value.value is None:
        return []
    return findings(cell, [min(limit, cell.value.value)], "most", basis)


def hundred(printed: Printed) -> Iterator[Finding]:
    """Shares of a whole add up to 100 %, as far as their last places allow."""
    for table, period, column in printed.columns:
        if column == "share" and (table in SHARES or table not in TABLES):
            rows = printed.column(table, period, "share").values()
            cells = [cell for cell in rows if cell.value]
            if len(cells) > 1:
                yield from _add_up(cells)
    for period in printed.periods("text"):
        found = (printed.get("text", period, TOTAL, column) for column in SHARES_IN_TEXT)
        yield from _no_more_than_all([cell for cell in found if cell is not None and cell.value])


def _add_up(cells: Sequence[Cell]) -> Iterator[Finding]:
    added, units = _sum(cells), sum(10.0 ** -decimals_of(cell.printed) for cell in cells)
    if abs(added - 100) > units / 2 + NEARLY:
        # Only cutting off explains a sum that falls short by up to a unit for each share.
        kind: Kind = "rounding" if 0 < 100 - added < units else "contradiction"
        yield finding_of_column(cells, added, 100, "hundred", kind)


def _no_more_than_all(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Told of the largest of the shares: the others leave it that much at most."""
    added, units = _sum(cells), sum(10.0 ** -decimals_of(cell.printed) for cell in cells)
    if len(cells) > 1 and added > 100 + units / 2 + NEARLY:
        largest = max(cells, key=lambda cell: cell.value.value or 0)
        others = [cell for cell in cells if cell is not largest]
        yield from findings(largest, [100 - _sum(others)], "hundred", others)


def _sum(cells: Sequence[Cell | None]) -> float:
    return sum(cell.value.value or 0 for cell in cells if cell is not None)
