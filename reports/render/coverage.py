"""How many cards the figures of a table rest on, and how many were left out: said under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.numbers import format_value
from reports.types import TOTAL, Cell, Table


@dataclass(frozen=True, slots=True)
class _Said:
    """n and unknown of a column as a whole, or of one row of it; ``span``: columns beside it."""

    span: str
    what: str
    n: int
    unknown: int

    @property
    def numbers(self) -> tuple[int, int]:
        return self.n, self.unknown


def needs_columns(table: Table) -> bool:
    """Whether n and unknown have to be columns: one column whose rows each have their own."""
    if len(table.columns) != 1:
        return False
    cells = [cell for _row, cell in _telling(table, 0)]
    return len(cells) > 1 and _common(table, 0) is None


def coverage_note(table: Table, language: str) -> str:
    """ "n = 31, unknown: 1" for what the table computes, in as few words as tell it all.

    A column's total row speaks for the column; without one, all its rows if they agree, else each
    row. Columns under one heading that agree speak with one voice. "" if nothing in the table
    tells how many answers are unknown.
    """
    said = [each for index in range(len(table.columns)) for each in _column(table, index)]
    if not said:
        return ""
    if len({each.numbers for each in said}) == 1 and not _two_periods(table):
        return _counted(said[0], language)
    parts = (
        _("%(what)s: %(counted)s")
        % {"what": _name(each, said), "counted": _counted(each, language)}
        for each in said
    )
    return "; ".join(dict.fromkeys(parts))


def _name(one: _Said, said: list[_Said]) -> str:
    """What is spoken of: all columns under a heading where they agree, else the one."""
    beside = {each.numbers for each in said if each.span == one.span}
    if one.span and len(beside) == 1:
        return one.span
    return f"{one.span}, {one.what}" if one.span else one.what


def _column(table: Table, index: int) -> Iterator[_Said]:
    column = table.columns[index]
    span, title = str(column.span), str(column.title)
    if common := _common(table, index):
        yield _Said(span, title, *common)
        return
    for row, cell in _telling(table, index):
        yield _Said(span, f"{row}, {title}", cell.value.n or 0, cell.value.unknown or 0)


def _common(table: Table, index: int) -> tuple[int, int] | None:
    """n and unknown that speak for the whole column, if there are such."""
    cells = [cell for _row, cell in _telling(table, index)]
    total = [cell for cell in cells if cell.key.row == TOTAL]
    found = {(cell.value.n or 0, cell.value.unknown or 0) for cell in total or cells}
    return found.pop() if len(found) == 1 else None


def _telling(table: Table, index: int) -> Iterator[tuple[str, Cell]]:
    """Row labels and computed cells of a column that tell how many answers are unknown."""
    for row in table.rows:
        cell = row.cells[index]
        if cell is not None and cell.source == "computed" and cell.value.unknown is not None:
            yield str(row.label), cell


def _two_periods(table: Table) -> bool:
    """Whether the reader has to be told which period is meant."""
    return len({cell.key.period for row in table.rows for cell in row.cells if cell}) > 1


def _counted(said: _Said, language: str) -> str:
    return _("n = %(n)s, unknown: %(unknown)s") % {
        "n": format_value(said.n, "count", 0, language),
        "unknown": format_value(said.unknown, "count", 0, language),
    }
