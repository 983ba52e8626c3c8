"""Tables that people bring: CSV as Excel, LibreOffice or a script writes it, and XLSX.

Cells come out as trimmed text whatever the file holds: dates as ``2018-05-10``, times as
``12:30``, whole numbers without a point. What a cell means is the business of who asked.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Headings may stand under a title: they are looked for in so many rows.
HEADING_WITHIN = 10
DELIMITERS = ",;\t"
TWICE = gettext_lazy("The column occurs twice.")
NO_HEADING = gettext_lazy("A cell stands under no heading.")
NOT_TEXT = gettext_lazy(
    "The file is neither a workbook (.xlsx) nor text in UTF-8. In Excel, save it as “CSV UTF-8” "
    "or as a workbook."
)
NOT_A_WORKBOOK = gettext_lazy("The file is not a workbook that can be read.")
_ZIP = b"PK\x03\x04"


class Unreadable(Exception):
    """The file is no table that can be read; the message says why, for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not accepted. ``column`` is "" where the whole line is meant."""

    line: int
    column: str
    reason: object

    def __str__(self) -> str:
        parts = {"line": self.line, "column": self.column, "reason": self.reason}
        if self.column:
            return _("line %(line)s, %(column)s: %(reason)s") % parts
        return _("line %(line)s: %(reason)s") % parts


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file (counted from 1, as an editor shows it) and its cells by column."""

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings in their order, with the line they stand in, and the rows that say anything."""

    columns: tuple[str, ...]
    heading_line: int
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def missing(self, needed: Iterable[str]) -> list[Refusal]:
        """A refusal for each needed column that the file does not have."""
        return [
            Refusal(self.heading_line, name, gettext_lazy("The file has no such column."))
            for name in needed
            if name not in self.columns
        ]

    def unknown(self, known: Iterable[str]) -> list[str]:
        """Columns that nobody will read."""
        known = set(known)
        return [name for name in self.columns if name not in known]


def read_sheet(content: bytes, known: Iterable[str], sheet: str = "") -> Sheet:
    """The table in a CSV or XLSX file.

    ``known`` are the columns that the caller understands: the row, of the first ten, that has
    most of them is the heading. ``sheet`` names the sheet of a workbook (default: the first).
    Cells without a heading, and headings that occur twice, are among ``refusals``.

    Raises ``Unreadable`` if there is no table with such a heading.
    """
    known = {name.casefold(): name for name in known}
    if content.startswith(_ZIP):
        lines = _workbook_lines(content, sheet)
    else:
        lines = _csv_lines(content, known)
    head = list(itertools.islice(lines, HEADING_WITHIN))
    found = [len(known.keys() & {cell.casefold() for cell in cells}) for _line, cells in head]
    if not any(found):
        raise Unreadable(_no_heading(head, known))
    position = found.index(max(found))
    heading_line, cells = head[position]
    columns = tuple(known.get(cell.casefold(), cell) for cell in _without_tail(cells))
    return _body(columns, heading_line, itertools.chain(head[position + 1 :], lines))


def sheet_names(content: bytes) -> list[str]:
    """Names of the sheets of a workbook; none for CSV."""
    return list(_workbook(content).sheet_names) if content.startswith(_ZIP) else []


def _body(columns: tuple[str, ...], heading_line: int, lines: Iterator) -> Sheet:
    sheet = Sheet(columns, heading_line)
    for name in dict.fromkeys(name for name in columns if name and columns.count(name) > 1):
        sheet.refusals.append(Refusal(heading_line, name, TWICE))
    for line, cells in lines:
        if not any(cells):
            continue
        named = list(itertools.zip_longest(columns, cells[: len(columns)], fillvalue=""))
        if any(cells[len(columns) :]) or any(cell for name, cell in named if not name):
            sheet.refusals.append(Refusal(line, "", NO_HEADING))
        sheet.rows.append(Row(line, {name: cell for name, cell in named if name}))
    return sheet


def _no_heading(head: list[tuple[int, list[str]]], known: dict[str, str]) -> str:
    if not any(any(cells) for _line, cells in head):
        return _("The file is empty.")
    columns = ", ".join(known.values())
    return _("None of the headings is known. The columns are: %(columns)s") % {"columns": columns}


def _csv_lines(content: bytes, known: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(NOT_TEXT) from error
    if "\x00" in text:
        raise Unreadable(NOT_TEXT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known))
    start = 1
    try:
        for cells in reader:
            yield start, [_text(cell) for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s cannot be read: %(reason)s") % {"line": start, "reason": error}
        ) from error


def _delimiter(text: str, known: Iterable[str]) -> str:
    """The sign that makes a heading of the first lines: the one that shows most known columns."""
    known = set(known)
    head = text.splitlines()[:HEADING_WITHIN]

    def headings(sign: str) -> int:
        return max(
            len(known & {cell.strip(' "').casefold() for cell in line.split(sign)})
            for line in head or [""]
        )

    return max(DELIMITERS, key=headings)


def _workbook(content: bytes):
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(NOT_A_WORKBOOK) from error


def _workbook_lines(content: bytes, sheet: str) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError

    book = _workbook(content)
    name = sheet or (book.sheet_names or [""])[0]
    if name not in book.sheet_names:
        raise Unreadable(_("The workbook has no sheet “%(name)s”.") % {"name": name})
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(NOT_A_WORKBOOK) from error
    for line, cells in enumerate(rows, 1):
        yield line, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as trimmed text; no-break spaces are spaces, which is what people mean by them."""
    match cell:
        case str():
            return cell.replace("\xa0", " ").strip()
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case datetime.datetime():
            return cell.isoformat(" ", "minutes")
        case datetime.time():
            return cell.isoformat("minutes")
        case None:
            return ""
    return str(cell)


def _without_tail(cells: Sequence[str]) -> list[str]:
    cells = list(cells)
    while cells and not cells[-1]:
        cells.pop()
    return cells
