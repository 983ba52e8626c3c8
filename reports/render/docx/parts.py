"""Pieces of a Word document that python-docx has no words for: fields, marks, links, shading."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from reports.types import Text

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

#: What XML cannot hold; people's texts may.
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEMES = ("http://", "https://", "mailto:")
#: The order that the schema asks of the properties of a paragraph and of a cell.
PARAGRAPH = [
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
    "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc",
    "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr",
    "sectPr", "pPrChange",
]  # fmt: skip
_CELL = [
    "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar",
    "textDirection", "tcFitText", "vAlign", "hideMark",
]  # fmt: skip


def clean(text: Text) -> str:
    """The text in the active language, without signs that a document cannot hold."""
    return _CONTROL.sub("", str(text))


def element(name: str, /, **attributes: object) -> Any:
    """An element such as ``w:shd``; its attributes are of the same namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    prefix = name.partition(":")[0]
    for key, value in attributes.items():
        made.set(qn(f"{prefix}:{key}"), str(value))
    return made


@cache
def identity(style: str) -> str:
    """What a style is called in the file; python-docx would look through all of them each time."""
    from docx.styles import BabelFish

    return BabelFish.ui2internal(style).replace(" ", "")


def write(paragraph: Paragraph, text: Text, style: str = "") -> Run:
    """A run of text; a line break where the text has one."""
    run = paragraph.add_run(clean(text))
    if style:
        run._r.style = identity(style)
    return run


def field(paragraph: Paragraph, instruction: str, shown: str = "", style: str = "") -> None:
    """A field that Word can work out anew, with what it shows until then."""
    begin_field(paragraph, instruction)
    if shown:
        write(paragraph, shown, style)
    end_field(paragraph)


def begin_field(paragraph: Paragraph, instruction: str) -> None:
    """Everything up to ``end_field``, in whichever paragraph, is what the field shows."""
    _sign(paragraph, "begin")
    code = element("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    paragraph.add_run()._r.append(code)
    _sign(paragraph, "separate")


def end_field(paragraph: Paragraph) -> None:
    _sign(paragraph, "end")


def entry(paragraph: Paragraph, text: Text, register: str) -> None:
    """A hidden mark: a list of the ``register`` ("t", "f") made anew names this paragraph so."""
    words = re.sub(r'["\\{}]', "’", clean(text)).replace("\n", " ")
    _sign(paragraph, "begin", hidden=True)
    code = element("w:instrText")
    code.text = f' TC "{words}" \\f {register} \\l 1 '
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run = paragraph.add_run()
    run.font.hidden = True
    run._r.append(code)
    _sign(paragraph, "end", hidden=True)


def _sign(paragraph: Paragraph, kind: str, hidden: bool = False) -> None:
    run = paragraph.add_run()
    if hidden:
        run.font.hidden = True
    run._r.append(element("w:fldChar", fldCharType=kind))


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """A place to lead to, around what the paragraph holds so far."""
    start = element("w:bookmarkStart", id=number, name=name)
    first = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(first, start)
    paragraph._p.append(element("w:bookmarkEnd", id=number))


def place_name(name: str) -> str:
    """Word's names of places have letters, digits and underlines, and begin with a letter."""
    return "".join(sign if sign.isalnum() else "_" for sign in name)[:40]


def inner_link(paragraph: Paragraph, target: str, runs: list[Run]) -> None:
    """Make these runs, neighbours in the paragraph, lead to a bookmark."""
    link = element("w:hyperlink", anchor=target, history=1)
    runs[0]._r.addprevious(link)
    for run in runs:
        link.append(run._r)


def outer_link(paragraph: Paragraph, address: str, runs: list[Run]) -> bool:
    """Make these runs lead to an address of the web or a mailbox; any other stays a text."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn

    if not runs or not address.lower().startswith(_SCHEMES):
        return False
    link = element("w:hyperlink", history=1)
    address = clean(address)
    related = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), related)
    runs[0]._r.addprevious(link)
    for run in runs:
        run._r.style = identity("Hyperlink")
        link.append(run._r)
    return True


def borders(kind: str, **sides: tuple[int, str, int]) -> Any:
    """``w:pBdr``, ``w:tcBorders`` …: side -> eighths of a point, ``rrggbb``, points of space."""
    made = element(kind)
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in sides:
            size, colour, space = sides[side]
            what: dict[str, object] = {"val": "single", "sz": size, "space": space, "color": colour}
            made.append(element(f"w:{side}", **what))
    return made


def shading(colour: str) -> Any:
    """``w:shd`` of one plain colour, ``rrggbb``."""
    return element("w:shd", val="clear", color="auto", fill=colour)


def properties(paragraph: Paragraph, *made: Any) -> None:
    """Put properties of the paragraph where the schema wants them."""
    put(paragraph._p.get_or_add_pPr(), PARAGRAPH, *made)


def cell_properties(cell: Any, *made: Any) -> None:
    """The same for a cell of a table."""
    put(cell._tc.get_or_add_tcPr(), _CELL, *made)


def put(parent: Any, order: list[str], *made: Any) -> None:
    """Each new child in its place of the order, instead of one of the same name."""

    def place(child: Any) -> int:
        return order.index(child.tag.rpartition("}")[2])

    for new in made:
        for old in parent.findall(new.tag):
            parent.remove(old)
        later = next((child for child in parent if place(child) > place(new)), None)
        if later is None:
            parent.append(new)
        else:
            later.addprevious(new)
