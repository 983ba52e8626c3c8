"""How the document looks: its styles, from the same colours as the page and the PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.render import style
from reports.render.docx import fonts
from reports.render.docx.parts import PARAGRAPH, borders, element, put, shading

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle

LOCALES = {"ru": "ru-RU", "kk": "kk-KZ", "en": "en-GB"}
"""Language of the report -> what Word checks the spelling by."""
TEXT_WIDTH, WIDE_WIDTH = 162, 257
"""Millimetres between the margins, of a page upright and of one turned."""

#: Style -> (its base, size in points, colour, bold, points before and after, leading).
_PARAGRAPHS: dict[str, tuple[str, float, str, bool, float, float, float]] = {
    "Title": ("Normal", 29, "ink", True, 150, 16, 1.0),
    "Subtitle": ("Normal", 14, "ink-2", False, 0, 6, 1.2),
    "Cover Period": ("Normal", 22, "accent", True, 0, 70, 1.2),
    "Cover Organisation": ("Normal", 11, "ink-2", False, 0, 0, 1.3),
    "Imprint": ("Normal", 9, "ink-2", False, 0, 3, 1.25),
    "Heading 1": ("Normal", 18, "ink", True, 32, 12, 1.15),
    "Heading 2": ("Normal", 11.5, "ink", True, 18, 6, 1.2),
    "Heading 3": ("Normal", 9.5, "ink-2", True, 12, 4, 1.2),
    "TOC Heading": ("Normal", 18, "ink", True, 0, 14, 1.15),
    "Caption": ("Normal", 9.5, "ink", True, 0, 5, 1.25),
    "Table Caption": ("Caption", 9.5, "ink", True, 14, 5, 1.25),
    "Figure Caption": ("Caption", 9.5, "ink", True, 4, 16, 1.25),
    "Picture": ("Normal", 10, "ink", False, 12, 2, 1.0),
    "Table Text": ("Normal", 8.5, "ink", False, 0, 0, 1.0),
    "Table Text Small": ("Table Text", 7.8, "ink", False, 0, 0, 1.02),
    "Table Head": ("Table Text", 7.5, "ink-2", False, 0, 0, 1.0),
    "Notes": ("Normal", 7.5, "ink-2", False, 2, 0, 1.25),
    "Reading": ("Normal", 8.8, "ink", False, 0, 5, 1.2),
    "Change": ("Normal", 8.8, "ink", False, 0, 4, 1.2),
    "Demonstration": ("Normal", 8.8, "ink", False, 6, 10, 1.2),
    "Break": ("Normal", 6, "ink-3", False, 0, 10, 1.0),
    "Quote": ("Normal", 9.5, "ink-2", False, 4, 8, 1.3),
    "Box Title": ("Normal", 11, "ink", True, 0, 0, 1.2),
    "Box Text": ("Normal", 9, "ink", False, 0, 5, 1.2),
    "Box Heading": ("Box Text", 9, "ink", True, 6, 2, 1.3),
    "Box Note": ("Box Text", 8, "ink-2", False, 0, 5, 1.25),
    "List Bullet": ("Normal", 9.5, "ink", False, 0, 3, 1.22),
    "List Number": ("Normal", 9.5, "ink", False, 0, 3, 1.22),
    "TOC 1": ("Normal", 9.5, "ink", False, 0, 3, 1.1),
    "Table of Figures": ("Normal", 8.5, "ink", False, 0, 1.5, 1.1),
    "Header": ("Normal", 7.5, "ink-2", False, 0, 0, 1.2),
    "Footer": ("Normal", 7.5, "ink-2", False, 0, 0, 1.2),
}
#: Style of letters -> (size in points, colour, bold); None: as around them.
_LETTERS: dict[str, tuple[float | None, str | None, bool | None]] = {
    "Hyperlink": (None, "accent", None),
    "Number": (None, "accent", None),
    "Dagger": (None, "accent", False),
    "Published": (None, "ink-2", None),
    "Range": (7.2, "ink-3", False),
    "Soft": (8.5, "ink-2", False),
    "Term": (None, "accent", True),
    "Page Number": (8.5, "ink", True),
    "Notice": (None, "state-returned", None),
}
#: Word's own styles, whose names it shows in the reader's language.
_WORDS_OWN = {
    "Title", "Subtitle", "TOC Heading", "Caption", "Quote", "List Bullet", "List Number", "TOC 1",
    "Table of Figures", "Header", "Footer",
}  # fmt: skip
_KEPT_WITH_NEXT = (
    "Heading 1", "Heading 2", "Heading 3", "TOC Heading", "Table Caption", "Picture", "Box Title",
    "Box Heading",
)  # fmt: skip


def rgb(token: str) -> str:
    """A colour of the tokens as Word writes it: ``rrggbb``."""
    return style.colour(token).removeprefix("#")


def prepare(document: Document, language: str) -> None:
    """Styles, language and settings of an empty document; nothing of the template's stays."""
    _defaults(document, LOCALES[language])
    _forget(document)
    for name in _PARAGRAPHS:
        _paragraph(document, name)
    for name, (size, colour, bold) in _LETTERS.items():
        _letters(document, name, size, colour, bold)
    _finer_points(document)
    _table(document)
    fonts.embed(document)


