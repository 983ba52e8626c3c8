"""Looking up one card, what belongs to it, or a permit application, for one person.

What does not exist and what is out of the person's reach answer alike: not found. What can be
seen but not done is refused by the right that is asked for.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404

from cards.models import (
    OPEN,
    Attachment,
    Card,
    CaseUpdate,
    Count,
    Event,
    Merge,
    PermitApplication,
    Query,
)
from cards.querysets import ApplicationQuerySet, CardQuerySet
from monitoring.accounts.access import allowed


@dataclass(frozen=True, slots=True)
class MergeNote:
    """A merge as the page of one of its cards tells of it.

    ``made``: the page's card came out of it. ``others``: the other cards of the merge that matter
    there, each with whether the person may open it.
    """

    merge: Merge
    made: bool
    others: tuple[tuple[Card, bool], ...]


def cards_for(user) -> CardQuerySet:
    """The cards that ``user`` may see."""
    return Card.objects.visible_to(user)


def open_with_reason(user) -> CardQuerySet:
    """The person's own drafts and returned cards, the last changed first; one query.

    Each with ``reason``: why an editor returned it, None if nobody has.
    """
    mine = Card.objects.filter(monitor=user, status__in=OPEN).order_by("-updated_at", "-id")
    return with_reason(mine.with_labels())


def with_reason(cards: CardQuerySet) -> CardQuerySet:
    """Each with ``reason``: why an editor returned it last, None if nobody has."""
    last = Event.objects.filter(card=OuterRef("pk"), to_status="returned").order_by("-id")
    return cards.annotate(reason=Subquery(last.values("reason")[:1]))


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


def merge_of(card: Card) -> Merge:
    """The merge that the card came out of; Http404 if it is no merged card."""
    merges = Merge.objects.select_related("card__city", "first__city", "second__city", "author")
    return _first(merges.filter(card=card))


def merges_of(user, card: Card) -> list[MergeNote]:
    """The merges that the card came out of or went into, oldest first; at most two queries."""
    rows = Merge.objects.filter(Q(card=card) | Q(first=card) | Q(second=card))
    merges = list(rows.select_related("card", "first", "second", "author", "undone_by"))
    if not merges:
        return []
    keys = {pk for row in merges for pk in (row.card_id, row.first_id, row.second_id)}
    seen = set(Card.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    notes = []
    for row in merges:
        made = row.card_id == card.pk
        others = (row.first, row.second) if made else (row.card,)
        notes.append(MergeNote(row, made, tuple((other, other.pk in seen) for other in others)))
    return notes


def merged_among(cards: Iterable[Card]) -> dict[int, str]:
    """Key -> ``made`` or ``original``, of those among the cards that belong to a merge that
    stands; one query."""
    keys = [card.pk for card in cards]
    rows = Merge.objects.filter(Q(card__in=keys) | Q(first__in=keys) | Q(second__in=keys))
    found: dict[int, str] = {}
    for made, *originals in rows.filter(undone_at=None).values_list("card", "first", "second"):
        found |= dict.fromkeys(originals, "original")
        found.setdefault(made, "made")
    return found


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
