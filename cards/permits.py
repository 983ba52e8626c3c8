"""The only writers of permit applications: atomic, keyword-only, and they log the author.

An application is recorded once, reviewed by a second person, and linked to the card of the
assembly where there was one. Approved ones without a card are counted in the reports.
"""

from __future__ import annotations

import datetime
import uuid as uuids
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cards import history, permit_rules
from cards.models import Card, EventKind, PermitApplication
from cards.serialise import REFERENCES, differences
from cards.services import announce, refuse, set_review, today_in
from cards.vocabularies import LegalStatus, PermitDecision, Review
from monitoring.accounts.access import allowed

#: What people answer, in the order of the form.
FIELDS = (
    "applied_on",
    "planned_for",
    "city",
    "place",
    "form",
    "topic",
    "applicant_type",
    "applicant_code",
    "decision",
    "answered_on",
    "ground",
    "other_place",
    "appeal",
    "source_links",
    "note",
)
#: How far from the planned day an assembly may have been held to be offered as a link.
BEFORE, AFTER = datetime.timedelta(days=7), datetime.timedelta(days=31)
#: Statuses of cards that no application belongs to.
DROPPED = ("rejected", "duplicate")

_DECISIONS = {
    LegalStatus.REQUESTED_REFUSED: PermitDecision.REFUSED,
    LegalStatus.REQUESTED_NO_ANSWER: PermitDecision.NO_ANSWER,
    LegalStatus.REQUESTED_OTHER_PLACE: PermitDecision.OTHER_PLACE,
    LegalStatus.SANCTIONED: PermitDecision.PERMITTED,
}


class StaleApplication(Exception):
    """Somebody saved the application meanwhile; ``application`` is what is stored now."""

    def __init__(self, application: PermitApplication):
        super().__init__(application.version)
        self.application = application


def answers_of(application: PermitApplication) -> dict[str, Any]:
    """Field -> Python value of every answer; references as their code."""
    return {name: getattr(application, _attribute(name)) for name in FIELDS}


def from_card(card: Card) -> dict[str, Any]:
    """What a card says of the application for its assembly, as a beginning of the form."""
    return {
        "applied_on": card.application_date,
        "planned_for": card.date,
        "city": card.city_id,
        "place": card.place,
        "form": card.form_id,
        "topic": card.topic_id,
        "applicant_type": card.organiser_type,
        "decision": _DECISIONS[LegalStatus(card.legal_status)].value,
        "answered_on": card.answer_date,
        "ground": card.refusal_ground,
    }


def tells_of_one(card: Card) -> bool:
    """Whether a permit was sought for the assembly of a card that has its number."""
    known = card.number and card.status not in DROPPED
    return bool(known) and card.legal_status in _DECISIONS


def candidates(application: PermitApplication, cards) -> list[Card]:
    """Of ``cards`` those that the application may have led to, the nearest day first.

    The same city, from a week before the planned day (or else the application) to a month after.
    """
    day = application.planned_for or application.applied_on
    near = cards.filter(city=application.city_id, date__range=(day - BEFORE, day + AFTER))
    found = near.exclude(status__in=DROPPED).with_labels()[:50]
    return sorted(found, key=lambda card: abs(card.date - day))[:8]


@transaction.atomic
def create(
    *,
    actor,
    answers: dict[str, Any],
    uuid: uuids.UUID | None = None,
    card: Card | None = None,
) -> PermitApplication:
    """A new application, awaiting review. ``card``: the assembly that was held all the same.

    Raises ValidationError by field; the same uuid again gives IntegrityError, never a twin.
    """
    if not allowed(actor, "application.create"):
        raise PermissionDenied
    application = PermitApplication(uuid=uuid or uuids.uuid4(), author=actor, card=card)
    _settle(application, answers)
    _check(application, actor)
    application.save(force_insert=True)
    changes = differences({}, answers_of(application))
    if card is not None:
        changes["card"] = ["", str(card)]
    history.record(EventKind.APPLICATION, application=application, actor=actor, changes=changes)
    return application


