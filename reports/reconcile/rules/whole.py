"""Shares of assemblies are those of whole numbers of assemblies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.numbers import decimals_of
from reports.reconcile.amounts import NEARLY, Kind
from reports.reconcile.printed import Printed, finding_of_column
from reports.types import Cell, Finding

#: Tables whose column "share" parts assemblies of which the table does not tell the number.
TABLES = ("4", "6", "10")
#: Of more assemblies than this almost any share is possible.
_MANY = 2000


def whole_numbers(printed: Printed) -> Iterator[Finding]:
    """Some whole numbers, of no more assemblies than there were, give all the shares printed.

    Of some assemblies the answer may not be known, so that the shares may be of fewer. What the
    cards give is not asked: its numerators are there.
    """
    for table in TABLES:
        for period in printed.periods(table):
            cells = [c for c in printed.column(table, period, "share").values() if c.value]
            whole = printed.all_assemblies(period)
            if len(cells) < 2 or whole is None or any(c.value.denominator for c in cells):
                continue
            held = int(whole.value.value or 0)
            kind = _kind(cells, held) if 0 < held <= _MANY else None
            if kind is not None:
                found = finding_of_column(cells, 0, None, "whole_numbers", kind)
                printed_as = " + ".join(cell.printed for cell in cells)
                yield replace(found, printed=printed_as, basis=(*found.basis, whole.key))


def possible(cells: Sequence[Cell], held: int, units: float = 0.5) -> bool:
    """Whether parts of so many assemblies give these shares, each off by ``units`` of its last
    place at most."""
    least = 0
    for cell in cells:
        share, off = cell.value.value or 0, units * 10.0 ** -decimals_of(cell.printed)
        low = max(math.ceil(held * (share - off) / 100 - NEARLY), 0)
        if low > math.floor(held * (share + off) / 100 + NEARLY):
            return False
        least += low
    # Of some assemblies the table may tell nothing; of none it tells twice.
    return least <= held


def _kind(cells: Sequence[Cell], held: int) -> Kind | None:
    added = sum(cell.value.value or 0 for cell in cells)
    units = sum(10.0 ** -decimals_of(cell.printed) for cell in cells)
    if abs(added - 100) > units / 2 + NEARLY:
        return None  # they do not add up: that is told already
    for off, kind in ((0.5, None), (1 - 1e-6, "rounding")):
        if any(possible(cells, n, off) for n in range(1, held + 1)):
            return kind  # type: ignore[return-value]
    return "contradiction"
