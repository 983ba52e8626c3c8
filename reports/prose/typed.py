"""Numbers that somebody typed where the report computes one: pointed out, with what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.numbers import format_value
from reports.prose.language import REFERENCE
from reports.prose.values import Entry, Values
from reports.types import TOTAL

_NUMBER = re.compile(r"(?<![\w/@.,])\d(?:[\d\u00a0\u202f ]*\d)?(?:[.,]\d+)?(?![\w/])")
_YEAR = re.compile(r"(19|20)\d\d")
#: So many suggestions are enough to choose from.
_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed number that equals values of the report. ``near``: the words around it."""

    line: int
    number: str
    near: str
    entries: tuple[Entry, ...]


def typed_numbers(text: str, values: Values, chapter_tables: frozenset[str]) -> list[Typed]:
    """Typed numbers that some value of the report equals, each with what it may be.

    A year, and the number that begins a list's line, are what they look like. A value of a table
    of the chapter comes first, a total before a single row. A small whole number (up to 10) is
    taken for a value only if a table of the chapter has it.
    """
    known = _by_number(values)
    found = []
    for line, start, number in _numbers(text):
        plain = _plain(number)
        entries = sorted(known.get(plain, ()), key=lambda entry: _nearness(entry, chapter_tables))
        if plain.isdigit() and int(plain) <= 10:
            entries = [each for each in entries if each.table.code in chapter_tables]
        if entries:
            near = text[max(0, start - 30) : start + len(number) + 30].replace("\n", " ").strip()
            found.append(Typed(line, number, near, tuple(entries[:_ENOUGH])))
    return found


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    bare = REFERENCE.sub(lambda found: " " * len(found[0]), text)
    bare = re.sub(r"^\s*\d+[.)] ", lambda found: " " * len(found[0]), bare, flags=re.M)
    bare = re.sub(r"\]\([^)]*\)", lambda found: " " * len(found[0]), bare)
    for found in _NUMBER.finditer(bare):
        if not _YEAR.fullmatch(found[0]):
            yield text.count("\n", 0, found.start()) + 1, found.start(), found[0]


def _plain(number: str) -> str:
    """Without what parts thousands, with a point; "31,0" stays apart from "31"."""
    return re.sub(r"[\s\u00a0\u202f]", "", number).replace(",", ".")


def _by_number(values: Values) -> dict[str, list[Entry]]:
    """Number as printed -> the entries that print it; shares also as whole percent if they are."""
    known: dict[str, list[Entry]] = {}
    for entry in values.entries.values():
        cell = entry.cell
        if not cell.value:
            continue
        shown = _plain(format_value(cell.value.value, "count", cell.decimals, "ru"))
        for text in {shown, re.sub(r"\.0+$", "", shown)}:
            known.setdefault(text, []).append(entry)
    return known


def _nearness(entry: Entry, tables: frozenset[str]) -> tuple[bool, bool, bool]:
    address = entry.address
    return address.table not in tables, bool(address.period), address.row != TOTAL
