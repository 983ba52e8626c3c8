"""Tables of the document: real ones, whose head stands again on every page that they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reports.render.docx import parts
from reports.render.docx.look import TEXT_WIDTH, WIDE_WIDTH, rgb
from reports.render.style import DAGGER
from reports.render.tables import Heading, Line, Shown, TableView, numeric_columns
from reports.types import Block

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

#: The order that the schema asks of the properties of a table.
_TABLE = [
    "tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook",
    "tblCaption",
]  # fmt: skip
_LETTER = 1.75
"""Millimetres that a letter of a head takes."""
#: How much of the width the names of the rows take, by the size of the table; as report.css.
_STUB = {"narrow": 0.58, "normal": 0.34, "wide": 0.22, "landscape": 0.16}


def add_view(document: Document, view: TableView, title: str) -> None:
    """A table of the report as the page shows it, and its notes below."""
    columns = 1 + sum(heading.columns for heading in view.head[0][1:])
    width = WIDE_WIDTH if view.size == "landscape" else TEXT_WIDTH
    words = [word for line in view.head for heading in line[1:] for word in heading.text.split()]
    # A long word of a head takes its room from the names of the rows, as far as they can spare it.
    least = max((len(word) for word in words), default=0) * _LETTER + 3
    stub = max(0.2 * width, min(_STUB[view.size] * width, width - least * (columns - 1)))
    widths = [stub, *[(width - stub) / (columns - 1)] * (columns - 1)]
    table = _new(document, len(view.head) + len(view.lines), widths, title)
    _head(table, view.head)
    small = view.size in ("wide", "landscape")
    for number, line in enumerate(view.lines, start=len(view.head)):
        last = number == len(table.rows) - 1
        _line(table.rows[number], line, small, keep=not last and view.whole)
    if len(view.lines) > 1 and view.lines[-1].total:
        _keep(table.rows[-2])
    _notes(document, view)


def add_grid(document: Document, block: Block) -> None:
    """A table of words, the first line its head."""
    lines = [[parts.clean(text) for text in line] for line in (block.items, *block.lines)]
    numeric = numeric_columns(block)
    table = _new(document, len(lines), _shares(lines), parts.clean(block.text))
    for number, line in enumerate(lines):
        row = table.rows[number]
        if not number:
            _repeat(row)
        _whole(row)
        for at, (cell, text) in enumerate(zip(row.cells, line, strict=True)):
            paragraph = _start(cell, "Table Text Small" if number else "Table Head", at == 0)
            parts.write(paragraph, text)
            if numeric[at]:
                _right(paragraph)
            if not number:
                _under(cell)
                paragraph.paragraph_format.keep_with_next = True
    document.add_paragraph(style="Notes")


def add_box(document: Document, title: str) -> _Cell:
    """The ground of a case: one cell, of which screen readers say that it is no table of data."""
    from docx.shared import Mm

    table = document.add_table(1, 1, "Case Box")
    table.autofit = False
    table.columns[0].width = Mm(TEXT_WIDTH)
    look = dict.fromkeys(("firstRow", "lastRow", "firstColumn", "lastColumn"), 0)
    parts.put(
        table._tbl.tblPr,
        _TABLE,
        parts.element("w:tblW", w=round(TEXT_WIDTH * 1440 / 25.4), type="dxa"),
        parts.element("w:tblLook", val="0600", **look, noHBand=1, noVBand=1),
        parts.element("w:tblCaption", val=title),
    )
    cell = table.cell(0, 0)
    cell.width = Mm(TEXT_WIDTH)
    parts.cell_properties(cell, parts.shading(rgb("paper-2")))
    return cell


def _new(document: Document, rows: int, widths: list[float], title: str) -> Table:
    """An empty table with columns of these widths (mm) and a name for those who do not see it."""
    from docx.shared import Mm

    table = document.add_table(rows, len(widths), "Report Table")
    table.autofit = False
    frame = table._tbl.tblPr
    total = round(sum(widths) * 1440 / 25.4)
    look = {"val": "00A0", "firstRow": 1, "lastRow": 0, "firstColumn": 1, "lastColumn": 0}
    parts.put(
        frame,
        _TABLE,
        parts.element("w:tblW", w=total, type="dxa"),
        parts.element("w:tblInd", w=0, type="dxa"),
        parts.element("w:tblLook", **look, noHBand=1, noVBand=1),
        parts.element("w:tblCaption", val=title),
    )
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _shares(lines: list[list[str]]) -> list[float]:
    """Widths by what the columns hold: a longest word has room, a long text takes more lines."""
    weights = []
    for column in zip(*lines, strict=True):
        longest = max(len(text) for text in column)
        word = max(len(part) for text in column for part in text.split() or [""])
        weights.append(max(word, min(longest, 36), 6) + 3)
    return [TEXT_WIDTH * weight / sum(weights) for weight in weights]


def _head(table: Table, head: tuple[tuple[Heading, ...], ...]) -> None:
    taken: set[tuple[int, int]] = set()
    for number, headings in enumerate(head):
        row, at = table.rows[number], 0
        _repeat(row)
        _whole(row)
        for heading in headings:
            while (number, at) in taken:
                at += 1
            cell = table.cell(number, at)
            last = table.cell(number + heading.rows - 1, at + heading.columns - 1)
            taken |= {
                (number + down, at + along)
                for down in range(heading.rows)
                for along in range(heading.columns)
            }
            merged = cell.merge(last) if last._tc is not cell._tc else cell
            _heading(merged, heading, stub=at == 0)
            lowest = number + heading.rows == len(head)
            _under(merged, "rule-strong" if lowest else "rule")
            if heading.rows > 1:
                _under(table.cell(number + heading.rows - 1, at), "rule-strong")
            at += heading.columns


def _heading(cell: _Cell, heading: Heading, stub: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

    cell.vertical_alignment = VERTICAL.BOTTOM
    paragraph = _start(cell, "Table Head", stub)
    parts.write(paragraph, heading.text)
    if heading.mark:
        parts.write(paragraph, DAGGER, "Dagger")
    if heading.columns > 1:
        paragraph.alignment = ALIGN.CENTER
    elif not stub:
        paragraph.alignment = ALIGN.RIGHT
    paragraph.paragraph_format.keep_with_next = True


def _line(row: Any, line: Line, small: bool, keep: bool) -> None:
    from docx.shared import Mm

    _whole(row)
    style = "Table Text Small" if small else "Table Text"
    cells = row.cells
    paragraph = _start(cells[0], style, True)
    paragraph.paragraph_format.left_indent = Mm(4 * line.level) if line.level else None
    parts.write(paragraph, line.label).bold = line.total or None
    if line.mark:
        parts.write(paragraph, DAGGER, "Dagger")
    for cell, shown in zip(cells[1:], line.cells, strict=True):
        paragraph = _start(cell, style, False)
        _right(paragraph)
        _shown(paragraph, shown, line.total)
    for cell in cells:
        if line.total:
            parts.cell_properties(
                cell, parts.borders("w:tcBorders", top=(4, rgb("rule-strong"), 0))
            )
    if keep:
        _keep(row)


def _shown(paragraph: Paragraph, shown: Shown, total: bool) -> None:
    run = parts.write(paragraph, shown.text, "Published" if shown.published else "")
    run.bold = total or None
    if shown.mark:
        parts.write(paragraph, DAGGER, "Dagger")
    if shown.range:
        run.add_break()
        parts.write(paragraph, shown.range, "Range")


def _notes(document: Document, view: TableView) -> None:
    """What stands below a table, and the space after it."""
    from docx.shared import Pt

    notes = [f"{view.coverage}."] if view.coverage else []
    paragraph = None
    for note in (*notes, *view.table.notes):
        paragraph = document.add_paragraph(style="Notes")
        parts.write(paragraph, note)
    if view.published or paragraph is None:
        paragraph = document.add_paragraph(style="Notes")
    if view.published:
        parts.write(paragraph, DAGGER, "Dagger")
        said = _("Figure published in an earlier report, not computed from the cards.")
        parts.write(paragraph, f" {said}")
    paragraph.paragraph_format.space_after = Pt(14)


def _start(cell: _Cell, style: str, first: bool) -> Paragraph:
    """The cell's own paragraph; the first column begins where the text of the page does."""
    paragraph = cell.paragraphs[0]
    paragraph._p.style = parts.identity(style)
    if first:
        margins = parts.element("w:tcMar")
        margins.append(parts.element("w:left", w=0, type="dxa"))
        parts.cell_properties(cell, margins)
    return paragraph


def _right(paragraph: Paragraph) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

    paragraph.alignment = ALIGN.RIGHT


def _under(cell: _Cell, token: str = "rule-strong") -> None:  # noqa: S107  (a colour)
    parts.cell_properties(cell, parts.borders("w:tcBorders", bottom=(4, rgb(token), 0)))


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(parts.element("w:tblHeader"))


def _whole(row: Any) -> None:
    """A row is not broken over two pages."""
    row._tr.get_or_add_trPr().insert(0, parts.element("w:cantSplit"))


def _keep(row: Any) -> None:
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True
