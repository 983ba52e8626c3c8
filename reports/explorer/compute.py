"""From a spec to its table and figure: for a person's page, or for all counted cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.explorer import figures, query, tables
from reports.explorer.cross import Cross
from reports.explorer.filters import ExplorerFilter
from reports.explorer.registers import Registers
from reports.explorer.spec import Spec
from reports.types import Figure, Table


@dataclass(frozen=True, slots=True)
class Computed:
    """What a view shows."""

    cross: Cross
    table: Table
    figure: Figure | None


def compute(
    spec: Spec, user: Any = None, link: figures.Link | None = None, code: str = tables.CODE
) -> Computed:
    """The table and the chart of the counted cards that ``user`` may see, of all for None.

    ``link``: the address behind a cell, for the marks of the chart; ``code``: of both.
    """
    registers = Registers()
    chosen = ExplorerFilter(dict(spec.chosen), user)
    cross = query.cross(
        chosen.qs,
        spec.row_question,
        spec.column_question,
        spec.measured.quantity,
        registers,
        chosen.condition,
    )
    return Computed(
        cross,
        tables.table(spec, cross, code),
        figures.figure(spec, cross, registers, link, code),
    )
