"""Rows of a CSV or Excel file as Excel's users really save them.

CSV: UTF-8 with or without BOM; comma, semicolon or tab. Headings may stand below a title (merged
cells, empty lines); blank lines are passed over. Workbooks are read in ``cards.files.workbooks``.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards.files.records import Broken, Record, Unreadable
from cards.files.workbooks import MAX_COLUMNS, read_workbook

#: How many lines a title above the headings may take.
TITLE_LINES = 12
MAX_ROWS = 1_000_000
#: A cell longer than this is a file that lacks a closing quotation mark.
LONGEST_CELL = 1_000_000
#: What a spreadsheet leaves around a text.
SPACES = " \t\r\n\u00a0\u202f\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its number as a spreadsheet shows it, and its cells by column name."""

    number: int
    cells: dict[str, Any]


@dataclass
class Sheet:
    """A table under a row of headings.

    ``fields``: position and name of each named column. ``records`` can be read once; ``lines``
    keeps them, for tables that are small.
    """

    fields: tuple[tuple[int, str], ...]
    heading: int
    records: Iterator[Record]
    broken: Broken = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for _position, name in self.fields)

    @cached_property
    def width(self) -> int:
        """Cells that every record has at least."""
        return self.fields[-1][0] + 1

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(
            Line(number, {name: clean(cells[position]) for position, name in self.fields})
            for number, cells in self.records
        )

    def strays(self, cells: Sequence[Any]) -> bool:
        """Whether a cell says something under no heading, as a comma too many leaves it."""
        if len(cells) == len(self.fields):
            return False
        named = {position for position, _name in self.fields}
        return any(
            not _is_blank(cell) for position, cell in enumerate(cells) if position not in named
        )


def read_sheets(content: bytes, known: dict[str, Collection[str]]) -> dict[str, Sheet]:
    """Sheet name -> rows. ``known``: for each sheet wanted, the names of its columns.

    A CSV file, or a workbook whose sheets have other names, gives the first sheet of ``known``.
    Raises Unreadable, also while the records are read.
    """
    if content[:4] == b"PK\x03\x04":
        return {
            name: _sheet(records, known[name], broken)
            for name, records, broken in read_workbook(content, tuple(known))
        }
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    name = next(iter(known))
    return {name: _sheet(_csv_records(content, known[name]), known[name])}


def clean(value: Any) -> Any:
    """Text without the spaces that spreadsheets leave around it."""
    return value.strip(SPACES) if isinstance(value, str) else value


def _csv_records(content: bytes, known: Collection[str]) -> Iterator[Record]:
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _not_utf8()
    if b"\0" in content:
        raise Unreadable(_("This is not a CSV or Excel file."))
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=_delimiter(content, known), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except csv.Error as error:
        message = _("After line %(line)s the file breaks off or has a stray quotation mark.")
        raise Unreadable(message % {"line": number}) from error


def _not_utf8() -> Unreadable:
    return Unreadable(_("The file is not in UTF-8. In Excel, save it as “CSV UTF-8”."))


def _delimiter(content: bytes, known: Collection[str]) -> str:
    """The sign that makes most known column names of one of the first lines."""
    head = content[:200_000].decode("utf-8-sig", errors="replace").splitlines()[: TITLE_LINES + 1]

    def names(sign: str) -> int:
        return max((_score(line.replace('"', "").split(sign), known) for line in head), default=0)

    return max(",;\t", key=names)


def _sheet(records: Iterator[Record], known: Collection[str], broken: Broken | None = None):
    """The table below the row of headings: the one, of the first rows, with most known names."""
    head = list(itertools.islice(records, TITLE_LINES + 1))
    scores = [_score(cells, known) for _number, cells in head]
    if not scores or max(scores) == 0:
        columns = ", ".join(sorted(known)[:6])
        raise Unreadable(
            _("No row of column names was found. The names are those of the card: %(columns)s…")
            % {"columns": columns}
        )
    at = scores.index(max(scores))
    number, headings = head[at]
    if len(headings) > MAX_COLUMNS:
        raise Unreadable(_("The sheet reaches too far: delete what stands far below or right."))
    names = [_name(cell) for cell in headings]
    doubled = {name for name, times in Counter(names).items() if name and times > 1}
    if doubled:
        raise Unreadable(
            _("A column stands twice: %(columns)s") % {"columns": ", ".join(sorted(doubled))}
        )
    fields = tuple((position, name) for position, name in enumerate(names) if name)
    width = fields[-1][0] + 1
    records = _filled(itertools.chain(head[at + 1 :], records), width)
    return Sheet(fields, number, records, broken or {})


def _filled(records: Iterator[Record], width: int) -> Iterator[Record]:
    """The records that say anything, none shorter than the headings."""
    for number, cells in records:
        if number > MAX_ROWS:
            raise Unreadable(_("The file has too many rows."))
        if all(map(_is_blank, cells)):
            continue
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        yield number, cells


def _score(cells: Sequence[Any], known: Collection[str]) -> int:
    return sum(_name(cell) in known for cell in cells)


def _name(cell: Any) -> str:
    if cell is None:
        return ""
    return "_".join(str(cell).strip(SPACES).casefold().split())


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip(SPACES))
