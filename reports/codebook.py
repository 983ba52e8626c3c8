"""The codebook of the card: every field with its section, label, type, answers and rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.models import Card, CaseUpdate, CourtCase
from cards.models.fields import CodesField
from cards.sections import OUTCOME_SECTION, SECTIONS, Section
from cards.validators import CONDITIONAL, REQUIRED, Question
from reports.types import Text
from reports.wording import say, together

Line = tuple[Text, Text, Text, Text, Text, Text]

_TYPES: tuple[tuple[type[models.Field[Any, Any]], Text], ...] = (
    (CodesField, pgettext_lazy("type of a field", "several choices")),
    (models.ForeignKey, pgettext_lazy("type of a field", "choice from a register")),
    (models.BooleanField, pgettext_lazy("type of a field", "yes or no")),
    (models.DateField, pgettext_lazy("type of a field", "date")),
    (models.TimeField, pgettext_lazy("type of a field", "time")),
    (models.IntegerField, pgettext_lazy("type of a field", "whole number")),
    (models.DecimalField, pgettext_lazy("type of a field", "number")),
)
_TEXT = pgettext_lazy("type of a field", "text")
_CHOICE = pgettext_lazy("type of a field", "choice")


def codebook() -> list[Line]:
    """(section, field, label, type, answers, rule) for each field, in the order of the card."""
    lines = [
        _line(section, name, Card._meta.get_field(name))
        for section in SECTIONS
        for name in section.fields
    ]
    outcomes = [
        _line(
            OUTCOME_SECTION,
            name,
            (CourtCase if name == "case_code" else CaseUpdate)._meta.get_field(name),
        )
        for name in OUTCOME_SECTION.fields
    ]
    return [*lines, *outcomes]


def _line(section: Section, name: str, column: Any) -> Line:
    number = say(_("%(number)s. %(title)s"), number=section.number, title=section.title)
    choices = getattr(column, "vocabulary", column).choices or ()
    answers = together(
        (say("%(code)s = %(label)s", code=code, label=label) for code, label in choices), "; "
    )
    return number, name, column.verbose_name, _type(column), answers, together(_rules(name, column))


def _type(column: Any) -> Text:
    if column.choices:
        return _CHOICE
    return next((name for kind, name in _TYPES if isinstance(column, kind)), _TEXT)


def _rules(name: str, column: Any) -> Iterator[Text]:
    """When the question is asked, whether it has to be answered, and its help text."""
    if name in REQUIRED:
        yield _("Required.")
    for question in CONDITIONAL:
        if question.field == name:
            yield _asked(question)
    if column.help_text:
        yield column.help_text


def _asked(question: Question) -> Text:
    message = (
        _("Asked, and then required, if %(field)s holds one of: %(values)s.")
        if question.required
        else _("Asked if %(field)s holds one of: %(values)s.")
    )
    return say(message, field=question.on, values=", ".join(question.values))
