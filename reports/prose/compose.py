"""A chapter as analysts wrote it, in one language, with its numbers; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from reports.prose.layout import Piece, code_of, laid_out, pieces
from reports.prose.saying import Problem, fill
from reports.prose.typed import Typed, typed_numbers
from reports.prose.values import Values
from reports.types import Block, Chapter
from reports.wording import as_references, in_braces, say

More = Mapping[tuple[str, str], Sequence[Block]]

#: Chapters without a text of analysts': what stands in them is computed from end to end.
GENERATED = frozenset({"annex", "glance"})


@dataclass(frozen=True, slots=True)
class Composed:
    """A chapter to be printed. bound: reference -> what it says; typed: numbers to look at."""

    chapter: Chapter
    bound: dict[str, str]
    problems: tuple[Problem, ...]
    typed: tuple[Typed, ...]


def compose(text: str, chapter: Chapter, values: Values, language: str, more: More) -> Composed:
    """The chapter with the text in place of its standard sentences; an empty text changes nothing
    but that boxes come at the end."""
    parts: list[Piece] = []
    bound: dict[str, str] = {}
    problems: list[Problem] = []
    for piece in pieces(text if text.strip() else "{{ standard }}"):
        if piece.kind != "prose":
            parts.append(piece)
            continue
        said = fill(piece.text, values, language)
        bound |= said.bound
        problems += [replace(each, line=each.line + piece.line - 1) for each in said.problems]
        parts.append(replace(piece, text=said.text))
    blocks, unknown = laid_out(parts, chapter, more)
    problems += [_nowhere(piece, chapter, more) for piece in unknown]
    tables = frozenset(block.table.code for block in chapter.blocks if block.table is not None)
    prose = "\n".join(_only_prose(text))
    return Composed(
        replace(chapter, blocks=blocks),
        bound,
        tuple(sorted(problems, key=lambda each: each.line)),
        tuple(typed_numbers(prose, values, tables)),
    )


def taken_over(chapter: Chapter, own: str, language: str) -> str:
    """The chapter's standard sentences as text to be edited, its numbers as references.

    own: the code of the report's period, which its references need not name.
    """
    parts = []
    with override(language), as_references():
        for block in chapter.blocks:
            if code := code_of(block):
                parts.append(in_braces(" ".join(code)))
            elif block.kind == "text":
                parts.append(str(block.text))
            elif block.kind == "heading":
                parts.append(f"### {block.text}")
            elif block.kind == "list":
                lines = [f"- {item}" for item in block.items]
                parts.append("\n".join([*([str(block.text), ""] if block.text else []), *lines]))
    text = "\n\n".join(part for part in parts if part.strip()) + "\n"
    return text.replace(f"@{own} }}}}", " }}")


def _only_prose(text: str) -> list[str]:
    """The lines of a text, those that place something emptied: numbers keep their lines."""
    lines = text.splitlines()
    for piece in pieces(text):
        if piece.kind != "prose":
            lines[piece.line - 1] = ""
    return lines


def _nowhere(piece: Piece, chapter: Chapter, more: More) -> Problem:
    known = [code for block in chapter.blocks if (code := code_of(block))] + list(more)
    meant = tuple(f"{kind} {code}" for kind, code in known if kind == piece.kind)
    message = say(
        _("This chapter has nothing that is called “%(what)s”."), what=f"{piece.kind} {piece.text}"
    )
    return Problem(piece.line, f"{piece.kind} {piece.text}", message, meant)
