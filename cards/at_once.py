"""Several cards of the queue at once, where that is safe: rights and reasons are asked per card."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cards import duplicates, flags, queue, review, workflow
from cards.models import Card
from monitoring.accounts.access import allowed

#: What can be done with many cards at once: the name of the transition.
ACTIONS = ("approve", "return")
#: A page of the queue; more are never chosen at once.
MOST = 50


@dataclass(slots=True)
class Planned:
    """A card and what stands against doing it; nothing if it will be done."""

    card: Card
    against: list[str | Promise] = field(default_factory=list)


def chosen(user, identifiers: Iterable[str]) -> list[Card]:
    """The cards with those identifiers in the person's queue, the longest waiting first."""
    found = set()
    for text in list(identifiers)[:MOST]:
        try:
            found.add(uuids.UUID(text))
        except ValueError:
            continue
    cards = queue.queue_of(user).filter(uuid__in=found)
    return list(cards.with_labels().order_by("submitted_at", "id"))


def plan(cards: Iterable[Card], action: str, *, actor) -> list[Planned]:
    """What would become of each card."""
    cards = list(cards)
    speaking = flags.speaking(cards) if action == "approve" else {}
    return [Planned(card, _against(card, action, actor, speaking)) for card in cards]


def carry_out(cards: Iterable[Card], action: str, *, actor, reason: str = "") -> list[Planned]:
    """Do it, each card in a transaction of its own; what stands against one stops no other."""
    results = plan(cards, action, actor=actor)
    for row in results:
        if row.against:
            continue
        try:
            row.card = workflow.apply(row.card, action, actor=actor, reason=reason)
        except PermissionDenied:
            row.against.append(_("You may not do this with this card."))
        except ValidationError as refused:
            row.against += refused.messages
    return results


def _against(card: Card, action: str, actor, speaking: dict[int, int]) -> list[str | Promise]:
    right = "card.approve" if action == "approve" else "card.review"
    found: list[str | Promise] = []
    if card.monitor_id == actor.pk:
        found.append(_("It is your own card."))
    elif not allowed(actor, right, card):
        found.append(_("You changed its answers: another editor decides."))
    if action == "return":
        return found
    if number := speaking.get(card.pk):
        text = ngettext("%(n)s quality check speaks.", "%(n)s quality checks speak.", number)
        found.append(text % {"n": number})
    if number := review.unsettled(card).count():
        text = ngettext("%(n)s question is not closed.", "%(n)s questions are not closed.", number)
        found.append(text % {"n": number})
    if duplicates.candidates(card, actor):
        found.append(_("There is a card on what may be the same assembly."))
    return found
