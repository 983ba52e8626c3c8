"""Looking up one card, or what belongs to it, for one person.

What does not exist and what is out of the person's reach answer alike: not found. What can be
seen but not done is refused by the right that is asked for.
"""

from __future__ import annotations

import uuid as uuids

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404

from cards.models import Attachment, Card, CaseUpdate, Count, Event, Query
from cards.querysets import CardQuerySet
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


def query_for(card: Card, pk: int) -> Query:
    """A question about the card; Http404 if it belongs to another."""
    return _first(Query.objects.filter(card=card, pk=pk).select_related("card"))


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


def _first(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row
