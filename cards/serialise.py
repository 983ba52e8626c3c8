"""A card as plain values and as text: one form for history, export, conflict and import."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards.models import Card
from cards.sections import ANSWERS, DECISIONS

#: Columns whose value is a reference; answers hold its code.
REFERENCES = ("city", "form", "topic")
KEPT = (*ANSWERS, *DECISIONS)


def answers_of(card: Card) -> dict[str, Any]:
    """Field -> Python value of every answer and decision; references as their code."""
    return {name: getattr(card, _attribute(name)) for name in KEPT}


def write_answers(card: Card, answers: dict[str, Any]) -> None:
    """Set the fields of ``card`` (unsaved) from answers; other keys raise KeyError."""
    for name, value in answers.items():
        if name not in KEPT:
            raise KeyError(name)
        setattr(card, _attribute(name), value or None if name in REFERENCES else value)


def as_text(value: Any) -> str:
    """A value the way a card file writes it: ISO dates, HH:MM, codes joined by ``;``, "" unknown."""
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
    for name in after:
        old, new = as_text(before.get(name)), as_text(after[name])
        if old != new:
            found[name] = [old, new]
    return found


def shown(name: str, text: str) -> str:
    """Text of the history as people read it: labels instead of codes, in the active language."""
    if not text:
        return str(_("empty"))
    if name in REFERENCES:
        field = Card._meta.get_field(name)
        row = field.related_model._default_manager.filter(pk=text).first()
        return row.label if row else text
    field = Card._meta.get_field(name) if name in KEPT else None
    vocabulary = getattr(field, "vocabulary", None)
    labels = dict(vocabulary.choices if vocabulary else (getattr(field, "choices", None) or ()))
    if vocabulary:
        return ", ".join(str(labels.get(code, code)) for code in text.split(";"))
    if field is not None and field.get_internal_type() == "BooleanField":
        return str(_("yes")) if text == "yes" else str(_("no"))
    return str(labels.get(text, text))


def _attribute(name: str) -> str:
    return f"{name}_id" if name in REFERENCES else name
