"""The chapters: a block of every kind becomes what Word has for it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reports.figures import QUESTIONS
from reports.numbers import format_date
from reports.render.docx import front, parts, tables
from reports.render.docx.look import TEXT_WIDTH
from reports.render.docx.prose import Lists, add_prose
from reports.render.png import plain_png
from reports.render.tables import table_view
from reports.types import Block, CaseBox, Chapter, Figure, Picture, Table

if TYPE_CHECKING:
    from docx.document import Document

_TALLEST = 110
"""Millimetres: a picture in a box is no higher."""


class Chapters:
    """Writes chapters into a document, one after another."""

    def __init__(
        self, document: Document, said: dict[str, Any], places: front.Places, language: str
    ) -> None:
        self.document = document
        self.said = said
        self.language = language
        self.places = places
        self.lists = Lists(document)
        self._wide = False
        self._first = True

    def add(self, chapter: Chapter) -> None:
        """A chapter; the annex begins a page of its own."""
        self._turn(wide=False)
        heading = self.document.add_paragraph(style="Heading 1")
        if chapter.number:
            parts.write(heading, f"{chapter.number} ", "Number")
        parts.write(heading, chapter.title)
        self.places.mark(heading, f"chapter-{chapter.code}")
        if self._first:
            heading.paragraph_format.space_before = 0
        elif chapter.code == "annex":
            heading.paragraph_format.page_break_before = True
        self._first = False
        for block in chapter.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        if block.kind == "table" and block.table is not None:
            return self._table(block.table)
        self._turn(wide=False)
        if block.kind == "figure" and block.figure is not None:
            self._figure(block.figure)
        elif block.kind == "box" and block.box is not None:
            self._box(block.box)
        elif block.kind == "grid":
            self._grid(block)
        elif block.kind == "list":
            self._list(block)
        elif block.kind == "prose":
            add_prose(self.document, self.lists, block.text, self.said["anchors"])
        else:
            style = "Heading 2" if block.kind == "heading" else "Normal"
            parts.write(self.document.add_paragraph(style=style), block.text)
        return None

    def _turn(self, wide: bool) -> None:
        """A table of many columns has pages on their side to itself."""
        if wide != self._wide:
            self._wide = wide
            front.turn(self.document, self.said, chapters=True, wide=wide)

    def _list(self, block: Block) -> None:
        if str(block.text):
            before = self.document.add_paragraph()
            parts.write(before, block.text)
            before.paragraph_format.keep_with_next = True
        for item in block.items:
            paragraph = self.document.add_paragraph(style="List Bullet")
            parts.write(paragraph, item)
            self.lists.put(paragraph, self.lists.bullets)

    def _grid(self, block: Block) -> None:
        if str(block.text):
            parts.write(self.document.add_paragraph(style="Table Caption"), block.text)
        tables.add_grid(self.document, block)

    def _table(self, table: Table) -> None:
        view = table_view(table, self.language)
        self._turn(wide=view.size == "landscape")
        caption = self.document.add_paragraph(style="Table Caption")
        title = parts.clean(table.title)
        if table.number:
            self._number(caption, _("Table %(number)s"), table.number, "Table")
        parts.write(caption, title)
        self.places.mark(caption, f"table-{table.code}")
        listed = f"{table.number}\t{title}" if table.number else title
        parts.entry(caption, listed, "t")
        tables.add_view(self.document, view, title)

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Mm

        paragraph = self.document.add_paragraph(style="Picture")
        drawn = io.BytesIO(plain_png(figure, self.language))
        shape = paragraph.add_run().add_picture(drawn, Mm(TEXT_WIDTH))
        _describe(shape, f"figure-{figure.number}", parts.clean(figure.alt))
        caption = self.document.add_paragraph(style="Figure Caption")
        if figure.numbered:
            self._number(caption, _("Figure %(number)s"), figure.number, "Figure")
        if question := QUESTIONS.get(figure.number):
            parts.write(caption, question).add_break()
            parts.write(caption, figure.title, "Soft")
        else:
            parts.write(caption, figure.title)
        self.places.mark(caption, f"figure-{figure.number}")
        listed = f"{figure.number}\t{figure.title}" if figure.numbered else str(figure.title)
        parts.entry(caption, listed, "f")

    def _number(self, caption: Any, message: str, number: str, register: str) -> None:
        """The number is a field of the register, so that Word's cross references find it."""
        before, _mark, after = (message % {"number": "\0"}).partition("\0")
        parts.write(caption, before, "Number")
        if number.isdigit():
            parts.field(caption, rf"SEQ {register} \* ARABIC \r {number}", number, "Number")
        else:
            parts.write(caption, number, "Number")
        parts.write(caption, f"{after} ", "Number")

    def _box(self, box: CaseBox) -> None:
        cell = tables.add_box(self.document, parts.clean(box.title))
        title = cell.paragraphs[0]
        title.style = "Box Title"
        parts.write(title, box.title)
        when = format_date(box.when, self.language) if box.when else ""
        if where := ", ".join(part for part in (parts.clean(box.where), when) if part):
            note = cell.add_paragraph(style="Box Note")
            parts.write(note, where)
            note.paragraph_format.keep_with_next = True
        add_prose(cell, self.lists, box.text, self.said["anchors"], boxed=True)
        for number, picture in enumerate(box.pictures, start=1):
            _picture(cell, picture, number)
        self.document.add_paragraph(style="Notes")


def _picture(cell: Any, picture: Picture, number: int) -> None:
    from docx.shared import Mm

    paragraph = cell.add_paragraph(style="Box Text")
    width = min(TEXT_WIDTH - 12, _TALLEST * picture.width / picture.height)
    shape = paragraph.add_run().add_picture(io.BytesIO(picture.content), Mm(width))
    _describe(shape, picture.name or f"picture-{number}", parts.clean(picture.alt))
    if str(picture.caption):
        paragraph.paragraph_format.keep_with_next = True
        parts.write(cell.add_paragraph(style="Box Note"), picture.caption)


def _describe(shape: Any, name: str, alt: str) -> None:
    """The picture's name, and its words for those who do not see it."""
    named = shape._inline.docPr
    named.set("name", parts.clean(name))
    named.set("descr", alt)
