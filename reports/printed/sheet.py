"""A printed table as it stood in its report, the figures that are listed marked."""

from __future__ import annotations

from dataclasses import dataclass

from reports.printed.findings import Entry, Listing
from reports.printed.grid import Column, Grid, make_grid, measures_on_record
from reports.printed.layouts import layout_of
from reports.types import Key, Text


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure as printed, and the entries about it; the gravest gives its colour."""

    printed: str
    entries: tuple[Entry, ...] = ()

    @property
    def kind(self) -> str:
        kinds = [entry.finding.kind for entry in self.entries]
        return next((kind for kind in _GRAVE if kind in kinds), "")


_GRAVE = ("contradiction", "missing", "rounding")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed table: columns, lines of marked figures, and entries about whole columns."""

    table: str
    name: Text
    title: Text
    stub: Text
    columns: tuple[Column, ...]
    spans: list[Column]
    lines: list[tuple[Text, bool, list[Mark]]]
    about: list[Entry]


def tables(listing: Listing) -> list[tuple[str, Text, Text, int, int]]:
    """Code, name, title, figures and entries of every table on record, in the order of printing."""
    figures: dict[str, int] = {}
    for cell, _code in listing.cells:
        figures[cell.key.table] = figures.get(cell.key.table, 0) + 1
    found: dict[str, int] = {}
    for each in listing.findings:
        found[each.table] = found.get(each.table, 0) + 1
    lines = []
    for table, n in figures.items():
        layout = listing.names.layout(table)
        lines.append((table, layout.name, layout.title, n, found.get(table, 0)))
    return lines


def sheet(listing: Listing, table: str) -> Sheet:
    """One table as printed; KeyError if nothing of it is on record."""
    cells = [cell for cell, _code in listing.cells if cell.key.table == table]
    if not cells:
        raise KeyError(table)
    entries: dict[Key, list[Entry]] = {}
    for entry in listing.entries():
        if entry.finding.table == table:
            entries.setdefault(entry.key, []).append(entry)
    layout = layout_of(table, measures_on_record(table, cells))
    grid = make_grid(layout, (), cells, listing.names.vocabulary, spare=0, most=None)
    lines, marked = [], set()
    order: dict[str, int] = {}
    for cell in cells:
        order.setdefault(layout.place(cell.key)[0], len(order))
    for line in sorted(grid.lines, key=lambda line: order.get(line.code, len(order))):
        marks = []
        for column, slot in zip(grid.columns, line.slots, strict=True):
            key = layout.key(line.code, column.period, column.measure)
            marked.add(key)
            marks.append(Mark(slot.text, tuple(entries.get(key, ()))))
        if any(mark.printed or mark.entries for mark in marks):
            lines.append((line.label, line.total, marks))
    about = [entry for key, its in entries.items() if key not in marked for entry in its]
    return _sheet(layout.code, grid, lines, about)


def _sheet(
    table: str, grid: Grid, lines: list[tuple[Text, bool, list[Mark]]], about: list[Entry]
) -> Sheet:
    layout = grid.layout
    return Sheet(
        table, layout.name, layout.title, layout.stub, grid.columns, grid.spans, lines, about
    )
