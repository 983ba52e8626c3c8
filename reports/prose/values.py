"""The values of a report by their addresses, as prose names them: ``table/row/column@period``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from reports.types import TOTAL, Cell, Column, Report, Row, Table, Text
from reports.wording import say, together


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value stands. ``period``: its code, "" for the report's own, or ``previous``."""

    table: str
    row: str
    column: str
    period: str = ""

    def __str__(self) -> str:
        at = f"@{self.period}" if self.period else ""
        return f"{self.table}/{self.row}/{self.column}{at}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises ValueError for anything but ``table/row/column`` with or without a period.

        A row's code may hold slashes ("political/elections"), the others hold none.
        """
        where, _at, period = text.strip().partition("@")
        table, slash, rest = where.partition("/")
        row, second, column = rest.rpartition("/")
        parts = [part.strip() for part in (table, row, column)]
        if not (slash and second and all(parts)) or (_at and not period.strip()):
            raise ValueError(text)
        return cls(parts[0], parts[1], parts[2], period.strip())


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that prose may name, with the words under which people look for it."""

    address: Address
    cell: Cell
    table: Table
    row: Row
    column: Column

    @property
    def label(self) -> Text:
        """Table, row and column in words."""
        table = self.table
        number = say(_("Table %(number)s"), number=table.number) if table.number else table.title
        return together((number, self.row.label, self.column.title), " · ")


@dataclass(frozen=True)
class Values:
    """The values that a report prints, by address; what it prints is what prose says."""

    report: Report

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Codes of the periods that are columns of tables, in their order, the own one last."""
        codes: dict[str, None] = {}
        for table in self.report.tables:
            for entry in _entries(table, self.report.period.code):
                if entry.address.period:
                    codes.setdefault(entry.address.period)
        codes.pop(self.report.period.code, None)
        return (*codes, self.report.period.code)

    @property
    def previous(self) -> str | None:
        """Code of the period before, if tables show one."""
        return self.periods[-2] if len(self.periods) > 1 else None

    @cached_property
    def entries(self) -> dict[Address, Entry]:
        """Every value under the shortest address: the report's own period is not named."""
        found: dict[Address, Entry] = {}
        for table in self.report.tables:
            for entry in _entries(table, self.report.period.code):
                found.setdefault(entry.address, entry)
        for entry in self._only_printed():
            found.setdefault(entry.address, entry)
        return found

    def _only_printed(self) -> Iterator[Entry]:
        """Figures of earlier reports that no table repeats, such as those of their text."""
        tables = {table.code: table for table in self.report.tables}
        for cell in self.report.published:
            key = cell.key
            if key.table in tables and key.period != self.report.period.code:
                table = tables[key.table]
                row = Row(key.row, _row_label(table, key.row), ())
                column = Column(key.column, _column_title(table, key.column), span=key.period)
                address = Address(key.table, key.row, key.column, key.period)
                yield Entry(address, cell, table, row, column)

    def find(self, address: Address) -> Entry:
        """The value at an address; KeyError if the report has none there."""
        return self.entries[self.resolved(address)]

    def resolved(self, address: Address) -> Address:
        """The same with its period as a code, "" for the own one. KeyError: none before."""
        period = address.period
        if period == "previous":
            if self.previous is None:
                raise KeyError(period)
            period = self.previous
        known = Address(address.table, address.row, address.column, period)
        if period and known not in self.entries:
            period = self._labels.get((address.table, period), period)
        if period == self.report.period.code:
            period = ""
        return Address(address.table, address.row, address.column, period)

    @cached_property
    def _labels(self) -> dict[tuple[str, str], str]:
        """(table, period as it was once printed) -> its code."""
        return {
            (address.table, entry.cell.key.period): address.period
            for address, entry in self.entries.items()
        }

    def before(self, address: Address, since: str = "") -> Address:
        """The same value in the period before, or in the period named ``since``."""
        known = self.resolved(address)
        return self.resolved(Address(known.table, known.row, known.column, since or "previous"))

    def table(self, code: str) -> Table:
        """The table with that code; KeyError."""
        return self.report.table(code)

    def close_to(self, address: Address, n: int = 3) -> list[str]:
        """Addresses that somebody may have meant, the likeliest first."""
        return difflib.get_close_matches(str(address), [str(each) for each in self.entries], n, 0.5)


def _entries(table: Table, own: str) -> Iterator[Entry]:
    """The cells that a table prints, at the addresses that prose gives them.

    The column's code is the period where tables go over the periods: a printed figure's own label
    may be spelt as it once was.
    """
    by_code = {column.code: column for column in table.columns}
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell is None:
                continue
            yield Entry(_address(table, column, cell, own), cell, table, row, column)
    for cell in table.extra:
        if cell.source == "computed" and cell.key.period == own:
            rows = [each for each in table.rows if each.code == cell.key.row]
            column = by_code.get(cell.key.column) or Column(cell.key.column, cell.key.column)
            yield Entry(
                Address(table.code, cell.key.row, cell.key.column),
                cell,
                table,
                rows[0] if rows else Row(cell.key.row, cell.key.row, ()),
                column,
            )


def _address(table: Table, column: Column, cell: Cell, own: str) -> Address:
    """The cell's own; of a printed figure the period is that of its column ("2017:share")."""
    key, period = cell.key, cell.key.period
    if cell.source == "published":
        period = column.code.removesuffix(f":{key.column}") if column.code != key.column else own
    return Address(table.code, key.row, key.column, "" if period == own else period)


def _row_label(table: Table, code: str) -> Text:
    return next((row.label for row in table.rows if row.code == code), code)


def _column_title(table: Table, code: str) -> Text:
    return next((column.title for column in table.columns if column.code == code), code)


def rows_by_value(table: Table, column: str) -> list[tuple[Row, Cell]]:
    """Rows of a table without its total, those with the highest value of a column first.

    Column is the code of a measure; of several periods the last one stands. KeyError if there is
    no such column.
    """
    ranked = []
    for row in table.rows:
        cells = [cell for cell in row.cells if cell is not None and cell.key.column == column]
        if row.code != TOTAL and not row.total and cells and cells[-1].value:
            ranked.append((row, cells[-1]))
    if not ranked:
        raise KeyError(column)
    return sorted(ranked, key=lambda pair: -(pair[1].value.value or 0))
