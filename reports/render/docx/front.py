"""What stands before the chapters, and the frame of the pages: cover, contents, running heads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reports.render import reading, style
from reports.render.docx import parts
from reports.render.docx.look import TEXT_WIDTH, WIDE_WIDTH
from reports.types import Figure, Report, Table, Text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph

_BAR = 14
"""Millimetres of the accent along the cover, as in the PDF."""


class Places:
    """The marks that contents lead to: chapters, and the tables and figures that are printed."""

    def __init__(self, report: Report, said: dict[str, Any]) -> None:
        self.chapters = [(f"chapter-{each.code}", each) for each in report.chapters]
        self.tables: list[Table] = said["tables"]
        self.figures: list[Figure] = said["figures"]
        names = [name for name, _chapter in self.chapters]
        names += [f"table-{table.code}" for table in self.tables]
        names += [f"figure-{figure.number}" for figure in self.figures]
        self._numbers = {name: number for number, name in enumerate(names, start=1)}

    def mark(self, paragraph: Paragraph, name: str) -> None:
        """Put the mark of that name on the paragraph."""
        parts.bookmark(paragraph, parts.place_name(name), self._numbers[name])


def cover(document: Document, report: Report, said: dict[str, Any]) -> None:
    """The first page: whose, what, of when, and what an edition says of itself."""
    from docx.shared import Mm

    section = document.sections[0]
    _page(section)
    section.left_margin, section.right_margin = Mm(24 + _BAR), Mm(24)
    section.top_margin, section.header_distance = Mm(30), Mm(10)
    _bar(section)
    for style_name, text in (
        ("Cover Organisation", said["organisation"]),
        ("Title", said["title"]),
        ("Subtitle", said["subtitle"]),
        ("Cover Period", report.period.name),
    ):
        parts.write(document.add_paragraph(style=style_name), text)
    if report.demonstration:
        _demonstration(document)
    if report.imprint:
        _imprint(document, report, said["language"])
    parts.write(document.add_paragraph(style="Imprint"), said["language_name"])


def _imprint(document: Document, report: Report, language: str) -> None:
    for line in reading.imprint(report, language):
        paragraph = document.add_paragraph(style="Imprint")
        parts.write(paragraph, f"{line.term}: ", "Term")
        run = parts.write(paragraph, line.text)
        if line.url:
            parts.outer_link(paragraph, line.url, [run])


def _demonstration(document: Document) -> None:
    paragraph = document.add_paragraph(style="Demonstration")
    parts.write(paragraph, _("Demonstration: reconstructed cards.")).bold = True
    said = _(
        "The cards behind this report are a reconstruction that reproduces published totals. A"
        " single card is not a record of a real event unless the published report tells of it."
    )
    parts.write(paragraph, f" {said}")


def about(document: Document, report: Report, said: dict[str, Any], places: Places) -> None:
    """How to read the figures, what a corrected edition changed, and the three lists."""
    from docx.shared import Pt

    turn(document, said)
    _title(document, _("How to read this report"))
    for line in said["reading"]:
        paragraph = document.add_paragraph(style="Reading")
        parts.write(paragraph, line.term, "Term")
        run = parts.write(paragraph, f"\t{line.text}")
        if line.code:
            run.font.size = Pt(8)
    if report.imprint and report.imprint.changes:
        _title(document, _("What this corrected edition changed"), small=True)
        if report.imprint.corrects:
            edition = _(
                "This edition takes the place of edition %(edition)s. These values differ from it:"
            )
            before = document.add_paragraph(style="Change")
            parts.write(before, edition % {"edition": report.imprint.corrects})
        for change in report.imprint.changes:
            parts.write(document.add_paragraph(style="Change"), change)
    _title(document, _("Contents")).paragraph_format.page_break_before = True
    chapters = [(name, each.number, each.title) for name, each in places.chapters]
    _contents(document, "TOC 1", r"TOC \o 1-1 \h \z \u", chapters)
    tables = [(f"table-{each.code}", each.number, each.title) for each in places.tables]
    figures = [(f"figure-{each.number}", each.number, each.title) for each in places.figures]
    for title, lines, register in ((_("Tables"), tables, "t"), (_("Figures"), figures, "f")):
        if lines:
            _title(document, title, small=True)
            _contents(document, "Table of Figures", rf"TOC \f {register} \h \z", lines)


def _title(document: Document, text: str, small: bool = False) -> Paragraph:
    from docx.shared import Pt

    paragraph = document.add_paragraph(style="TOC Heading")
    run = parts.write(paragraph, text)
    if small:
        run.font.size = Pt(13)
        paragraph.paragraph_format.space_before = Pt(20)
    return paragraph


def _contents(
    document: Document, style_name: str, code: str, lines: list[tuple[str, str, Text]]
) -> None:
    """A list that leads to its places; Word sets the page numbers when it makes the field anew."""
    for at, (name, number, title) in enumerate(lines):
        paragraph = document.add_paragraph(style=style_name)
        if at == 0:
            parts.begin_field(paragraph, code)
        runs = [parts.write(paragraph, number, "Number"), parts.write(paragraph, "\t")]
        runs.append(parts.write(paragraph, title))
        parts.inner_link(paragraph, parts.place_name(name), runs)
        # A short list stays together.
        paragraph.paragraph_format.keep_with_next = len(lines) < 12 and at < len(lines) - 1
        if at == len(lines) - 1:
            parts.end_field(paragraph)


def turn(
    document: Document, said: dict[str, Any], chapters: bool = False, wide: bool = False
) -> None:
    """A new section: the pages after this have running heads; ``wide`` ones lie on their side.

    Among the ``chapters`` the head names the one that the page belongs to.
    """
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    section = document.add_section()
    _close(document)
    _page(section, wide)
    width = WIDE_WIDTH if wide else TEXT_WIDTH
    for part in (section.header, section.footer):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        for child in list(paragraph._p):
            paragraph._p.remove(child)
        paragraph.style = "Header" if part is section.header else "Footer"
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    parts.write(head, said["document_title"])
    if chapters:
        parts.write(head, "\t")
        parts.field(head, "STYLEREF 1")
    if said["report"].demonstration:
        parts.write(foot, _("Demonstration: reconstructed cards."), "Notice")
    parts.write(foot, "\t")
    parts.field(foot, "PAGE", "1", "Page Number")


def _close(document: Document) -> None:
    """The section before ends with its last paragraph, not with an empty one after it.

    Not where a list is a field: LibreOffice then loses the foot of its pages.
    """
    from docx.oxml.ns import qn

    empty = document.element.body[-2]
    last = empty.getprevious()
    if last is not None and last.tag == qn("w:p") and not last.findall(f".//{qn('w:fldChar')}"):
        parts.put(last.get_or_add_pPr(), parts.PARAGRAPH, empty.pPr.find(qn("w:sectPr")))
        document.element.body.remove(empty)


def _page(section: Section, wide: bool = False) -> None:
    from docx.enum.section import WD_ORIENTATION
    from docx.shared import Mm

    section.orientation = WD_ORIENTATION.LANDSCAPE if wide else WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    if wide:
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        section.left_margin = section.right_margin = Mm(20)
    else:
        section.top_margin, section.bottom_margin = Mm(26), Mm(24)
        section.left_margin, section.right_margin = Mm(26), Mm(22)
    section.header_distance, section.footer_distance = Mm(13), Mm(12)


def _bar(section: Section) -> None:
    """The accent along the cover: a picture of one colour, behind the text, in the page's head."""
    from docx.oxml.ns import nsdecls
    from docx.oxml.parser import parse_xml
    from docx.shared import Mm
    from PIL import Image

    dot = io.BytesIO()
    Image.new("RGB", (8, 8), style.colour("accent")).save(dot, "PNG")
    header = section.header
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    paragraph.style = "Header"
    inline: Any = paragraph.add_run().add_picture(dot, Mm(_BAR), Mm(297))._inline
    anchor: Any = parse_xml(
        f'<wp:anchor {nsdecls("wp", "a", "pic", "r")} distT="0" distB="0" distL="0" distR="0"'
        ' simplePos="0" relativeHeight="1" behindDoc="1" locked="1" layoutInCell="1"'
        ' allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{Mm(_BAR)}" cy="{Mm(297)}"/><wp:wrapNone/></wp:anchor>'
    )
    decorative(inline.docPr, "cover")
    for child in list(inline):
        if child.tag.rpartition("}")[2] in ("docPr", "cNvGraphicFramePr", "graphic"):
            anchor.append(child)
    inline.getparent().replace(inline, anchor)


def decorative(named: Any, name: str) -> None:
    """Say of a picture that there is nothing in it to be told."""
    from docx.oxml.parser import parse_xml

    named.set("name", name)
    named.set("descr", "")
    named.append(
        parse_xml(
            '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1"'
            ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/></a:ext>'
            "</a:extLst>"
        )
    )
