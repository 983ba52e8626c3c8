"""What the pages of an edition show, as plain values."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.editions import dataset, lookup
from reports.editions.assembling import (
    Difference,
    Texts,
    Written,
    differences,
    in_words_of,
)
from reports.editions.blocking import chapter_url, moved_numbers, written_in
from reports.editions.drafting import texts_of
from reports.editions.reading import gathered
from reports.models import ChapterText, Edition
from reports.prose.compose import GENERATED, Composed
from reports.prose.language import BARE, COLUMNS, PAIRS, VERBS
from reports.prose.sentences import sentences_with
from reports.prose.values import Entry, Values
from reports.types import LANGUAGES, Chapter, Report, Text
from reports.wording import in_braces
from reports.wording import of as number_of

#: So many differences are listed on a page.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class ChapterState:
    """How far a chapter is written in one language. moved: numbers that changed since."""

    language: str
    url: str
    written: bool
    moved: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter in the list of an edition's page."""

    chapter: Chapter
    states: tuple[ChapterState, ...]
    generated: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A number that changed since a text was last looked at, with the sentences that use it."""

    reference: str
    then: str
    now: str
    sentences: tuple[str, ...]


def chapters(edition: Edition, report: Report, drafts: Mapping[str, Written]) -> list[ChapterLine]:
    """Every chapter with its state in every language; ``drafts``: the edition in each of them."""
    written = lookup.written(edition)
    lines = []
    for chapter in report.chapters:
        states = []
        for code in LANGUAGES:
            row = written.get((chapter.code, code))
            composed = drafts[code].chapters[chapter.code]
            moved = len(moved_numbers(row.bound, composed.bound)) if row else 0
            url = chapter_url(edition, chapter.code, code)
            states.append(
                ChapterState(code, url, row is not None, moved, code in edition.languages)
            )
        lines.append(ChapterLine(chapter, tuple(states), chapter.code in GENERATED))
    return lines


def drafted(edition: Edition, report: Report, language: str) -> Written:
    """The draft in a language."""
    return written_in(edition, report, texts_of(edition), (language,))[language]


def tried(edition: Edition, report: Report, chapter: Chapter, language: str, text: str) -> Composed:
    """A chapter of the draft with a text that is not saved yet."""
    texts = texts_of(edition)
    texts = Texts({**texts.chapters, (chapter.code, language): text}, texts.boxes)
    return written_in(edition, report, texts, (language,))[language].chapters[chapter.code]


def moved(row: ChapterText | None, composed: Composed) -> list[Moved]:
    """Numbers of a text that changed since it was last looked at."""
    if row is None:
        return []
    return [
        Moved(name, then, said, tuple(sentences_with(row.text, name)))
        for name, (then, said) in moved_numbers(row.bound, composed.bound).items()
    ]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that may be named: what to insert, what it is, what it says now."""

    insert: str
    label: str
    value: str


def suggestions(
    values: Values, words: str, tables: frozenset[str], n: int = 20
) -> list[Suggestion]:
    """Values whose words, or address, hold all the words; those of the chapter's tables first."""
    wanted = words.casefold().replace("/", " ").split()
    found = []
    for entry in values.entries.values():
        label = str(entry.label)
        place = f"{label} {entry.address}".casefold().replace("/", " ")
        if all(word in place for word in wanted):
            rank = (entry.address.table not in tables, bool(entry.address.period), len(label))
            found.append((rank, entry, label))
    found.sort(key=lambda each: each[0])
    return [_suggestion(entry, label) for _rank, entry, label in found[:n]]


def _suggestion(entry: Entry, label: str) -> Suggestion:
    when = f" ({entry.address.period})" if entry.address.period else ""
    value = str(number_of(entry.cell))
    return Suggestion(in_braces(str(entry.address)), f"{label}{when}", value)


@dataclass(frozen=True, slots=True)
class Listed:
    """A table of the chapter with the reference to each of its values, for those who look up."""

    title: Text
    lines: tuple[Suggestion, ...]


def values_of(chapter: Chapter, values: Values) -> list[Listed]:
    """Every value of the chapter's tables with its reference."""
    found = []
    for block in chapter.blocks:
        if block.table is not None:
            lines = tuple(
                _suggestion(entry, str(entry.label))
                for entry in values.entries.values()
                if entry.address.table == block.table.code
            )
            found.append(Listed(block.table.title, lines))
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that two texts share ("same"), or that one has ("mine", "theirs")."""

    kind: str
    lines: tuple[str, ...]


def compared(mine: str, theirs: str) -> list[Piece]:
    """Two texts line by line."""
    a, b = theirs.splitlines(), mine.splitlines()
    found = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", tuple(a[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("theirs", tuple(a[i1:i2])))
        if j2 > j1:
            found.append(Piece("mine", tuple(b[j1:j2])))
    return found


@dataclass(frozen=True, slots=True)
class Moves:
    """What differs between a frozen edition and the cards of today. more: not listed any more."""

    lines: tuple[Text, ...]
    more: int
    same: bool


def since_frozen(edition: Edition) -> Moves | None:
    """How live data has moved on since; None for a draft."""
    if edition.freeze is None:
        return None
    live = gathered(edition).report
    if live.checksum == edition.freeze.checksum:
        return Moves((), 0, True)
    found = differences(dataset.read(edition.freeze.dataset).report, live)
    lines = tuple(in_words_of(live, each) for each in found[:SHOWN])
    return Moves(lines, max(0, len(found) - SHOWN), False)


def corrections(edition: Edition) -> list[Text]:
    """What a corrected edition changed, as it was stored when it was frozen."""
    if edition.freeze is None or not edition.freeze.changes:
        return []
    report = dataset.read(edition.freeze.dataset).report
    return [in_words_of(report, Difference(*each)) for each in edition.freeze.changes]


_FIELDS: Mapping[str, Text] = {
    "state": _("state"),
    "languages": _("languages"),
    "corrects": _("corrects edition"),
    "corrected_by": _("corrected by edition"),
    "checksum": _("checksum"),
    "public": _("on the public page"),
}


def label_of(name: str) -> str:
    """What the history calls a field of an edition: "overall.ru" is a chapter's text."""
    from reports.build import CHAPTERS

    if name in _FIELDS:
        return str(_FIELDS[name])
    titles = {code: title for code, title, _parts in CHAPTERS}
    chapter, dot, language = name.partition(".")
    if dot and chapter in titles:
        return f"{titles[chapter]} ({language})"
    return name


def _example(verb: str) -> str:
    if verb in BARE:
        inside = verb
    elif verb in PAIRS:
        inside = f"{verb} 16/TOTAL/detained of 18/TOTAL/participants"
    elif verb in COLUMNS:
        inside = f"{verb} 1/assemblies"
    else:
        inside = f"{verb} 2/TOTAL/assemblies".strip()
    return in_braces(inside)


HELP: tuple[tuple[str, Text], ...] = tuple((_example(verb), says) for verb, says in VERBS.items())
"""An example of every verb, and what it says."""
