"""Forms of case boxes and their pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from reports.editions.blurring import Area
from reports.prose.compose import GENERATED
from reports.prose.saying import Said, fill
from reports.prose.values import Values
from reports.types import Report, Text
from reports.wording import say

SIDES = ("left", "top", "width", "height")
#: More areas than this are no blurring any more.
MOST_AREAS = 40
#: Empty lines for those who type numbers.
SPARE = 3
_NAMED = re.compile(r"(?:left|top|width|height)_(\d{1,3})")


class BoxForm(forms.Form):
    """A case box: chapter, date, and for each language title, place and Markdown."""

    chapter = forms.ChoiceField(label=_("Chapter"))
    date = forms.DateField(
        label=_("Date of the event"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    picture = forms.FileField(
        label=_("Add a picture"),
        required=False,
        help_text=_(
            "JPEG, PNG or WebP. It is drawn anew: place, time and camera are left behind. Faces are"
            " blurred on the next page."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, report: Report, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = tuple(languages)
        self._values = Values(report)
        offered = chapters_of(report)
        self.chapters = [code for code, _title in offered]
        self.fields["chapter"].choices = offered  # type: ignore[attr-defined]
        names = dict(settings.LANGUAGES)
        for code in self.languages:
            about = {"language": names[code]}
            self.fields[f"title_{code}"] = forms.CharField(
                label=str(say(_("Title (%(language)s)"), **about)), required=False, max_length=200,
                widget=forms.TextInput(attrs={"lang": code}),
            )  # fmt: skip
            self.fields[f"where_{code}"] = forms.CharField(
                label=str(say(_("Place (%(language)s)"), **about)), required=False, max_length=200,
                widget=forms.TextInput(attrs={"lang": code}),
            )  # fmt: skip
            self.fields[f"text_{code}"] = forms.CharField(
                label=str(say(_("Text in Markdown (%(language)s)"), **about)), required=False,
                strip=False, widget=forms.Textarea(attrs={"lang": code, "rows": 10}),
            )  # fmt: skip

    def typed(self, code: str) -> tuple[str, str, str]:
        """Title, place and text of a language as they stand in the fields."""
        title, where, text = (
            str(self[f"{name}_{code}"].value() or "") for name in ("title", "where", "text")
        )
        return title, where, normalize_newlines(text)

    def said(self, code: str) -> Said:
        """The text of a language with its numbers, and what is wrong with it."""
        return fill(self.typed(code)[2], self._values, code)

    def clean(self) -> None:
        for code in self.languages:
            for problem in self.said(code).problems:
                self.add_error(f"text_{code}", str(_told(problem)))
        if not any(self.cleaned_data.get(f"title_{code}") for code in self.languages):
            self.add_error(f"title_{self.languages[0]}", _("Give the box a title."))

    def texts(self) -> dict[str, tuple[str, str, str]]:
        """What a valid form says, by language."""
        return {code: self.typed(code) for code in self.languages}


def _told(problem: Any) -> Text:
    meant = ", ".join(problem.meant)
    if meant:
        return say(
            _("Line %(line)s: “%(written)s”. %(what)s Meant is perhaps: %(meant)s."),
            line=problem.line, written=problem.written, what=problem.message, meant=meant,
        )  # fmt: skip
    return say(
        _("Line %(line)s: “%(written)s”. %(what)s"),
        line=problem.line, written=problem.written, what=problem.message,
    )  # fmt: skip


def chapters_of(report: Report) -> list[tuple[str, str]]:
    """Chapters that a box may stand in: code and title."""
    return [(each.code, str(each.title)) for each in report.chapters if each.code not in GENERATED]


@dataclass(frozen=True, slots=True)
class Row:
    """An area as it was typed: percent of the picture's width and height, or nothing."""

    number: int
    left: str = ""
    top: str = ""
    width: str = ""
    height: str = ""
    error: Text = ""

    @property
    def sides(self) -> list[tuple[str, str]]:
        """Name and text of each number."""
        return [(name, getattr(self, name)) for name in SIDES]

    @property
    def empty(self) -> bool:
        return not any(text for _name, text in self.sides)


