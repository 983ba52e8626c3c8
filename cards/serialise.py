"""A card as plain values and as text: one form for history, export, conflict and import."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cards.checks import CHECKS
from cards.models import Card, CaseUpdate
from cards.models.fields import CodesField
from cards.sections import ANSWERS, DECISIONS
from cards.vocabularies import Review

#: Columns whose value is a reference; answers hold its code.
REFERENCES = ("city", "form", "topic")
KEPT = (*ANSWERS, *DECISIONS)
#: Columns that hold several answers.
_SEVERAL = {
    column.name: column
    for column in Card._meta.concrete_fields
    if isinstance(column, CodesField) and column.name in KEPT
}


def answers_of(card: Card) -> dict[str, Any]:
    """Field -> Python value of every answer and decision; references as their code."""
    return {name: getattr(card, _attribute(name)) for name in KEPT}


def write_answers(card: Card, answers: dict[str, Any]) -> None:
    """Set the fields of ``card`` (unsaved) from answers; other keys raise KeyError."""
    for name, value in answers.items():
        if name not in KEPT:
            raise KeyError(name)
        if name in REFERENCES:
            value = value or None
        elif name in _SEVERAL:
            # In the order of the vocabulary, as it will be stored: the history tells no other.
            value = _SEVERAL[name].to_python(value)
        setattr(card, _attribute(name), value)


def as_text(value: Any) -> str:
    """A value the way a card file writes it: ISO date, HH:MM, codes joined by ``;``; "" unknown."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime.time():
            return value.strftime("%H:%M")
        case datetime.date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case tuple() | list():
            return ";".join(str(code) for code in value)
    return str(value)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """Field -> [before, after] as text, for every field that differs, in the order of the card."""
    found = {}
    for name, value in after.items():
        if before.get(name) == value:
            continue
        old, new = as_text(before.get(name)), as_text(value)
        if old != new:
            found[name] = [old, new]
    return found


def labels_of(
    references: Iterable[tuple[str, str]],
    models: tuple[type[Model], ...] = (CaseUpdate, Card),
) -> dict[str, dict[str, str]]:
    """Field -> code -> word in the active language, for every field of ``models`` that holds codes.

    Of the reference tables only the rows named in ``references`` (field of the last model, code)
    are read.
    """
    fields = {name: Card._meta.get_field(name).verbose_name for name in KEPT}
    messages = {check.code: check.message for check in CHECKS}
    asked = {**messages, "duplicate": _("possibly a duplicate")}
    found: dict[str, dict[str, str]] = {
        "review": dict(Review.choices),
        "field": fields,
        "verified": fields,
        "check": messages,
        "warnings": asked,
        "unseen": asked,
    }
    for model in models:
        for column in model._meta.get_fields():
            vocabulary = getattr(column, "vocabulary", None)
            choices = vocabulary.choices if vocabulary else getattr(column, "choices", None)
            if choices:
                found[column.name] = dict(choices)
            elif getattr(column, "get_internal_type", str)() == "BooleanField":
                found[column.name] = {"yes": _("yes"), "no": _("no")}
    wanted: dict[str, set[str]] = {}
    for name, code in references:
        if code:
            wanted.setdefault(name, set()).add(code)
    for name, codes in wanted.items():
        rows = models[-1]._meta.get_field(name).related_model._default_manager.filter(pk__in=codes)
        found[name] = {row.pk: row.label for row in rows}
    return found


def _attribute(name: str) -> str:
    return f"{name}_id" if name in REFERENCES else name