@transaction.atomic
def change(
    application: PermitApplication,
    *,
    actor,
    answers: dict[str, Any],
    expected_version: int | None = None,
    reason: str = "",
) -> PermitApplication:
    """Save answers (those given; others stay); nothing is logged if nothing changed.

    One that was reviewed needs a reason and awaits another review. Raises StaleApplication if
    ``expected_version`` is not the stored one, and ValidationError by field.
    """
    stored = locked(application)
    if not allowed(actor, "application.edit", stored):
        raise PermissionDenied
    before, month = answers_of(stored), counted_month(stored)
    _settle(stored, answers)
    changes = differences(before, answers_of(stored))
    if not changes:
        return stored
    if expected_version is not None and stored.version != expected_version:
        raise StaleApplication(locked(application))
    if stored.review != Review.PENDING:
        if not reason.strip():
            raise _missing_reason()
        changes["review"] = [stored.review, Review.PENDING.value]
        await_review(stored)
    _check(stored, actor)
    stored.version += 1
    stored.save()
    history.record(
        EventKind.APPLICATION_EDITED,
        application=stored,
        actor=actor,
        changes=changes,
        reason=reason,
    )
    announce(month)
    return stored


@transaction.atomic
def review(
    application: PermitApplication, *, actor, accept: bool, reason: str = ""
) -> PermitApplication:
    """Accept or refuse an application; never one's own, nor what one changed since.

    A refusal needs a reason, and so does another decision after the first.
    """
    stored = locked(application)
    if not allowed(actor, "application.review", stored):
        raise PermissionDenied
    before, month = stored.review, counted_month(stored)
    set_review(stored, actor, accept, reason)
    history.record(
        EventKind.APPLICATION_REVIEW,
        application=stored,
        actor=actor,
        reason=reason,
        changes={"review": [before, stored.review]},
    )
    announce(month, counted_month(stored))
    return stored


@transaction.atomic
def link(application: PermitApplication, *, actor, card: Card) -> PermitApplication:
    """Link the application to the card of the assembly that came of it, or move the link.

    Raises ValidationError at ``card`` for a card of another city or one that was dropped.
    """
    return _link(application, actor, card, "")


@transaction.atomic
def unlink(application: PermitApplication, *, actor, reason: str) -> PermitApplication:
    """Take the link to a card back: no assembly came of the application after all."""
    if not reason.strip():
        raise _missing_reason()
    return _link(application, actor, None, reason)


def _link(application, actor, card: Card | None, reason: str) -> PermitApplication:
    stored = locked(application)
    if not allowed(actor, "application.link", stored):
        raise PermissionDenied
    before, month = stored.card, counted_month(stored)
    if before == card:
        return stored
    stored.card = card
    _check_card(stored)
    stored.version += 1
    stored.save()
    changes = {"card": [str(before or ""), str(card or "")]}
    history.record(
        EventKind.APPLICATION_LINKED,
        application=stored,
        actor=actor,
        changes=changes,
        reason=reason,
    )
    announce(month, counted_month(stored))
    return stored


def locked(application: PermitApplication) -> PermitApplication:
    """The application as stored, held until the transaction ends."""
    rows = PermitApplication.objects.select_for_update(of=("self",))
    return rows.select_related("city", "card").get(pk=application.pk)


def await_review(application: PermitApplication) -> None:
    """Put an unsaved change before a second person."""
    application.review = Review.PENDING
    application.review_reason = ""
    application.reviewer = application.reviewed_at = None


def counted_month(application: PermitApplication):
    """Place and month that the application is counted in; None while it is not counted."""
    if not application.never_held:
        return None
    return application.city.place_id, application.applied_on.replace(day=1)


def write_answers(application: PermitApplication, answers: dict[str, Any]) -> None:
    """Set the fields of ``application`` (unsaved) from answers; other keys raise KeyError."""
    for name, value in answers.items():
        if name not in FIELDS:
            raise KeyError(name)
        setattr(application, _attribute(name), value or None if name in REFERENCES else value)


def _settle(application: PermitApplication, answers: dict[str, Any]) -> None:
    write_answers(application, permit_rules.tidy({**answers_of(application), **answers}))


def _check(application: PermitApplication, actor) -> None:
    """Raise ValidationError for whatever is wrong with the unsaved application."""
    city = application.city if application.city_id else None
    refuse(permit_rules.problems(answers_of(application), today_in(city)))
    if not actor.all_regions and city.region_id not in actor.region_codes():
        raise ValidationError({"city": _("The city lies outside your regions.")})
    _check_card(application)


def _check_card(application: PermitApplication) -> None:
    card = application.card
    if card is None:
        return
    if card.city_id != application.city_id:
        raise ValidationError({"card": _("The card is of another city.")})
    if card.status in DROPPED:
        raise ValidationError({"card": _("The card was rejected or repeats another one.")})


def _missing_reason() -> ValidationError:
    return ValidationError({"reason": ValidationError(_("Give a reason."), code="required")})


def _attribute(name: str) -> str:
    return f"{name}_id" if name in REFERENCES else name