def _defaults(document: Document, locale: str) -> None:
    """Letters and language of everything that says nothing else."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    root = document.styles.element
    base = root.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    base.clear()
    family = style.FAMILY
    base.append(element("w:rFonts", ascii=family, hAnsi=family, eastAsia=family, cs=family))
    base.append(element("w:lang", val=locale, eastAsia=locale, bidi=locale))
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = family, Pt(9.5)
    _colour(normal, "ink")
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.25
    normal.paragraph_format.widow_control = True
    put(normal.element.get_or_add_pPr(), PARAGRAPH, element("w:suppressAutoHyphens"))
    settings = document.settings.element
    for child in settings.findall(qn("w:themeFontLang")):
        child.set(qn("w:val"), locale)
    # Long words in the narrow heads of tables are divided, nothing else is (see Normal above).
    settings.find(qn("w:defaultTabStop")).addnext(element("w:autoHyphenation"))
    # Laid out as Word does since 2013: a table begins where the text does.
    compat = settings.find(qn("w:compat"))
    compat.clear()
    compat.append(
        element(
            "w:compatSetting",
            name="compatibilityMode",
            uri="http://schemas.microsoft.com/office/word",
            val=15,
        )
    )


def _forget(document: Document) -> None:
    """The template's own styles, hundreds that nobody here asked for."""
    kept = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
    for each in list(document.styles):
        if each.name not in kept:
            each.delete()


def _paragraph(document: Document, name: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    base, size, colour, bold, before, after, leading = _PARAGRAPHS[name]
    made: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=_known(name))
    made.base_style = document.styles[base]
    made.quick_style = True
    made.font.size, made.font.bold = Pt(size), bold
    _colour(made, colour)
    form = made.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), leading
    if name in _KEPT_WITH_NEXT:
        form.keep_with_next = True
    if name.startswith("Heading"):
        made.next_paragraph_style = document.styles["Normal"]
        level = element("w:outlineLvl", val=int(name[-1]) - 1)
        put(made.element.get_or_add_pPr(), PARAGRAPH, level)


def _known(name: str) -> bool:
    """Whether it is one of Word's own styles, whose name it then shows in its own language."""
    return name in _WORDS_OWN or name.startswith("Heading")


def _letters(
    document: Document, name: str, size: float | None, colour: str | None, bold: bool | None
) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    known = name in ("Hyperlink", "Page Number")
    made: Any = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=known)
    if size:
        made.font.size = Pt(size)
    if colour:
        _colour(made, colour)
    made.font.bold = bold
    if name == "Hyperlink":
        made.font.underline = True


def _colour(made: ParagraphStyle | Any, token: str) -> None:
    from docx.shared import RGBColor

    made.font.color.rgb = RGBColor.from_string(rgb(token).upper())


def _finer_points(document: Document) -> None:
    """Lines above chapters, grounds of boxes, indents and stops."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    found: Any = document.styles
    accent, warning, soft = rgb("accent"), rgb("state-returned"), rgb("rule-strong")
    lines: dict[str, dict[str, tuple[int, str, int]]] = {
        "Heading 1": {"top": (18, accent, 8)},
        "Demonstration": {"left": (24, warning, 10)},
        "Quote": {"left": (12, soft, 10)},
        "Break": {"bottom": (4, soft, 1)},
    }
    for name, sides in lines.items():
        put(found[name].element.get_or_add_pPr(), PARAGRAPH, borders("w:pBdr", **sides))
    notice = found["Demonstration"]
    put(notice.element.get_or_add_pPr(), PARAGRAPH, shading(rgb("state-returned-soft")))
    notice.paragraph_format.left_indent = Mm(5)
    notice.paragraph_format.right_indent = Mm(3)
    found["Title"].paragraph_format.right_indent = Mm(25)
    found["Quote"].paragraph_format.left_indent = Mm(6)
    reading = found["Reading"].paragraph_format
    reading.left_indent, reading.first_line_indent = Mm(52), Mm(-52)
    reading.tab_stops.add_tab_stop(Mm(52))
    for name in ("TOC 1", "Table of Figures"):
        form = found[name].paragraph_format
        form.left_indent, form.first_line_indent, form.right_indent = Mm(9), Mm(-9), Mm(10)
        form.tab_stops.add_tab_stop(Mm(9))
        form.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    head = element("w:suppressAutoHyphens", val=0)
    put(found["Table Head"].element.get_or_add_pPr(), PARAGRAPH, head)


def _table(document: Document) -> None:
    """The one style of tables: lines across, none down, a strong one above."""
    from docx.enum.style import WD_STYLE_TYPE

    made: Any = document.styles.add_style("Report Table", WD_STYLE_TYPE.TABLE)
    made.base_style = document.styles["Normal Table"]
    frame = element("w:tblPr")
    frame.append(
        borders(
            "w:tblBorders",
            top=(8, rgb("ink"), 0),
            bottom=(5, rgb("ink"), 0),
            insideH=(2, rgb("rule"), 0),
        )
    )
    margins = element("w:tblCellMar")
    for side, width in (("top", 55), ("left", 110), ("bottom", 55), ("right", 0)):
        margins.append(element(f"w:{side}", w=width, type="dxa"))
    frame.append(margins)
    made.element.append(frame)
    _box(document)


def _box(document: Document) -> None:
    """A case stands apart on a ground of its own, the accent along it."""
    from docx.enum.style import WD_STYLE_TYPE

    made: Any = document.styles.add_style("Case Box", WD_STYLE_TYPE.TABLE)
    made.base_style = document.styles["Normal Table"]
    frame = element("w:tblPr")
    frame.append(borders("w:tblBorders", left=(24, rgb("accent"), 0)))
    margins = element("w:tblCellMar")
    for side, width in (("top", 170), ("left", 280), ("bottom", 120), ("right", 240)):
        margins.append(element(f"w:{side}", w=width, type="dxa"))
    frame.append(margins)
    made.element.append(frame)
