"""A printed table as a grid of fields: from what is on record, from what was typed or pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from reports.printed.layouts import LAYOUTS, Layout, Measure, lines_of
from reports.printed.store import Typed
from reports.printed.typing import LONGEST, number_of
from reports.types import TOTAL, Cell, Label, Text, Vocabulary

#: Empty lines below the known ones, for what the registers do not know.
SPARE = 4
#: More fields than this are too many for one page, and for one request.
MOST = 800
_LONGEST_LINE = 120
#: A pasted cell that holds a figure alone, no name.
_FIGURE = re.compile(r"[\d\s.,%()–—−-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the grid: a measure in a period."""

    period: str
    measure: str
    title: Text
    first: bool = False
    span: int = 1


@dataclass(slots=True)
class Slot:
    """A field: its name in the form, what stands in it, and what is wrong with that.

    ``there``: what is on record, where somebody else put it there meanwhile.
    """

    name: str
    text: str = ""
    error: str = ""
    there: str = ""


@dataclass(slots=True)
class Line:
    """A line: ``code`` is "" in a spare one, whose label is typed as well."""

    number: int
    code: str
    label: Text
    slots: list[Slot]
    columns: tuple[Column, ...] = ()
    typed: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        """Name of the field of the label."""
        return f"line|+{self.number}"

    @property
    def total(self) -> bool:
        return self.code == TOTAL

    @property
    def pairs(self) -> list[tuple[Column, Slot]]:
        """Every field with the column that it stands in."""
        return list(zip(self.columns, self.slots, strict=True))


@dataclass(slots=True)
class Grid:
    """A table to be typed in."""

    layout: Layout
    columns: tuple[Column, ...]
    lines: list[Line]
    names: dict[str, str] = field(repr=False)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many fields have something wrong."""
        slots = sum(bool(slot.error) for line in self.lines for slot in line.slots)
        return slots + sum(bool(line.error) for line in self.lines)

    @property
    def spans(self) -> list[Column]:
        """The first column of every period."""
        return [column for column in self.columns if column.first]

    def read(self, posted: Mapping[str, str]) -> list[Typed]:
        """Take over what was typed; what is wrong is told at its field and is not returned."""
        typed: list[Typed] = []
        codes = {line.code for line in self.lines if line.code}
        for line in self.lines:
            sent = [slot for slot in line.slots if slot.name in posted]
            for slot in sent:
                text = posted[slot.name].strip()
                slot.there, slot.text = slot.text if slot.text != text else "", text
            if not line.code:
                self._read_label(line, posted.get(line.name, "").strip(), codes)
            code = line.code or self.names.get(_plain(line.typed), line.typed)
            for column, slot in line.pairs:
                found = self._typed(code, column, slot) if slot.name in posted and code else None
                if found is not None:
                    typed.append(found)
        return typed

    def _read_label(self, line: Line, label: str, codes: set[str]) -> None:
        line.typed, line.error = label, ""
        code = self.names.get(_plain(label), label)
        if not label and any(slot.text for slot in line.slots):
            line.error = _("Name the line.")
        elif len(label) > _LONGEST_LINE:
            line.error = _("The text is longer than %(n)s characters.") % {"n": _LONGEST_LINE}
        elif label and code in codes:
            line.error = _("There is such a line already.")
        elif label:
            codes.add(code)

    def _typed(self, code: str, column: Column, slot: Slot) -> Typed | None:
        key = self.layout.key(code, column.period, column.measure)
        unit = self.layout.unit(code, column.measure)
        if not slot.text:
            return Typed(key, unit, "", None)
        try:
            value = number_of(slot.text)
        except ValidationError as error:
            slot.error = error.messages[0]
            return None
        return Typed(key, unit, slot.text, value)

    def paste(self, text: str) -> int:
        """Put lines of a spreadsheet (parted by tabs) into the fields; how many were taken.

        A line that begins with the name or code of one goes there; others fill the spare lines.
        Lines of numbers alone go down the grid from its top. What finds no place stays unread.
        """
        rows = [row.split("\t") for row in text.splitlines() if row.strip()]
        taken, down = 0, iter([line for line in self.lines if line.code])
        spare = iter([line for line in self.lines if not line.code and not line.typed])
        for row in rows:
            label, *figures = (part.strip() for part in row)
            line = self._line(label)
            if line is None and _FIGURE.fullmatch(label):
                figures = [label, *figures]
                line = next(down, None) if len(figures) <= len(self.columns) else None
            elif line is None and figures:
                line = next(spare, None)
                if line is not None:
                    line.typed = label[:_LONGEST_LINE]
            if line is None or not self._fill(line, figures):
                self.unread.append("\t".join(row))
                continue
            taken += 1
        return taken

    def _line(self, label: str) -> Line | None:
        code = self.names.get(_plain(label))
        return next((line for line in self.lines if code is not None and line.code == code), None)

    def _fill(self, line: Line, figures: list[str]) -> bool:
        if not figures or len(figures) > len(line.slots):
            return False
        for slot, figure in zip(line.slots, figures, strict=False):
            slot.text = figure
            slot.error = _too_long(figure)
        return True


def make_grid(
    layout: Layout,
    periods: Iterable[str],
    cells: Iterable[Cell],
    vocabulary: Vocabulary,
    spare: int = SPARE,
    most: int | None = MOST,
) -> Grid:
    """The grid of a table with what is on record of it. Raises ValueError if it is too large."""
    there = {
        layout.place(cell.key): cell.printed for cell in cells if cell.key.table == layout.code
    }
    listed = list(dict.fromkeys([*(period for _line, period, _measure in there), *periods]))
    columns = tuple(_columns(layout, listed))
    lines = dict(lines_of(layout, vocabulary))
    total = lines.pop(TOTAL, None)
    lines |= {
        code: code for code, _period, _measure in there if code not in lines and code != TOTAL
    }
    if total is not None:
        lines[TOTAL] = total
    if most is not None and len(columns) * (len(lines) + spare) > most:
        raise ValueError("too large")
    rows = [
        Line(number, code, label, _slots(number, code, columns, there), columns)
        for number, (code, label) in enumerate(lines.items())
    ]
    if spare and layout.lines not in ("all", "public"):
        for number in range(len(rows), len(rows) + spare):
            rows.append(Line(number, "", "", _slots(number, "", columns, {}), columns))
    return Grid(layout, columns, rows, _names(lines))


def own_measures(typed: str) -> tuple[Measure, ...]:
    """Columns that somebody named, one a line; one that ends in a percent sign holds shares."""
    names = dict.fromkeys(name.strip()[:60] for name in typed.splitlines() if name.strip())
    return tuple(
        (_code(name), name, "percent" if name.endswith("%") else "count") for name in names
    )


def measures_on_record(table: str, cells: Iterable[Cell]) -> tuple[Measure, ...]:
    """Columns of a table of somebody's own, as they are on record."""
    found = {cell.key.column: cell.unit for cell in cells if cell.key.table == table}
    return tuple((code, code, unit) for code, unit in found.items())


