"""The format of files of cards as people read it: columns, codes and words, empty templates."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards import validators
from cards.files.columns import CARDS, COLUMNS, OUTCOMES, field_of, vocabulary_of
from cards.models import Card, City, Form, Topic
from cards.sections import OUTCOME_SECTION, SECTIONS
from cards.vocabularies import Status

CODES = "codes"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATES = {"cards.csv": CARDS, "outcomes.csv": OUTCOMES, "cards.xlsx": ""}
_REFERENCES = {"city": City, "form": Form, "topic": Topic}
_HINTS = {
    "DateField": _("A date: 2018-12-31 or 31.12.2018."),
    "TimeField": _("A time: 14:05."),
    "PositiveIntegerField": _("A whole number without words; empty means not known."),
    "PositiveSmallIntegerField": _("A whole number without words; empty means not known."),
    "DecimalField": _("A number such as 12.5."),
    "BooleanField": _("yes or no."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A code, and its word in each of the site's languages, in their order."""

    code: str
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        """The word in the active language."""
        languages = [code for code, _name in settings.LANGUAGES]
        return self.labels[languages.index(translation.get_language()[:2])]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str | Promise
    hint: str | Promise
    required: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    title: str | Promise
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class SheetFormat:
    name: str
    title: str | Promise
    parts: tuple[Part, ...]


def sheets() -> tuple[SheetFormat, ...]:
    """Both sheets with all their columns, in the order of the card."""
    sections = [Part(s.title, tuple(map(_card_column, s.fields))) for s in SECTIONS]
    decision = Part(_("Decision"), tuple(map(_card_column, ("inclusion", "inclusion_reason"))))
    outcome = (_CARD, *(_outcome_column(name) for name in OUTCOME_SECTION.fields))
    return (
        SheetFormat(CARDS, _("Cards"), (_identity(), *sections, decision)),
        SheetFormat(OUTCOMES, OUTCOME_SECTION.title, (Part(OUTCOME_SECTION.title, outcome),)),
    )


def template(name: str) -> tuple[str, bytes]:
    """Content type and content of one of ``TEMPLATES``."""
    if name.endswith(".xlsx"):
        return XLSX, _workbook()
    stream = io.StringIO()
    csv.writer(stream).writerow(COLUMNS[TEMPLATES[name]])
    return CSV, stream.getvalue().encode("utf-8-sig")


_REQUIRED = frozenset({*validators.REQUIRED, "detained"})
_CARD = Column("card", _("card"), _("The “ref” of the card, or its identifier."), True)


def _identity() -> Part:
    status = Column("status", _("status"), _("One of the codes."), False, _choices(Status))
    return Part(
        _("Identity"),
        (
            Column("ref", _("identifier at the source"), _(
                "The card's identifier where it comes from. The same again updates the card.")),
            Column("uuid", _("identifier"), _("The identifier on this site, if there is one.")),
            status,
        ),
    )  # fmt: skip


def _card_column(name: str) -> Column:
    column = Card._meta.get_field(name)
    if name in _REFERENCES:
        rows = _REFERENCES[name].offered()
        choices = tuple(Choice(row.pk, _labels_of_row(row)) for row in rows)
        return Column(name, column.verbose_name, _("A code or a name."), True, choices)
    if name == "source_links":
        hint = _("Addresses, separated by semicolons.")
        return Column(name, column.verbose_name, hint)
    if name == "detained":
        hint = _("A whole number; 0 means none, empty means not known.")
        return Column(name, column.verbose_name, hint)
    return _column(name, column, name in _REQUIRED)


def _outcome_column(name: str) -> Column:
    required = name in ("case_code", "article", "outcome", "observed_by_monitor", "appeal")
    return _column(name, field_of(name), required)


def _column(name: str, column: models.Field, required: bool) -> Column:
    vocabulary = vocabulary_of(column)
    if vocabulary is None:
        hint = _HINTS.get(column.get_internal_type(), _("Text."))
        return Column(name, column.verbose_name, hint, required)
    several = hasattr(column, "vocabulary")
    hint = _("Codes or words, separated by semicolons.") if several else _("A code or a word.")
    return Column(name, column.verbose_name, hint, required, _choices(vocabulary))


def _choices(vocabulary: type[models.TextChoices]) -> tuple[Choice, ...]:
    labels: dict[str, list[str]] = {code: [] for code in vocabulary.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in vocabulary.choices:
                labels[code].append(str(label))
    return tuple(Choice(code, tuple(words)) for code, words in labels.items())


def _labels_of_row(row) -> tuple[str, ...]:
    return tuple(getattr(row, f"label_{language}") for language, _name in settings.LANGUAGES)


def _workbook() -> bytes:
    """Headings of both sheets, and a sheet with every code and its words."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        as_text = book.add_format({"num_format": "@"})
        for name, columns in COLUMNS.items():
            sheet = book.add_worksheet(name)
            # As text, so that Excel makes no dates of what is typed.
            sheet.set_column(0, len(columns) - 1, 18, as_text)
            sheet.write_row(0, 0, columns, bold)
            sheet.freeze_panes(1, 1)
        sheet = book.add_worksheet(CODES)
        sheet.set_column(0, 4, 28)
        sheet.write_row(
            0, 0, ["column", "code", *(name for _code, name in settings.LANGUAGES)], bold
        )
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_code_rows(), start=1):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def _code_rows():
    for sheet in sheets():
        for part in sheet.parts:
            for column in part.columns:
                for choice in column.choices:
                    yield [column.name, choice.code, *choice.labels]
