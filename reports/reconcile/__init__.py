"""What printed figures contradict: each other (``check``), and the cards (``compare``)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from reports.reconcile.printed import finding, findings, judge, make_printed
from reports.reconcile.rules import CHECKS
from reports.types import Cell, Finding, Period, Text

RULES: dict[str, Text] = {
    "total": _("A total is the sum of its rows."),
    "parts": _("A whole is the sum of its parts."),
    "hundred": _("The shares of a whole add up to 100 %."),
    "share": _("A share is the part divided by the whole."),
    "index": _("An index is its numerator divided by its denominator."),
    "index_without_assemblies": _("There is no index without assemblies behind it."),
    "assemblies_without_index": _("Where there are assemblies there is an index."),
    "mean": _("A mean is the sum divided by the number of assemblies."),
    "same": _("One and the same quantity is the same wherever it is printed."),
    "row_missing": _("What one table counts, the other tables of the period list too."),
    "computed": _("The printed figure is the one that the cards give."),
}
"""Code of a rule -> what it says."""

KINDS: dict[str, Text] = {
    "contradiction": _("Contradiction"),
    "rounding": _("Cut off or wrongly rounded"),
    "missing": _("Missing"),
}


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
    Only tables and periods of which something was computed are looked at.
    """
    values = {_address(cell): cell.value.value for cell in computed if cell.source == "computed"}
    known = {address[:2] for address in values}
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


def _address(cell: Cell) -> tuple[str, str, str, str]:
    key = cell.key
    return key.table, key.period, key.row, key.column


__all__ = ["KINDS", "RULES", "check", "compare", "judge"]