def _code(name: str) -> str:
    """The code of a column: that of the known one of that name, so that its rules apply."""
    plain = _plain(name).rstrip("%, ")
    for layout in LAYOUTS.values():
        for code, title, _unit in layout.measures:
            if plain in (code, _plain(str(title))):
                return code
    return name


def _columns(layout: Layout, periods: Iterable[str]) -> Iterable[Column]:
    for period in periods:
        for n, (code, title, _unit) in enumerate(layout.measures):
            yield Column(period, code, title, n == 0, len(layout.measures))


def _slots(
    number: int,
    code: str,
    columns: Iterable[Column],
    there: Mapping[tuple[str, str, str], str],
) -> list[Slot]:
    return [
        Slot(
            f"cell|{code or f'+{number}'}|{column.period}|{column.measure}",
            there.get((code, column.period, column.measure), ""),
        )
        for column in columns
    ]


def _names(lines: Mapping[str, Text]) -> dict[str, str]:
    """What a line may be called in a pasted table: its code, or its name in any language."""
    found: dict[str, str] = {}
    for code, label in lines.items():
        said = (label.ru, label.kk, label.en) if isinstance(label, Label) else (str(label),)
        for name in (code, *said):
            found.setdefault(_plain(name), code)
    for word in ("итого", "всего", "барлығы", "total", "жиыны"):
        if TOTAL in lines:
            found.setdefault(word, TOTAL)
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split()).strip(" :").casefold().replace("ё", "е")


def _too_long(text: str) -> str:
    if len(text) <= LONGEST:
        return ""
    return _("The text is longer than %(n)s characters.") % {"n": LONGEST}
