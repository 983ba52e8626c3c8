"""Looking up one card, what belongs to it, or a permit application, for one person.

What does not exist and what is out of the person's reach answer alike: not found. What can be
seen but not done is refused by the right that is asked for.
"""

from __future__ import annotations

import uuid as uuids

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404

from cards.models import Attachment, Card, CaseUpdate, Count, Event, PermitApplication
from cards.querysets import ApplicationQuerySet, CardQuerySet
from monitoring.accounts.access import allowed


def cards_for(user) -> CardQuerySet:
    """The cards that ``user`` may see."""
    return Card.objects.visible_to(user)


def returned_with_reason(user) -> CardQuerySet:
    """The person's own cards that an editor returned, each with ``reason``; one query."""
    last = Event.objects.filter(card=OuterRef("pk"), to_status="returned").order_by("-id")
    returned = Card.objects.filter(monitor=user, status="returned")
    return returned.with_labels().annotate(reason=Subquery(last.values("reason")[:1]))


def card_for(user, uuid: uuids.UUID, right: str = "", *, whole: bool = False) -> Card:
    """The card with that uuid, if ``user`` may see it; ``whole``: with all that its page shows.

    Raises Http404 if there is none in reach, PermissionDenied without ``right``.
    """
    cards = Card.objects.visible_to(user).filter(uuid=uuid)
    card = (cards.with_everything() if whole else cards.with_labels()).first()
    if card is None:
        raise Http404
    if right and not allowed(user, right, card):
        raise PermissionDenied
    return card


def card_or_new(user, uuid: uuids.UUID) -> Card | None:
    """As ``card_for``, but None while no card has this identifier (it was made in a browser)."""
    return card_for(user, uuid) if Card.objects.filter(uuid=uuid).exists() else None


def numbered(user, number: str) -> Card | None:
    """The card with that number among those that ``user`` may see; None if there is none."""
    return Card.objects.visible_to(user).filter(number__iexact=number.strip()).first()


def count_for(card: Card, pk: int) -> Count:
    """A count of people kept with the card; Http404 if it belongs to another."""
    return _first(Count.objects.filter(card=card, pk=pk))


def case_codes(card: Card) -> list[str]:
    """Person codes that the card has cases for."""
    return list(card.cases.values_list("case_code", flat=True))


def outcome_for(card: Card, pk: int) -> CaseUpdate:
    """A court outcome of the card; Http404 if it belongs to another."""
    updates = CaseUpdate.objects.filter(case__card=card, pk=pk).select_related("case", "author")
    return _first(updates)


def attachment_for(card: Card, uuid: uuids.UUID) -> Attachment:
    """An attachment of the card; Http404 if it belongs to another."""
    return _first(Attachment.objects.filter(card=card, uuid=uuid))


def account_for(user, pk: int):
    """The account, for whoever manages accounts; PermissionDenied for others, Http404 for none."""
    if not allowed(user, "account.manage"):
        raise PermissionDenied
    return _first(get_user_model().objects.filter(pk=pk))


def applications_for(user) -> ApplicationQuerySet:
    """The permit applications that ``user`` may see."""
    return PermitApplication.objects.visible_to(user)


def application_for(user, uuid: uuids.UUID, right: str = "") -> PermitApplication:
    """The application with that uuid, if ``user`` may see it.

    Raises Http404 if there is none in reach, PermissionDenied without ``right``.
    """
    application = _first(applications_for(user).filter(uuid=uuid).with_labels())
    if right and not allowed(user, right, application):
        raise PermissionDenied
    return application


def application_or_new(user, uuid: uuids.UUID) -> PermitApplication | None:
    """As ``application_for``, but None while no application has this identifier."""
    known = PermitApplication.objects.filter(uuid=uuid).exists()
    return application_for(user, uuid) if known else None


def applications_of(user, card: Card) -> ApplicationQuerySet:
    """The applications linked to the card that ``user`` may see."""
    return applications_for(user).filter(card=card).with_labels()


def _first(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row
