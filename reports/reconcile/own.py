"""The list of a report itself: its computed figures, as they are printed, held against the rules.

What a figure carries beside its number takes the place of what print does not tell: a share that
leaves out unknown answers is judged by its own numerator and denominator, an index by the months
in which its place was covered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.numbers import NOTHING, round_half_up
from reports.reconcile.checking import check
from reports.reconcile.printed import findings, own_fraction
from reports.types import Cell, Finding, Report

#: Units of a fraction, and the rule that it falls under; all others are indices.
_RULES = {
    "percent": "share",
    "minutes": "mean",
    "days": "mean",
    "people per assembly": "mean",
    "officers per assembly": "mean",
}


def of_report(report: Report) -> tuple[Finding, ...]:
    """What the figures that a report computes contradict in each other, once rounded for print.

    Empty for every report whose places with counted assemblies have covered months: an edition
    can be frozen only then. Figures of earlier reports are not looked at; ``Report.findings``
    are about them.
    """
    cells = [as_rounded(cell) for cell in _computed(report)]
    own = [each for cell in cells for each in _fraction(cell)]
    listed = check([(cell, cell.key.period) for cell in cells], [report.period])
    return tuple(dict.fromkeys([*own, *listed]))


def as_rounded(cell: Cell) -> Cell:
    """A computed cell as print shows it: the number rounded, and its text."""
    value = cell.value.value
    if value is None:
        return replace(cell, printed=NOTHING)
    number = round_half_up(value, cell.decimals)
    text = f"{number}%" if cell.unit == "percent" else str(number)
    return replace(cell, value=replace(cell.value, value=float(number)), printed=text)


def _computed(report: Report) -> Iterator[Cell]:
    seen = set()
    for table in report.tables:
        for cell in table.cells():
            if cell.source == "computed" and cell.key not in seen:
                seen.add(cell.key)
                yield cell


def _fraction(cell: Cell) -> list[Finding]:
    """Whether a figure is its own numerator divided by its own denominator, rounded right."""
    if not cell.value or own_fraction(cell) is None:
        return []
    return findings(cell, [own_fraction(cell)], _RULES.get(cell.unit, "index"))
