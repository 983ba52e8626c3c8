"""How a table looks, for the web page and the PDF alike: texts, marks, ranges, links. No numbers
are computed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from reports.numbers import format_value
from reports.render.style import DASH
from reports.types import Cell, Table, Text

DrillBase = str | Callable[[Cell], str]
"""Where the cards behind a cell are listed: an address to which the cell's parameters are added,
or a function of the cell ("" where there is nothing to show)."""

_MANY_COLUMNS = 6
_TOO_WIDE = 12


@dataclass(frozen=True, slots=True)
class Heading:
    """A column heading; ``mark``: everything in the column was published earlier."""

    text: Text
    columns: int = 1
    rows: int = 1
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as printed. ``range`` is "low–high" or ""; ``url`` leads to the cards behind it."""

    text: str
    range: str = ""
    url: str = ""
    published: bool = False
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A printed row."""

    label: Text
    cells: tuple[Shown, ...]
    total: bool
    level: int
    mark: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """Everything the partial ``reports/_table.html`` prints."""

    table: Table
    head: tuple[tuple[Heading, ...], ...]
    lines: tuple[Line, ...]
    coverage: str
    published: bool
    size: str


def table_view(table: Table, language: str, drill_base: DrillBase | None = None) -> TableView:
    """Lay a table out in ``language``, which must be the active one.

    A dagger marks published figures: once at a column or row that holds nothing else, else at the
    single cell.
    """
    columns = _published_columns(table)
    lines = []
    for row in table.rows:
        whole = _all_published(row.cells)
        cells = tuple(
            _shown(cell, language, drill_base, marked=whole or index in columns)
            for index, cell in enumerate(row.cells)
        )
        mark = whole and len(columns) < len(table.columns)
        lines.append(Line(row.label, cells, row.total, row.level, mark))
    return TableView(
        table,
        _head(table, columns),
        tuple(lines),
        coverage(table, language),
        any(cell.published for line in lines for cell in line.cells),
        _size(len(table.columns)),
    )


def coverage(table: Table, language: str) -> str:
    """"n = 31, unknown: 1" for what the table computes, in as few words as tell it all.

    Taken from the total row, or from any row where all rows of a column rest on the same cards.
    """
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for period, column, cells in _computed_columns(table):
        total = [cell for row_is_total, cell in cells if row_is_total]
        said = {(cell.value.n, cell.value.unknown) for cell in total or [c for _t, c in cells]}
        if len(said) == 1:
            n, unknown = said.pop()
            if n is not None and unknown is not None:
                found[period, column] = (n, unknown)
    if not found:
        return ""
    if len(set(found.values())) == 1 and len({period for period, _c in found}) == 1:
        return _counted(*next(iter(found.values())), language)
    parts = [
        _("%(what)s: %(counted)s")
        % {"what": _what(table, period, column, found), "counted": _counted(*both, language)}
        for (period, column), both in found.items()
    ]
    return "; ".join(dict.fromkeys(parts))


def value_text(cell: Cell, language: str) -> str:
    """The rounded value of a cell in the language, a dash where it does not exist."""
    if cell.value.value is None:
        return DASH
    return format_value(cell.value.value, cell.unit, cell.decimals, language)


def _shown(
    cell: Cell | None, language: str, drill_base: DrillBase | None, marked: bool
) -> Shown:
    if cell is None:
        return Shown("")
    published = cell.source == "published" and cell.value.value is not None
    return Shown(
        value_text(cell, language),
        _range(cell, language),
        _url(cell, drill_base),
        published,
        published and not marked,
    )


def _range(cell: Cell, language: str) -> str:
    """The low–high range, where the counts behind the value have one that shows in print."""
    value = cell.value
    if value.value is None or value.low is None or value.high is None:
        return ""
    low, best, high = (
        format_value(number, cell.unit, cell.decimals, language)
        for number in (value.low, value.value, value.high)
    )
    return "" if low == best == high else f"{low}{DASH}{high}"


def _url(cell: Cell, drill_base: DrillBase | None) -> str:
    if drill_base is None or cell.drill is None or cell.source != "computed" or not cell.value:
        return ""
    if callable(drill_base):
        return drill_base(cell)
    return f"{drill_base}?{urlencode({'period': cell.key.period, **cell.drill})}"


def _all_published(cells: tuple[Cell | None, ...]) -> bool:
    known = [cell for cell in cells if cell is not None and cell.value]
    return bool(known) and all(cell.source == "published" for cell in known)


def _published_columns(table: Table) -> frozenset[int]:
    return frozenset(
        index
        for index in range(len(table.columns))
        if _all_published(tuple(row.cells[index] for row in table.rows))
    )


def _head(table: Table, published: frozenset[int]) -> tuple[tuple[Heading, ...], ...]:
    """One line of headings, or two where neighbouring columns share a spanning one."""
    marked = [index in published for index in range(len(table.columns))]
    if not any(str(column.span) for column in table.columns):
        titles = zip(table.columns, marked, strict=True)
        row = (Heading(table.stub), *(Heading(column.title, mark=mark) for column, mark in titles))
        return (row,)
    upper, lower = [Heading(table.stub, rows=2)], []
    pairs = zip(table.columns, marked, strict=True)
    for span, group in groupby(pairs, key=lambda pair: str(pair[0].span)):
        members = list(group)
        if not span:
            upper += [Heading(column.title, rows=2, mark=mark) for column, mark in members]
            continue
        whole = all(mark for _column, mark in members)
        upper.append(Heading(span, columns=len(members), mark=whole))
        lower += [Heading(column.title, mark=mark and not whole) for column, mark in members]
    return tuple(upper), tuple(lower)


def _size(columns: int) -> str:
    """``wide``: smaller type; ``landscape``: a page of its own, turned."""
    if columns > _TOO_WIDE:
        return "landscape"
    return "wide" if columns > _MANY_COLUMNS else "normal"


def _computed_columns(table: Table) -> Iterator[tuple[str, str, list[tuple[bool, Cell]]]]:
    """Period, column code, and (row is the total, cell) of computed cells that tell unknowns."""
    groups: dict[tuple[str, str], list[tuple[bool, Cell]]] = {}
    for row in table.rows:
        for cell in row.cells:
            if cell is not None and cell.source == "computed" and cell.value.unknown is not None:
                groups.setdefault((cell.key.period, cell.key.column), []).append((row.total, cell))
    for (period, column), cells in groups.items():
        yield period, column, cells


def _what(table: Table, period: str, column: str, found: dict[tuple[str, str], object]) -> str:
    """The shortest name that tells one part of the table from the others."""
    titles = {each.code: str(each.title) for each in table.columns}
    periods, columns = {key[0] for key in found}, {key[1] for key in found}
    title = titles.get(column, "")
    if len(periods) == 1 or not period:
        return title or column
    return period if len(columns) == 1 or not title else f"{period}, {title}"


def _counted(n: int, unknown: int, language: str) -> str:
    return _("n = %(n)s, unknown: %(unknown)s") % {
        "n": format_value(n, "count", 0, language),
        "unknown": format_value(unknown, "count", 0, language),
    }
