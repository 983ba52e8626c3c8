"""A report and the analysts' texts joined: what an edition prints in one language."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from reports.prose.compose import GENERATED, Composed, compose
from reports.prose.layout import pieces
from reports.prose.saying import Said, fill
from reports.prose.values import Values
from reports.render.text import in_languages
from reports.types import Block, CaseBox, Imprint, Picture, Report, Text
from reports.wording import Day, Number, in_words, say, together

Content = Callable[[str], tuple[bytes, str, int, int]]
"""SHA-256 of a picture -> its bytes, content type, width and height."""


@dataclass(frozen=True, slots=True)
class PictureText:
    """A picture of a case box: which file, and what is said of it in each language."""

    sha256: str
    alt: Mapping[str, str]
    caption: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BoxTexts:
    """A case box in all languages. texts: language -> title, place, Markdown."""

    code: str
    chapter: str
    date: datetime.date | None
    texts: Mapping[str, tuple[str, str, str]]
    pictures: tuple[PictureText, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """All that people wrote for an edition. chapters: (chapter, language) -> Markdown."""

    chapters: Mapping[tuple[str, str], str] = field(default_factory=dict)
    boxes: tuple[BoxTexts, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """In a form that is stored with a frozen edition; ``from_json`` reads it."""
        return {
            "chapters": [[*key, text] for key, text in sorted(self.chapters.items())],
            "boxes": [
                {
                    "code": box.code,
                    "chapter": box.chapter,
                    "date": box.date.isoformat() if box.date else None,
                    "texts": {language: list(texts) for language, texts in box.texts.items()},
                    "pictures": [
                        {"sha256": p.sha256, "alt": dict(p.alt), "caption": dict(p.caption)}
                        for p in box.pictures
                    ],
                }
                for box in self.boxes
            ],
        }

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Texts:
        """What ``as_json`` gave."""
        return cls(
            {(chapter, language): text for chapter, language, text in known["chapters"]},
            tuple(
                BoxTexts(
                    box["code"],
                    box["chapter"],
                    datetime.date.fromisoformat(box["date"]) if box["date"] else None,
                    {
                        language: (title, where, text)
                        for language, (title, where, text) in box["texts"].items()
                    },
                    tuple(
                        PictureText(p["sha256"], p["alt"], p["caption"]) for p in box["pictures"]
                    ),
                )
                for box in known["boxes"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A report in one language with what people wrote. chapters: code -> how it was composed;
    boxes: code -> its text with numbers."""

    report: Report
    chapters: Mapping[str, Composed]
    boxes: Mapping[str, Said]


def write_in(
    report: Report,
    texts: Texts,
    language: str,
    content: Content,
    views: Callable[[str], Sequence[Block]] | None = None,
    imprint: Imprint | None = None,
) -> Written:
    """The report with the texts of one language in their chapters.

    ``views``: the blocks of a saved view of the explorer by its code, KeyError for none.
    """
    values = Values(report)
    said = {box.code: fill(_of(box, language)[2], values, language) for box in texts.boxes}
    composed = {}
    for chapter in report.chapters:
        boxes = [box for box in texts.boxes if box.chapter == chapter.code]
        more: dict[tuple[str, str], Sequence[Block]] = {
            ("box", box.code): (_box(box, said[box.code].text, language, content),) for box in boxes
        }
        text = texts.chapters.get((chapter.code, language), "")
        if chapter.code in GENERATED or not (text.strip() or more):
            composed[chapter.code] = Composed(chapter, {}, (), ())
            continue
        if views is not None:
            more |= _views(text, views)
        composed[chapter.code] = compose(text, chapter, values, language, more)
    chapters = tuple(composed[chapter.code].chapter for chapter in report.chapters)
    return Written(replace(report, chapters=chapters, imprint=imprint), composed, said)


def _views(
    text: str, views: Callable[[str], Sequence[Block]]
) -> dict[tuple[str, str], Sequence[Block]]:
    found = {}
    for piece in pieces(text):
        if piece.kind == "view":
            try:
                found["view", piece.text] = views(piece.text)
            except KeyError:
                continue
    return found


def _of(box: BoxTexts, language: str) -> tuple[str, str, str]:
    return box.texts.get(language, ("", "", ""))


def _box(box: BoxTexts, text: str, language: str, content: Content) -> Block:
    title, where, _text = _of(box, language)
    pictures = tuple(_pictures(box.pictures, language, content))
    return Block("box", box=CaseBox(title, where, box.date, text, pictures))


def _pictures(
    pictures: Iterable[PictureText], language: str, content: Content
) -> Iterable[Picture]:
    for picture in pictures:
        data, content_type, width, height = content(picture.sha256)
        yield Picture(
            picture.sha256[:16],
            data,
            content_type,
            width,
            height,
            picture.alt.get(language, ""),
            picture.caption.get(language, ""),
        )


def citation(report: Report, code: str, day: datetime.date, address: str) -> Text:
    """How the edition is to be quoted, in the language of the moment."""
    return say(
        _(
            "%(organisation)s. Freedom of peaceful assembly in Kazakhstan: report on the results of"
            " monitoring, %(period)s. Edition %(code)s, %(day)s. %(address)s"
        ),
        organisation=settings.ORGANISATION,
        period=in_words(report.period),
        code=code,
        day=Day(day),
        address=address,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two reports on one period do not agree on. before, after: unrounded."""

    table: str
    row: str
    column: str
    period: str
    unit: str
    decimals: int
    before: float | None
    after: float | None

    def as_list(self) -> list[Any]:
        """Everything in the order of the fields, to be stored."""
        return [getattr(self, name) for name in self.__slots__]


def differences(before: Report, after: Report) -> list[Difference]:
    """Computed values that differ, in the order of the tables; a missing one is ``None``."""
    old = {cell.key: cell for cell in before.cells() if cell.source == "computed"}
    new = {cell.key: cell for cell in after.cells() if cell.source == "computed"}
    found = []
    for key in dict.fromkeys([*new, *old]):
        cell = new.get(key) or old[key]
        was, now = (each[key].value.value if key in each else None for each in (old, new))
        if was != now:
            found.append(
                Difference(
                    key.table, key.row, key.column, key.period, cell.unit, cell.decimals, was, now
                )
            )
    return found


def in_words_of(report: Report, difference: Difference) -> Text:
    """A line on a difference: where it stands in words, what it was and what it is."""
    title, row, column = difference.table, difference.row, difference.column
    names: list[Text] = [title, row, column]
    for table in report.tables:
        if table.code == difference.table:
            names[0] = (
                say(_("Table %(number)s"), number=table.number) if table.number else table.title
            )
            for each in table.rows:
                if each.code == row:
                    names[1] = each.label
            for each_column in table.columns:
                if each_column.code in (column, difference.period):
                    names[2] = each_column.title
    return say(
        _("%(where)s: %(after)s instead of %(before)s."),
        where=together(names, ", "),
        before=Number(difference.before, difference.unit, difference.decimals),
        after=Number(difference.after, difference.unit, difference.decimals),
    )


def definitions(report: Report) -> list[dict[str, Any]]:
    """The paper of every quantity in each language, as it was at the moment."""
    return [
        {
            "code": each.code,
            "unit": each.unit,
            "decimals": each.decimals,
            **{
                name: in_languages(getattr(each, name))
                for name in ("name", "definition", "formula", "missing", "source")
            },
        }
        for each, _value in report.indicators
    ]
