"""How a table looks, for the web page and the PDF alike: texts, marks, ranges, links. No numbers
are computed here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import pgettext

from reports.numbers import format_value
from reports.render.coverage import coverage_note, needs_columns
from reports.render.flow import table_lines, table_whole
from reports.render.style import DASH
from reports.types import Block, Cell, Table

DrillBase = str | Callable[[Cell], str]
"""Where the cards behind a cell are listed: an address to which the cell's parameters are added,
or a function of the cell ("" where there is nothing to show)."""

_FEW_COLUMNS, _MANY_COLUMNS, _TOO_WIDE = 2, 6, 12
_NUMBER = re.compile(r"[\d.,%\s\u2009\u202f\u00a0–-]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column heading; ``mark``: everything in the column was published earlier."""

    text: str
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

    label: str
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
    whole: bool


def table_view(table: Table, language: str, drill_base: DrillBase | None = None) -> TableView:
    """Lay a table out in ``language``, which must be the active one.

    A dagger marks published figures: once at a column or row that holds nothing else, else at the
    single cell. Where each row rests on cards of its own, n and unknown are columns.
    """
    columns = _published_columns(table)
    counted = needs_columns(table)
    lines = []
    for row in table.rows:
        whole = _all_published(row.cells) and not _only_in(row.cells, columns)
        cells = tuple(
            _shown(cell, language, drill_base, marked=whole or index in columns)
            for index, cell in enumerate(row.cells)
        )
        if counted:
            cells += _counted(row.cells[0], language)
        lines.append(Line(str(row.label), cells, row.total, row.level, mark=whole))
    head = _head(table, columns)
    if counted:
        head = ((*head[0], Heading("n"), Heading(pgettext("number of cards", "Unknown"))),)
    return TableView(
        table,
        head,
        tuple(lines),
        "" if counted else coverage_note(table, language),
        any(cell.published for line in lines for cell in line.cells),
        _size(len(table.columns)),
        table_whole(table_lines(table, any(cell.range for line in lines for cell in line.cells))),
    )


def numeric_columns(block: Block) -> list[bool]:
    """Which columns of a table of words hold nothing but numbers and dashes."""
    return [
        bool(block.lines) and all(_NUMBER.fullmatch(str(line[index])) for line in block.lines)
        for index in range(len(block.items))
    ]


def value_text(cell: Cell, language: str) -> str:
    """The rounded value of a cell in the language, a dash where it does not exist."""
    if cell.value.value is None:
        return DASH
    return format_value(cell.value.value, cell.unit, cell.decimals, language)


def _shown(cell: Cell | None, language: str, drill_base: DrillBase | None, marked: bool) -> Shown:
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


def _counted(cell: Cell | None, language: str) -> tuple[Shown, Shown]:
    """n and the number of unknown answers of a row's only cell."""
    n, unknown = (cell.value.n, cell.value.unknown) if cell is not None else (None, None)
    return (
        Shown("" if n is None else format_value(n, "count", 0, language)),
        Shown("" if unknown is None else format_value(unknown, "count", 0, language)),
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


def _only_in(cells: tuple[Cell | None, ...], columns: frozenset[int]) -> bool:
    """Whether every value of the row stands in a column that carries the mark already."""
    return all(
        index in columns for index, cell in enumerate(cells) if cell is not None and cell.value
    )


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
        plain = (Heading(str(column.title), mark=mark) for column, mark in titles)
        return ((Heading(str(table.stub)), *plain),)
    upper, lower = [Heading(str(table.stub), rows=2)], []
    pairs = zip(table.columns, marked, strict=True)
    for span, group in groupby(pairs, key=lambda pair: str(pair[0].span)):
        members = list(group)
        if not span:
            upper += [Heading(str(column.title), rows=2, mark=mark) for column, mark in members]
            continue
        whole = all(mark for _column, mark in members)
        upper.append(Heading(span, columns=len(members), mark=whole))
        lower += [Heading(str(column.title), mark=mark and not whole) for column, mark in members]
    return tuple(upper), tuple(lower)


def _size(columns: int) -> str:
    """``narrow``: room for long labels; ``wide``: smaller type; ``landscape``: a turned page."""
    if columns > _TOO_WIDE:
        return "landscape"
    if columns > _MANY_COLUMNS:
        return "wide"
    return "narrow" if columns <= _FEW_COLUMNS else "normal"
