"""Whether the cards say what their history says: every recorded change is applied again.

A card begins empty, as a draft. Each entry tells what a field was and became, so at every step the
value before must be the one that the entries so far have led to, and in the end the answers and
the status must be those that are stored. Whatever was changed past the services shows here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from cards.models import ANSWERING, Card, Event, HistoryHead
from cards.serialise import KEPT, answers_of, as_text
from cards.vocabularies import Status

#: Cards read at once.
PAGE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """``seq``: the entry that contradicts those before it; None: the card as stored does."""

    card: str
    field: str
    told: str
    found: str
    seq: int | None = None

    def __str__(self) -> str:
        where = f"entry {self.seq}" if self.seq else "the card"
        return f"{self.card} {self.field}: the history says “{self.told}”, {where} “{self.found}”"


def verify() -> Iterator[Difference]:
    """Every difference between the history and the cards, in constant memory."""
    last = 0
    while cards := _page(last):
        for card, events in cards:
            yield from of_card(card, events)
        last = cards[-1][0].pk


def of_card(card: Card, events: list[Event]) -> Iterator[Difference]:
    """The differences of one card from its entries in the order of the chain."""
    name = card.number or str(card.uuid)
    if not events:
        yield Difference(name, "history", "", "recorded nowhere")
        return
    told = {**_EMPTY, "status": Status.DRAFT.value}
    for event in events:
        for field, before, after in _steps(event):
            if told[field] != before:
                yield Difference(name, field, told[field], before, event.seq)
            told[field] = after
    stored = {field: as_text(value) for field, value in answers_of(card).items()}
    stored["status"] = card.status
    for field, value in stored.items():
        if told[field] != value:
            yield Difference(name, field, told[field], value)


def _page(last: int) -> list[tuple[Card, list[Event]]]:
    """Cards behind the key ``last`` with their entries; no change comes between the two."""
    with transaction.atomic():
        HistoryHead.objects.select_for_update().get()
        cards = list(Card.objects.filter(pk__gt=last).order_by("pk")[:PAGE])
        events: dict[int, list[Event]] = defaultdict(list)
        for event in Event.objects.filter(card__in=cards).order_by("seq"):
            events[event.card_id].append(event)
    return [(card, events[card.pk]) for card in cards]


def _steps(event: Event) -> Iterator[tuple[str, str, str]]:
    """Field, before, after of the answers and the status that the entry changed."""
    if event.kind in ANSWERING:
        for field, (before, after) in event.changes.items():
            if field in KEPT:
                yield field, before, after
    if event.to_status:
        # A card that a file brings arrives in its status from nowhere.
        yield "status", event.from_status or Status.DRAFT.value, event.to_status


_EMPTY = {field: as_text(value) for field, value in answers_of(Card()).items()}
