"""What editors and monitors write while a card is under review, and what the page shows of it.

Questions at a field, checks let stand, answers verified, and what a person has seen. Writers are
keyword-only and atomic, hold the card, ask for the right, and log through ``cards.history``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import checks, history
from cards.models import (
    Card,
    Dismissal,
    EventKind,
    Query,
    QueryMessage,
    Sighting,
    Verification,
)
from cards.serialise import KEPT, answers_of, as_text
from cards.services import StaleVersion
from cards.vocabularies import QueryState
from monitoring.accounts.access import allowed


@transaction.atomic
def ask(card: Card, *, actor, text: str, field: str = "") -> Query:
    """A question about ``field`` ("": about the card as a whole); it holds approval back.

    The same question sent twice is one. Raises ValidationError without a text, KeyError for a
    field that the card does not have, PermissionDenied without the right.
    """
    card = _held(card, actor, "card.ask")
    if field and field not in KEPT:
        raise KeyError(field)
    text = _said(text)
    same = {"card": card, "field": field, "author": actor, "messages__text": text}
    twin = Query.objects.filter(state=QueryState.OPEN, **same).first()
    if twin is not None:
        return twin
    query = Query.objects.create(card=card, field=field, author=actor)
    _message(query, actor, text, EventKind.QUERY)
    return query


@transaction.atomic
def answer(query: Query, *, actor, text: str) -> Query:
    """What the card's author says to the question; it waits for the editor to look."""
    card = _held(query.card, actor, "card.answer_query")
    query, text = _fresh(query), _said(text)
    last = query.messages.last()
    if last.author_id == actor.pk and last.text == text:
        return query
    if query.state == QueryState.CLOSED:
        raise ValidationError(
            {"text": ValidationError(_("This question has been closed meanwhile."), code="closed")}
        )
    query.card = card
    query.state = QueryState.ANSWERED
    query.save(update_fields=["state"])
    _message(query, actor, text, EventKind.QUERY_ANSWERED)
    return query


@transaction.atomic
def ask_again(query: Query, *, actor, text: str) -> Query:
    """Another message of an editor: the question is open again, also one that was closed."""
    card = _held(query.card, actor, "card.ask")
    query, text = _fresh(query), _said(text)
    last = query.messages.last()
    if last.author_id == actor.pk and last.text == text:
        return query
    query.card = card
    query.state, query.closed_by, query.closed_at = QueryState.OPEN, None, None
    query.save(update_fields=["state", "closed_by", "closed_at"])
    _message(query, actor, text, EventKind.QUERY)
    return query


@transaction.atomic
def close(query: Query, *, actor) -> Query:
    """The question is settled, answered or not. Closing twice changes nothing."""
    card = _held(query.card, actor, "card.close_query")
    query = _fresh(query)
    if query.state == QueryState.CLOSED:
        return query
    query.state, query.closed_by, query.closed_at = QueryState.CLOSED, actor, timezone.now()
    query.save(update_fields=["state", "closed_by", "closed_at"])
    changes = {"field": ["", query.field]} if query.field else {}
    history.record(EventKind.QUERY_CLOSED, card=card, actor=actor, changes=changes)
    return query


@transaction.atomic
def dismiss(card: Card, *, actor, code: str, reason: str) -> Dismissal:
    """Let a check stand, with the reason; with other answers it speaks again.

    Raises ValidationError without a reason or where the check does not speak (any more), KeyError
    for an unknown code, PermissionDenied without the right.
    """
    card = _held(card, actor, "card.dismiss_check")
    check, answers = checks.BY_CODE[code], material(card)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give a reason."), code="required")})
    if not check.test(answers):
        text = _("The answers have changed: this check has nothing to say any more.")
        raise ValidationError({"reason": ValidationError(text, code="silent")})
    dismissal = Dismissal.objects.create(
        card=card,
        check_code=code,
        basis=basis(check, answers),
        reason=reason.strip(),
        author=actor,
    )
    history.record(
        EventKind.CHECK_DISMISSED,
        card=card,
        actor=actor,
        reason=reason,
        changes={"check": ["", code]},
    )
    return dismissal


