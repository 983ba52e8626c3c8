"""A chapter's text as blocks: prose, and tables, figures and boxes where the text places them.

A line that holds nothing but ``{{ table 7 }}`` is the table's place; so ``figure``, ``box`` and
``view``. ``{{ standard }}`` stands for the chapter as it is without a text: its generated
sentences, and whatever the text does not place elsewhere. What a text does not place comes after
it: no table gets lost because nobody wrote of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.types import Block, Chapter

PLACES = ("table", "figure", "box", "view")
STANDARD = "standard"
PLACE = re.compile(
    rf"^[ \t]*\{{\{{\s*(?:({'|'.join(PLACES)})\s+(\S+)|({STANDARD}))\s*\}}\}}[ \t]*$", re.M
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Prose (``kind`` "prose", ``text``) or the place of something, by its code. line: from 1."""

    kind: str
    text: str
    line: int


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a chapter's text in their order; empty prose falls away."""
    at = 0
    for found in PLACE.finditer(text):
        yield from _prose(text, at, found.start())
        yield Piece(found[1] or found[3], found[2] or "", text.count("\n", 0, found.start()) + 1)
        at = found.end()
    yield from _prose(text, at, len(text))


def _prose(text: str, start: int, end: int) -> Iterator[Piece]:
    if part := text[start:end].strip():
        yield Piece("prose", part, text.count("\n", 0, start) + 1)


def code_of(block: Block) -> tuple[str, str] | None:
    """How a text places a block of the chapter: ("table", "7"); None for what it cannot place."""
    if block.table is not None:
        return "table", block.table.code
    if block.figure is not None:
        return "figure", block.figure.number
    return None


def laid_out(
    parts: Sequence[Piece],
    chapter: Chapter,
    more: Mapping[tuple[str, str], Sequence[Block]],
) -> tuple[tuple[Block, ...], tuple[Piece, ...]]:
    """Blocks of a text's parts, and the places that name nothing.

    more: boxes and views by (kind, code). Tables, figures and boxes that the text does not place
    come at its end.
    """
    own = {code: block for block in chapter.blocks if (code := code_of(block))}
    named = {(part.kind, part.text) for part in parts}
    blocks: list[Block] = []
    unknown: list[Piece] = []
    placed: set[tuple[str, str]] = set()
    for part in parts:
        address = (part.kind, part.text)
        if part.kind == "prose":
            blocks.append(Block("prose", part.text))
        elif part.kind == STANDARD and address not in placed:
            blocks += [each for each in chapter.blocks if code_of(each) not in named]
        elif address in own and address not in placed:
            blocks.append(own[address])
        elif address in more and address not in placed:
            blocks += more[address]
        elif address not in placed:
            unknown.append(part)
        placed.add(address)
    if (STANDARD, "") not in named:
        blocks += [block for address, block in own.items() if address not in placed]
    for address, several in more.items():
        if address[0] == "box" and address not in placed:
            blocks += several
    return tuple(blocks), tuple(unknown)
