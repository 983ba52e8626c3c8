"""Analysts' Markdown as paragraphs of the document: what ``markdown.prose`` makes of it in HTML."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reports.render import markdown
from reports.render.docx import parts
from reports.types import Text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run
    from markdown_it.token import Token

_LEVELS = 3
"""How deep lists go; deeper ones stand as the last."""
_STEP, _HANGING = 360, 300
"""A level's indent, and how far its mark stands before the text; twentieths of a point."""


class Lists:
    """The numbering of a document: one kind of bullets, and numbers anew for each list."""

    def __init__(self, document: Document) -> None:
        self._part = document.part.numbering_part.element
        for child in list(self._part):
            self._part.remove(child)
        self._part.append(self._kind(0, "bullet", "•"))
        self._part.append(self._kind(1, "decimal", "%{}."))
        self._count = 0
        self.bullets = self._instance(0)

    def numbers(self, first: int = 1) -> int:
        """A list of its own that counts from ``first``."""
        made = self._instance(1)
        override = parts.element("w:lvlOverride", ilvl=0)
        override.append(parts.element("w:startOverride", val=first))
        self._part[-1].append(override)
        return made

    def put(self, paragraph: Paragraph, number: int, level: int = 0) -> None:
        """Make the paragraph an item of the list."""
        level = min(level, _LEVELS - 1)
        chosen = parts.element("w:numPr")
        chosen.append(parts.element("w:ilvl", val=level))
        chosen.append(parts.element("w:numId", val=number))
        indent = parts.element("w:ind", left=_STEP * (level + 1), hanging=_HANGING)
        parts.properties(paragraph, chosen, indent)

    def _kind(self, number: int, form: str, text: str) -> Any:
        made = parts.element("w:abstractNum", abstractNumId=number)
        made.append(parts.element("w:multiLevelType", val="hybridMultilevel"))
        for level in range(_LEVELS):
            one = parts.element("w:lvl", ilvl=level)
            one.append(parts.element("w:start", val=1))
            one.append(parts.element("w:numFmt", val=form))
            one.append(parts.element("w:lvlText", val=text.format(level + 1)))
            one.append(parts.element("w:lvlJc", val="left"))
            made.append(one)
        return made

    def _instance(self, kind: int) -> int:
        self._count += 1
        made = parts.element("w:num", numId=self._count)
        made.append(parts.element("w:abstractNumId", val=kind))
        self._part.append(made)
        return self._count


@dataclass
class Where:
    """What the next paragraph is a part of: the page, or the cell of a case."""

    place: Document | _Cell
    lists: Lists
    boxed: bool = False
    #: The lists that it lies in, outermost first: number, and whether an item is just begun.
    depth: list[list[Any]] = field(default_factory=list)
    quoted: int = 0

    def paragraph(self) -> Paragraph:
        """A new paragraph in the style of its place; the first of an item carries its mark."""
        made = self.place.add_paragraph(style=self._style())
        if self.depth:
            number, begun = self.depth[-1]
            if begun:
                self.depth[-1][1] = False
                self.lists.put(made, number, len(self.depth) - 1)
            else:
                indent = _STEP * min(len(self.depth), _LEVELS)
                parts.properties(made, parts.element("w:ind", left=indent))
        return made

    def _style(self) -> str:
        if self.boxed:
            return "Box Text"
        if self.quoted:
            return "Quote"
        return "List Bullet" if self.depth else "Normal"


def add_prose(
    place: Document | _Cell,
    lists: Lists,
    text: Text,
    anchors: Collection[str] = (),
    boxed: bool = False,
) -> None:
    """Markdown as paragraphs, lists, quotations and headings below those of the chapter.

    ``anchors``: parts of the report that a link may lead to, as in ``markdown.prose``.
    """
    where = Where(place, lists, boxed)
    heading = ""
    for token in markdown.parse(text, 4 if boxed else 3):
        kind = token.type
        if kind == "inline":
            paragraph = _heading(where, heading) if heading else where.paragraph()
            _inline(paragraph, token.children or [], anchors)
        elif kind == "heading_open":
            heading = token.tag
        elif kind == "heading_close":
            heading = ""
        elif kind in ("bullet_list_open", "ordered_list_open"):
            where.depth.append([_number(where, token), False])
        elif kind in ("bullet_list_close", "ordered_list_close"):
            where.depth.pop()
        elif kind == "list_item_open":
            where.depth[-1][1] = True
        elif kind in ("blockquote_open", "blockquote_close"):
            where.quoted += 1 if kind.endswith("open") else -1
        elif kind == "hr":
            place.add_paragraph(style="Break")


def _number(where: Where, token: Token) -> int:
    if token.type == "bullet_list_open":
        return where.lists.bullets
    first = token.attrGet("start")
    return where.lists.numbers(1 if first is None else int(first))


def _heading(where: Where, tag: str) -> Paragraph:
    if where.boxed:
        return where.place.add_paragraph(style="Box Heading")
    return where.place.add_paragraph(style="Heading 2" if tag == "h3" else "Heading 3")


def _inline(paragraph: Paragraph, tokens: list[Token], anchors: Collection[str]) -> None:
    """Runs of letters alike; links around those that they hold."""
    bold = italic = 0
    link: tuple[str, list[Run]] | None = None
    for token in tokens:
        kind = token.type
        if kind in ("text", "image"):
            run = parts.write(paragraph, token.content)
            run.bold, run.italic = bold > 0 or None, italic > 0 or None
            if link:
                link[1].append(run)
        elif kind == "softbreak":
            parts.write(paragraph, " ")
        elif kind == "hardbreak":
            paragraph.add_run().add_break()
        elif kind in ("strong_open", "strong_close"):
            bold += 1 if kind.endswith("open") else -1
        elif kind in ("em_open", "em_close"):
            italic += 1 if kind.endswith("open") else -1
        elif kind == "link_open":
            link = (str(token.attrGet("href") or ""), [])
        elif kind == "link_close" and link:
            _link(paragraph, *link, anchors)
            link = None


def _link(paragraph: Paragraph, target: str, runs: list[Run], anchors: Collection[str]) -> None:
    """Within the report or, with its full address, out of it; a text where it leads nowhere."""
    if not runs or not markdown.leads(target, anchors):
        return
    if target.startswith("#"):
        parts.inner_link(paragraph, parts.place_name(target[1:]), runs)
    else:
        parts.outer_link(paragraph, target, runs)