@transaction.atomic
def verify(card: Card, *, actor, fields: Iterable[str], version: int) -> list[str]:
    """Mark answers as verified, each for the value that it has; returns those newly marked.

    ``version``: the card as the editor saw it; raises StaleVersion if it is another by now,
    KeyError for a field that the card does not have, PermissionDenied without the right.
    """
    card = _held(card, actor, "card.verify")
    if card.version != version:
        raise StaleVersion(card)
    answers = answers_of(card)
    values = {name: as_text(answers[name]) for name in fields}
    standing = marks_of(card, answers)
    new = [name for name in values if name not in standing]
    if new:
        Verification.objects.bulk_create(
            [Verification(card=card, field=name, value=values[name], author=actor) for name in new],
            update_conflicts=True,
            unique_fields=["card", "field"],
            update_fields=["value", "author", "created_at"],
        )
        changes = {"verified": ["", ";".join(new)]}
        history.record(EventKind.VERIFIED, card=card, actor=actor, changes=changes)
    return new


@transaction.atomic
def unverify(card: Card, *, actor, fields: Iterable[str]) -> list[str]:
    """Take marks back; returns the fields that had one that stood."""
    card = _held(card, actor, "card.verify")
    standing = marks_of(card, answers_of(card))
    gone = [name for name in fields if name in standing]
    if gone:
        card.verifications.filter(field__in=gone).delete()
        changes = {"verified": [";".join(gone), ""]}
        history.record(EventKind.UNVERIFIED, card=card, actor=actor, changes=changes)
    return gone


def see(card: Card, person) -> int | None:
    """Remember that ``person`` saw the card as it is; returns the entry of the history up to
    which they had seen it before, None if they never had. One statement that can be repeated."""
    before = Sighting.objects.filter(card=card, person=person).values_list("event", flat=True)
    seen = before.first()
    last = card.events.values_list("id", flat=True).first() or 0
    if seen != last:
        Sighting.objects.bulk_create(
            [Sighting(card=card, person=person, event=last)],
            update_conflicts=True,
            unique_fields=["card", "person"],
            update_fields=["event", "at"],
        )
    return seen


def material(card: Card) -> dict[str, Any]:
    """What the checks look at: the answers, and where the city lies."""
    city = card.city
    known = city is not None and city.latitude is not None and city.longitude is not None
    return {
        **answers_of(card),
        "city_position": (city.latitude, city.longitude) if known else None,
    }


def basis(check: checks.Check, answers: Mapping[str, Any]) -> str:
    """The answers that a check looked at, as text."""
    return "\n".join(f"{name}={as_text(answers[name])}" for name in check.fields)


def marks_of(card: Card, answers: Mapping[str, Any]) -> dict[str, Verification]:
    """Field -> its mark, for every verified answer that still has the value it was verified in."""
    return {
        mark.field: mark
        for mark in card.verifications.select_related("author")
        if mark.field in answers and mark.value == as_text(answers[mark.field])
    }


def unsettled(card: Card):
    """Questions about the card that are not closed: they hold approval back."""
    return card.queries.exclude(state=QueryState.CLOSED)


def _held(card: Card, actor, right: str) -> Card:
    """The card as stored, locked, so that a question and an approval cannot miss each other."""
    card = Card.objects.select_for_update().get(pk=card.pk)
    if not allowed(actor, right, card):
        raise PermissionDenied
    return card


def _fresh(query: Query) -> Query:
    return Query.objects.get(pk=query.pk)


def _said(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": ValidationError(_("Write something."), code="required")})
    return text.strip()


def _message(query: Query, actor, text: str, kind: EventKind) -> None:
    QueryMessage.objects.create(query=query, author=actor, text=text)
    changes = {"field": ["", query.field]} if query.field else {}
    history.record(kind, card=query.card, actor=actor, changes={**changes, "query": ["", text]})
