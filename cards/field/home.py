"""What a device is told of its person: open cards, what waits, what became of the rest."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext

from cards import waiting
from cards.field import sealing
from cards.followups import Person
from cards.lookup import with_reason
from cards.models import Card, City, HeldParcel, Query, QueryMessage
from cards.models.card import OPEN
from cards.reading import label_of
from cards.sections import ANSWERS
from cards.serialise import answers_of, as_text
from cards.vocabularies import QueryState, Status
from monitoring.accounts.access import allowed

#: So many cards a device is told of, the newest; a person has a handful at a time.
MOST_CARDS = 100
MOST_SENT = 10
#: Answers that a person's next card is likely to repeat: where it was, as coarse as that. No
#: number, no word of what happened, and not the place in their own words: a device needs no more.
HABITS = ("city", "settlement", "place_type")


def state_of(user, device) -> dict[str, Any]:
    """Everything of ``/field/state/``; raises sealing.NoKey where there is nothing to seal to."""
    return {
        "account": user.handle.hex,
        "alias": str(user),
        "language": user.language or get_language(),
        "device": str(device.uuid),
        "key": device.key,
        "keys": sealing.public_keys(),
        "server_time": timezone.localtime().isoformat(timespec="seconds"),
        "lock_after": settings.FIELD_LOCK_AFTER,
        "cities": cities_of(user),
        **_habits(user),
        "cards": told(user, _open_cards(user)),
        "followups": _followups(user),
        "sent": _sent(user),
        "messages": _messages(user),
    }


def cities_of(user) -> list[str] | None:
    """Codes of the cities in the person's regions; None: all."""
    if user.all_regions:
        return None
    cities = City.offered().filter(region__in=user.region_codes())
    return list(cities.order_by("pk").values_list("pk", flat=True))


def told(user, cards: Iterable[Card]) -> list[dict[str, Any]]:
    """Cards of ``with_threads`` as a device keeps them."""
    return [_card(user, card) for card in cards]


def one(user, card: Card) -> dict[str, Any] | None:
    """The card as a device keeps it; None if there is nothing to do with it there."""
    found = with_threads(_of_interest(user).filter(pk=card.pk))
    return next(iter(told(user, found)), None)


def with_threads(cards):
    """With what ``told`` reads, in few queries whatever their number."""
    said = QueryMessage.objects.select_related("author")
    asked = Query.objects.exclude(state=QueryState.CLOSED)
    return with_reason(cards.with_labels()).prefetch_related(
        Prefetch("queries", asked.prefetch_related(Prefetch("messages", said))), "attachments"
    )


def posted(answers: dict[str, Any]) -> dict[str, list[str]]:
    """Answers as a browser posts them: field -> texts; what is open is left out."""
    found = {}
    for name in ANSWERS:
        value = answers.get(name)
        if isinstance(value, bool):
            texts = ["on"] if value else []
        elif isinstance(value, tuple | list):
            texts = list(value)
        else:
            texts = [text] if (text := as_text(value)) else []
        if texts:
            found[name] = texts
    return found


def _of_interest(user):
    """The person's own cards on which there is something for them to do."""
    asked = Query.objects.filter(card=OuterRef("pk"), state=QueryState.OPEN)
    return Card.objects.filter(
        Q(status__in=OPEN) | Q(Exists(asked), status=Status.SUBMITTED), monitor=user
    )


def _open_cards(user):
    return with_threads(_of_interest(user).order_by("-updated_at", "-id"))[:MOST_CARDS]


def _card(user, card: Card) -> dict[str, Any]:
    returned = card.status == Status.RETURNED
    return {
        "uuid": str(card.uuid),
        "version": card.version,
        "status": card.status,
        "status_label": card.get_status_display(),
        "number": card.number,
        "title": card.title,
        "answers": posted(answers_of(card)),
        "updated_at": _iso(card.updated_at),
        "returned_for": (card.reason or "") if returned else "",
        "editable": allowed(user, "card.edit", card),
        "threads": [_thread(query) for query in card.queries.all()],
        "attachments": [
            {
                "uuid": str(row.uuid),
                "name": row.name,
                "caption": row.caption,
                "kind": row.kind,
                "size": row.size,
                "taken_at": _iso(row.taken_at),
                "taken_by": row.taken_by,
            }
            for row in card.attachments.all()
        ],
    }


def _thread(query: Query) -> dict[str, Any]:
    return {
        "id": query.pk,
        "field": query.field,
        "label": str(label_of(query.field)) if query.field else "",
        "state": query.state,
        "messages": [
            {"who": str(said.author), "text": said.text, "at": _iso(said.created_at)}
            for said in query.messages.all()
        ],
    }


def _habits(user) -> dict[str, Any]:
    """What the person's latest card says, for the beginning of the next; ``habits_at``: when it was
    changed last, by which a device knows whether it has a later one itself."""
    latest = Card.objects.filter(monitor=user).order_by("-updated_at", "-id").first()
    answers = answers_of(latest) if latest else {}
    return {
        "habits": {name: answers[name] for name in HABITS if answers.get(name)},
        "habits_at": latest.updated_at.isoformat() if latest else None,
    }


def _followups(user) -> list[dict[str, Any]]:
    """Cards with detentions of whose people something is still to be heard, the due ones first."""
    return [
        {
            "uuid": str(each.card.uuid),
            "number": each.card.number,
            "title": each.card.title,
            "detained": each.card.detained,
            "remind_on": each.remind_on.isoformat() if each.remind_on else None,
            "due": each.due,
            "cases": [_person(person) for person in each.persons],
        }
        for each in waiting.followups_of(user)[:MOST_CARDS]
    ]


def _person(person: Person) -> dict[str, Any]:
    latest = person.latest
    return {
        "code": person.code,
        "outcome": latest.outcome if latest else "",
        "outcome_label": latest.get_outcome_display() if latest else "",
        "decided_on": latest.decided_on.isoformat() if latest and latest.decided_on else None,
    }


def _sent(user) -> list[dict[str, Any]]:
    cards = Card.objects.filter(monitor=user, submitted_at__isnull=False).exclude(status__in=OPEN)
    return [
        {
            "uuid": str(card.uuid),
            "number": card.number,
            "title": card.title,
            "status": card.status,
            "status_label": card.get_status_display(),
            "submitted_at": _iso(card.submitted_at),
        }
        for card in cards.with_labels().order_by("-submitted_at", "-id")[:MOST_SENT]
    ]


def _messages(user) -> list[str]:
    """What was decided lately, and what still waits for a key."""
    found = [f"{each.card.number}: {each.text}" for each in waiting.decided_of(user)]
    if held := HeldParcel.objects.filter(account=user, opened_at=None).count():
        text = ngettext(
            "%(n)s thing that you sent is kept and waits for the key that opens it.",
            "%(n)s things that you sent are kept and wait for the key that opens them.",
            held,
        )
        found.append(text % {"n": held})
    return found


def _iso(moment: datetime.datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None
