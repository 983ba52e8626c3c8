"""Rows of a CSV or Excel file as Excel's users really save them.

CSV: UTF-8 with or without BOM; comma, semicolon or tab. Headings may stand below a title (merged
cells, empty lines); blank lines are passed over.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: How many lines a title above the headings may take.
TITLE_LINES = 12
MAX_ROWS = 1_000_000


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message is for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its number as a spreadsheet shows it, and its cells by column name."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read_sheets(content: bytes, known: dict[str, Collection[str]]) -> dict[str, Sheet]:
    """Sheet name -> rows. ``known``: for each sheet wanted, the names of its columns.

    A CSV file, or a workbook whose sheets have other names, gives the first sheet of ``known``.
    Raises Unreadable.
    """
    if content[:4] == b"PK\x03\x04":
        return _workbook(content, known)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    name = next(iter(known))
    return {name: _sheet(_csv_rows(content), known[name])}


def _csv_rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("The file is not in UTF-8. In Excel, save it as “CSV UTF-8”.")) from None
    if "\0" in text:
        raise Unreadable(_("This is not a CSV or Excel file."))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(10_000_000)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise Unreadable(_("The file breaks off or has a stray quotation mark.")) from error


def _delimiter(text: str) -> str:
    """The sign that divides the headings best: comma, semicolon or tab."""
    head = text.split("\n", TITLE_LINES)[:TITLE_LINES]
    return max(",;\t", key=lambda sign: max((line.count(sign) for line in head), default=0))


def _workbook(content: bytes, known: dict[str, Collection[str]]) -> dict[str, Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if sum(item.file_size for item in zipfile.ZipFile(io.BytesIO(content)).infolist()) > 2**30:
            raise Unreadable(_("The file is too large."))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = {name.strip().casefold(): name for name in book.sheet_names}
        chosen = {wanted: names[wanted] for wanted in known if wanted in names}
        if next(iter(known)) not in chosen and len(names) > len(chosen):
            free = next(name for name in book.sheet_names if name not in chosen.values())
            chosen = {next(iter(known)): free, **chosen}
        return {
            wanted: _sheet(
                book.get_sheet_by_name(name).to_python(skip_empty_area=False), known[wanted]
            )
            for wanted, name in chosen.items()
        }
    except (CalamineError, zipfile.BadZipFile) as error:
        raise Unreadable(_("This Excel file cannot be read.")) from error


def _sheet(rows: Sequence[Sequence[Any]], known: Collection[str]) -> Sheet:
    if len(rows) > MAX_ROWS:
        raise Unreadable(_("The file has too many rows."))
    at = _heading(rows, known)
    columns = tuple(_name(cell) for cell in rows[at])
    doubled = {name for name in columns if name and columns.count(name) > 1}
    if doubled:
        raise Unreadable(_("A column stands twice: %s") % ", ".join(sorted(doubled)))
    lines = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {name: _clean(cell) for name, cell in zip(columns, row, strict=False) if name}
        if any(value not in ("", None) for value in cells.values()):
            lines.append(Line(number, cells))
    return Sheet(tuple(name for name in columns if name), tuple(lines))


def _heading(rows: Sequence[Sequence[Any]], known: Collection[str]) -> int:
    """Index of the row of headings: the one with the most known column names."""
    scores = [sum(_name(cell) in known for cell in row) for row in rows[: TITLE_LINES + 1]]
    if not scores or max(scores) == 0:
        raise Unreadable(_("No row of column names was found. Use the field names of the card."))
    return scores.index(max(scores))


def _name(cell: Any) -> str:
    return str(cell).strip().casefold().replace(" ", "_") if cell is not None else ""


def _clean(value: Any) -> Any:
    """Text without the spaces that spreadsheets leave around it."""
    return value.strip(" \t\n\u00a0\u202f\ufeff") if isinstance(value, str) else value
