"""The answers to a parcel, as the device reads them."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cards import conflicts, validators
from cards.duplicates import Candidate
from cards.field import home
from cards.field.shape import CardParcel, OutcomeParcel
from cards.models import Card
from cards.serialise import answers_of
from cards.validators import Problem
from cards.vocabularies import QueryState

Parcel = CardParcel | OutcomeParcel
Answer = dict[str, Any]
Errors = dict[str, list[str]]


def done(result: str, user, uuid: uuids.UUID, card: Card, **more: Any) -> Answer:
    """Stored, submitted, or here already. ``told``: the card as the device keeps it, if known."""
    told = more.pop("told") if "told" in more else home.one(user, card)
    return {
        "result": result,
        "uuid": str(uuid),
        "version": card.version,
        "status": card.status,
        "status_label": card.get_status_display(),
        "number": card.number,
        "saved_at": timezone.localtime().strftime("%H:%M"),
        "errors": {},
        "card": told,
        "warnings": [],
        "twins": [],
        "notices": [],
        **more,
    }


def submitted(user, parcel: CardParcel, card: Card, warnings, twins, *, new: bool = False):
    """``warnings``, ``twins``: what the site noticed and could not ask about. ``new``: nobody can
    have asked anything about the card yet."""
    notices = [_("Card %(number)s has been submitted.") % {"number": card.number}]
    waiting = 0 if new else card.queries.filter(state=QueryState.OPEN).count()
    more: dict[str, Any] = {}
    if not waiting:
        # With the editors and without a question: there is nothing to do with it on the device.
        more["told"] = None
    else:
        text = ngettext(
            "%(n)s question of the editor still waits for your answer.",
            "%(n)s questions of the editor still wait for your answer.",
            waiting,
        )
        notices.append(text % {"n": waiting})
    return done(
        "submitted",
        user,
        parcel.uuid,
        card,
        warnings=[str(warning.message) for warning in warnings],
        twins=[_twin(user, twin) for twin in twins],
        notices=notices,
        **more,
    )


def refused(user, parcel: Parcel, card: Card | None, errors: Errors) -> Answer:
    """Not submitted, or no outcome: what is wrong, by field."""
    return {
        "result": "refused",
        "uuid": str(parcel.uuid),
        "version": card.version if card else 0,
        "errors": errors,
        "card": home.one(user, card) if card else None,
        "typed": parcel.answers,
    }


def confirm(user, parcel: CardParcel, card: Card, warnings, twins: list[Candidate]) -> Answer:
    """Nothing is wrong, but something asks for a second look."""
    return {
        "result": "confirm",
        "uuid": str(parcel.uuid),
        "version": card.version,
        "warnings": [
            {"code": warning.code, "field": warning.field, "text": str(warning.message)}
            for warning in warnings
        ],
        "twins": [
            {**_twin(user, twin), "reasons": [str(reason) for reason in twin.reasons]}
            for twin in twins
        ],
        "card": home.one(user, card),
    }


def conflict(user, parcel: CardParcel, stored: Card, typed: dict[str, Any]) -> Answer:
    """Both sides, field by field; ``take``: the side that stands unless the person chooses."""
    # What follows from other answers, such as the duration, nobody typed: it is no difference.
    settled = validators.tidy({**answers_of(stored), **typed})
    typed = {name: settled[name] for name in typed}
    differing = conflicts.compare(stored, typed, parcel.version)
    return {
        "result": "conflict",
        "uuid": str(parcel.uuid),
        "version": stored.version,
        "fields": [
            {
                "name": row.name,
                "label": str(row.label),
                "mine": str(row.mine),
                "theirs": str(row.theirs),
                "take": row.take,
            }
            for row in differing
        ],
        "card": home.one(user, stored),
        "typed": parcel.answers,
    }


def gone(parcel: Parcel, reason: str) -> Answer:
    """Not the account's to change (any more): everything is given back."""
    return {
        "result": "gone",
        "uuid": str(parcel.uuid),
        "reason": reason,
        "typed": parcel.answers,
    }


def errors_of(form: forms.Form) -> Errors:
    """Field -> texts; ``__all__``: of no field."""
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def by_field(problems: Iterable[Problem]) -> Errors:
    """Problems of ``cards.validators`` at their fields."""
    found: Errors = {}
    for problem in problems:
        found.setdefault(problem.field or NON_FIELD_ERRORS, []).append(str(problem.message))
    return found


def _twin(user, twin: Candidate) -> dict[str, str]:
    """Of others' cards no more than this: day, city, form, number."""
    card = twin.card
    day = formats.date_format(card.date, "DATE_FORMAT")
    parts = (day, card.city.label, card.form and card.form.label)
    return {
        "title": ", ".join(str(part) for part in parts if part),
        "number": card.number or "",
        "url": card.get_absolute_url() if card.monitor_id == user.pk else "",
    }
