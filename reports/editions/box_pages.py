"""What the pages of case boxes show, as plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import override

from cards.models import Card
from reports.editions import lookup, pictures, reading
from reports.editions.box_forms import BoxForm, chapters_of
from reports.editions.pages import Piece, compared
from reports.models import Box, BoxPicture, Edition
from reports.numbers import format_date
from reports.types import CaseBox, Picture, Report

#: What a box says in each language.
NAMES = ("title", "where", "text")
_KAZAKH, _CYRILLIC = re.compile("[әғқңөұүһі]", re.I), re.compile("[а-яё]", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A case box in the list of an edition's page. titles: language -> title, "" where none."""

    box: Box
    titles: tuple[tuple[str, str], ...]
    shown: int
    unchecked: int
    lacking: bool

    @property
    def title(self) -> str:
        """The first title that there is."""
        return next((title for _code, title in self.titles if title), "")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A counted card that its monitor proposed. taken: boxes that were made of it."""

    card: Card
    taken: tuple[Box, ...]


def listed(edition: Edition, user: Any, report: Report) -> dict[str, Any]:
    """What the section of case boxes on an edition's page needs."""
    boxes = lookup.boxes_with_pictures(edition)
    made: dict[Any, list[Box]] = {}
    for box in boxes:
        if box.card_id:
            made.setdefault(box.card_id, []).append(box)
    lines = [_line(edition, box) for box in boxes]
    return {
        "box_lines": [line for line in lines if not line.box.removed],
        "removed_boxes": [line for line in lines if line.box.removed],
        "box_chapters": chapters_of(report),
        "proposed": [
            Proposed(card, tuple(made.get(card.pk, ()))) for card in reading.worthy(edition, user)
        ],
    }


def _line(edition: Edition, box: Any) -> Line:
    texts = {row.language: row.title for row in box.texts.all()}
    shown = [picture for picture in box.pictures.all() if not picture.removed]
    return Line(
        box,
        tuple((code, texts.get(code, "")) for code in edition.languages),
        len(shown),
        sum(not picture.checked for picture in shown),
        any(pictures.lacking(picture, edition.languages) for picture in shown),
    )


def chapter(report: Report, code: str) -> str:
    """The code of a chapter that a box may stand in; Http404 for any other."""
    if code not in dict(chapters_of(report)):
        raise Http404(code)
    return code


def initial_of(box: Box) -> dict[str, Any]:
    """A kept box as its form begins with it."""
    values: dict[str, Any] = {"chapter": box.chapter, "date": box.date}
    for row in box.texts.all():
        values |= {
            f"{name}_{row.language}": getattr(row, name) for name in ("title", "where", "text")
        }
    return values


def from_card(card: Card | None, languages: Sequence[str]) -> dict[str, Any]:
    """A new box as its form begins: of a card its date, its city in each language, and its
    description in the language that it is written in. Nothing of people."""
    if card is None:
        return {}
    values: dict[str, Any] = {"date": card.date if card.date_precision == "exact" else None}
    if card.city is not None:
        values |= {f"where_{code}": getattr(card.city, f"label_{code}") for code in languages}
    code = language_of(card.description)
    values[f"text_{code if code in languages else languages[0]}"] = card.description
    return values


def language_of(text: str) -> str:
    """The language of a text by its letters."""
    if _KAZAKH.search(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one language with their preview."""

    code: str
    title: Any
    where: Any
    text: Any
    preview: str


def parts(form: BoxForm, pictures_of: Callable[[str], Sequence[Picture]]) -> list[Part]:
    """What the form shows for each language. pictures_of: language -> pictures."""
    day = _day(form)
    return [
        Part(
            code,
            form[f"title_{code}"],
            form[f"where_{code}"],
            form[f"text_{code}"],
            preview(form, code, day, pictures_of(code)),
        )
        for code in form.languages
    ]


def preview(form: BoxForm, code: str, day: Any, shown: Sequence[Picture]) -> str:
    """The box as the report shows it, from what is typed."""
    title, where, _text = form.typed(code)
    box = CaseBox(title.strip() or "…", where, day, form.said(code).text, tuple(shown))
    with override(code):
        return render_to_string(
            "reports/_box.html", {"box": box, "picture_base": lambda picture: picture.name}
        )


def _day(form: BoxForm) -> Any:
    return day_of(form["date"].value())


def day_of(value: Any) -> Any:
    """The day that a field holds, None for nothing that is a day."""
    from django.core.exceptions import ValidationError

    try:
        return BoxForm.base_fields["date"].clean(value)
    except ValidationError:
        return None


def printed(edition: Edition, box: Box | None) -> Callable[[str], list[Picture]]:
    """Pictures of a kept box by language. Their name is their address: pages load them."""
    rows = lookup.pictures(box) if box is not None else []

    def in_language(code: str) -> list[Picture]:
        return [
            Picture(
                address_of(edition, row), b"", row.file.content_type, row.file.width,
                row.file.height, row.alt.get(code, ""), row.caption.get(code, ""),
            )
            for row in rows
        ]  # fmt: skip

    return in_language


def address_of(edition: Edition, picture: BoxPicture) -> str:
    """Where the printed picture lies; another one has another address."""
    address = reverse("reports:edition_picture_file", args=[edition.code, picture.pk])
    return f"{address}?v={picture.file_id[:16]}"


def addresses(edition: Edition) -> Callable[[Picture], str]:
    """Where the pictures of an edition's pages lie; one query, once it is needed."""
    known: dict[str, str] = {}

    def address(picture: Picture) -> str:
        if not known:
            rows = lookup.pictures_of(edition)
            known.update({row.file_id[:16]: address_of(edition, row) for row in rows})
        return known.get(picture.name, "")

    return address


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A picture in the list of its box. lacking: languages without an alternative text."""

    picture: BoxPicture
    address: str
    alt: str
    lacking: tuple[str, ...]
    first: bool
    last: bool


def picture_lines(edition: Edition, box: Box | None) -> list[PictureLine]:
    """The pictures that a box shows."""
    rows = lookup.pictures(box) if box is not None else []
    return [
        PictureLine(
            row,
            address_of(edition, row),
            next((row.alt[code] for code in edition.languages if row.alt.get(code)), ""),
            tuple(pictures.lacking(row, edition.languages)),
            row is rows[0],
            row is rows[-1],
        )
        for row in rows
    ]


def differences(form: BoxForm, stored: Box) -> list[Piece]:
    """What is typed beside what somebody else saved, line by line."""
    theirs = initial_of(stored)
    titles = dict(form.fields["chapter"].choices)  # type: ignore[attr-defined]
    mine = {name: form[name].value() for name in form.fields if name != "picture"}
    return compared(
        _as_text(mine, titles, form.languages), _as_text(theirs, titles, form.languages)
    )


def _as_text(values: dict[str, Any], titles: dict[str, str], languages: Sequence[str]) -> str:
    day = day_of(values.get("date"))
    lines = [
        f"{_('Chapter')}: {titles.get(str(values.get('chapter')), '')}",
        f"{_('Date of the event')}: {format_date(day, languages[0]) if day else '–'}",
    ]
    for code in languages:
        for name in NAMES:
            text = normalize_newlines(str(values.get(f"{name}_{code}") or "")).rstrip("\n")
            lines += [f"[{code}] {line}" for line in text.split("\n") if line]
    return "\n".join(lines)