class PictureForm(forms.Form):
    """What is said of a picture, and the areas of it that are blurred."""

    checked = forms.BooleanField(
        label=_("Nobody can be recognised in the picture who must not be"), required=False
    )

    def __init__(self, *args: Any, languages: Sequence[str], areas: Sequence[Area], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.languages = tuple(languages)
        self.areas: list[Area] = []
        names = dict(settings.LANGUAGES)
        for code in self.languages:
            about = {"language": names[code]}
            self.fields[f"alt_{code}"] = forms.CharField(
                label=str(say(_("Alternative text (%(language)s)"), **about)), required=False,
                max_length=500, widget=forms.Textarea(attrs={"lang": code, "rows": 2}),
            )  # fmt: skip
            self.fields[f"caption_{code}"] = forms.CharField(
                label=str(say(_("Caption (%(language)s), may be empty"), **about)), required=False,
                max_length=300, widget=forms.TextInput(attrs={"lang": code}),
            )  # fmt: skip
        self.rows = rows_of(self.data) if self.is_bound else rows_from(areas)

    @property
    def offered(self) -> list[Row]:
        """The rows with something in them, and a few empty ones."""
        known = [row for row in self.rows if not row.empty]
        last = max((row.number for row in known), default=-1)
        return known + [Row(last + n) for n in range(1, SPARE + 1)]

    def clean(self) -> None:
        rows: list[Row] = []
        for row in self.rows:
            area, error = _area(row)
            if error:
                told = say(_("Area %(n)s: %(what)s"), n=row.number + 1, what=error)
                self.add_error(None, str(told))
            elif area is not None:
                self.areas.append(area)
            rows.append(replace(row, error=error))
        if len(self.areas) > MOST_AREAS:
            self.add_error(None, str(say(_("At most %(n)s areas are taken."), n=MOST_AREAS)))
        self.rows = rows

    def in_languages(self, name: str) -> dict[str, str]:
        """What a valid form says by language: "alt" or "caption"."""
        return {code: self.cleaned_data[f"{name}_{code}"].strip() for code in self.languages}


def rows_of(data: Mapping[str, Any]) -> list[Row]:
    """Rows as they were sent, by their number."""
    numbers = sorted({int(found[1]) for name in data if (found := _NAMED.fullmatch(name))})
    return [
        Row(number, *(str(data.get(f"{side}_{number}", "")).strip() for side in SIDES))
        for number in numbers
    ]


def rows_from(areas: Sequence[Area]) -> list[Row]:
    """Rows of areas that are kept."""
    return [
        Row(number, *(f"{round(part * 100, 2):g}" for part in area))
        for number, area in enumerate(areas)
    ]


def areas_of(data: Mapping[str, Any]) -> list[Area]:
    """The areas of rows that can be read, for a preview."""
    read = [_area(row)[0] for row in rows_of(data)]
    return [area for area in read if area is not None][:MOST_AREAS]


def _area(row: Row) -> tuple[Area | None, Text]:
    """An area as parts of the picture, or what is wrong with the row; neither of an empty one."""
    if row.empty:
        return None, ""
    numbers = []
    for _name, text in row.sides:
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            return None, _("four numbers are needed, in percent of the picture.")
        if not number.is_finite() or not 0 <= number <= 100:
            return None, _("each number lies between 0 and 100.")
        numbers.append(number)
    left, top, width, height = numbers
    if left >= 100 or top >= 100 or not width or not height:
        return None, _("it covers nothing of the picture.")
    right, bottom = min(left + width, Decimal(100)), min(top + height, Decimal(100))
    return [float(round(n / 100, 4)) for n in (left, top, right - left, bottom - top)], ""
