"""The only writers of cards beside the workflow: atomic, keyword-only, and they log the author."""

from __future__ import annotations

import copy
import datetime
import functools
import uuid as uuids
import zoneinfo
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import bulk, history, kept_counts, search, validators
from cards.models import (
    Card,
    CaseUpdate,
    City,
    Count,
    CourtCase,
    EventKind,
    NumberSequence,
)
from cards.serialise import answers_of, as_text, differences, write_answers
from cards.signals import counted_cards_changed
from cards.vocabularies import CountSubject, Review, Status
from monitoring.accounts.access import allowed

#: Answers that the search by words looks at, after the number.
SEARCHED = ("settlement", "place", "form_other", "demands", "organiser_name", "description")
_CARD = tuple(field.attname for field in Card._meta.concrete_fields if not field.primary_key)
Month = tuple[str, datetime.date] | None


class StaleVersion(Exception):
    """Somebody saved the card meanwhile; ``card`` is what is stored now."""

    def __init__(self, card: Card):
        super().__init__(card.version)
        self.card = card


def zone_of(city: City | None) -> datetime.tzinfo:
    """The city's time zone (the site's where there is no city)."""
    return zoneinfo.ZoneInfo(city.time_zone) if city else timezone.get_default_timezone()


def today_in(city: City | None) -> datetime.date:
    """Today in the city's time zone (the site's where there is no city)."""
    return timezone.now().astimezone(zone_of(city)).date()


def month_of(card: Card) -> Month:
    """Reporting place and month of the card; None while either is open."""
    if card.date is None or card.city_id is None:
        return None
    return card.city.place_id, card.date.replace(day=1)


def problems_of(card: Card) -> list[validators.Problem]:
    """What stands between the card and its submission."""
    answers = answers_of(card)
    return [*validators.missing(answers), *validators.impossible(answers, today_in(card.city))]


def refuse(problems: Iterable[validators.Problem]) -> None:
    """Raise ValidationError with every problem at its field; nothing if there is none."""
    errors: dict[str, list[ValidationError]] = {}
    for problem in problems:
        errors.setdefault(problem.field, []).append(problem.as_error())
    if errors:
        raise ValidationError(errors)


def announce(*months: Month, added: int | None = None) -> None:
    """Tell listeners which place-months have changed; inside the caller's transaction.

    ``added``: the key of the card that came in, where that is all that happened to one month.
    """
    changed = {month for month in months if month is not None}
    if changed:
        counted_cards_changed.send(sender=Card, months=changed, added=added)


def hold(cards: Iterable[Card]) -> list[Card]:
    """The cards as stored, held until the transaction ends, in the order given.

    Whoever writes several cards in one transaction holds all of them before the first entry of the
    history, or two such would wait for each other: one for a card, one for the head of the chain.
    """
    keys = [card.pk for card in cards]
    held = {
        row.pk: row for row in Card.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    return [held[key] for key in keys]


@transaction.atomic
def create(
    *,
    actor,
    answers: dict[str, Any],
    uuid: uuids.UUID | None = None,
    kind: EventKind = EventKind.CREATED,
    **record,
) -> Card:
    """A new draft with these answers. The same uuid again gives IntegrityError, never a twin.

    ``record``: ref, reconstruction, monitor of an imported card.
    """
    card = Card(uuid=uuid or uuids.uuid4(), **{"monitor": actor, **record})
    before = answers_of(card)
    settle(card, answers)
    card.save(force_insert=True)
    kept_counts.keep(card, before, actor, new=True)
    history.record(kind, card=card, actor=actor, changes=differences(before, answers_of(card)))
    return card


def compose(*, actor, answers: dict[str, Any], uuid: uuids.UUID) -> Card:
    """The card that ``create`` would write, unsaved: to be looked at before anything is."""
    card = Card(uuid=uuid, monitor=actor)
    settle(card, answers)
    return card


def insert(card: Card, *, actor, beside: Sequence[bulk.Statement] = ()) -> list[bulk.Statement]:
    """Insert a composed card, inside the caller's transaction; the statements that write its
    counts, which are the caller's to carry out. ``beside``: what is written with the card."""
    card.created_at = card.updated_at = timezone.now()
    statement = bulk.inserting(Card, _CARD, [[getattr(card, name) for name in _CARD]])
    (card.pk,) = bulk.run(*beside, bulk.returning_key(Card, statement)) or (None,)
    card._state.adding, card._state.db = False, connection.alias
    return kept_counts.keeping(card, _of_nothing(), actor)


def told_of_new(card: Card) -> dict[str, list[str]]:
    """What the history says of a composed card: field -> [before, after] of what it answers."""
    return differences(_of_nothing(), answers_of(card))


@functools.cache
def _of_nothing() -> dict[str, Any]:
    """The answers of a card that has none; only to be read."""
    return answers_of(Card())


@transaction.atomic
def save(
    card: Card,
    *,
    actor,
    answers: dict[str, Any],
    expected_version: int | None = None,
    reason: str = "",
    kind: EventKind = EventKind.EDITED,
) -> Card:
    """Save answers (those given; others stay) into ``card``; nothing is logged if nothing changed.

    Raises StaleVersion if ``expected_version`` is not the stored one, and ValidationError (by
    field) if a card that is no longer open would become incomplete or contradict itself.
    """
    stored = Card.objects.select_for_update().get(pk=card.pk)
    before, month = answers_of(stored), month_of(stored)
    settle(stored, answers)
    changes = differences(before, answers_of(stored))
    if not changes:
        # The same answers sent twice are not a conflict with themselves.
        return stored
    if expected_version is not None and stored.version != expected_version:
        raise StaleVersion(Card.objects.get(pk=card.pk))
    if not stored.is_open:
        refuse(problems_of(stored))
    amend(stored)
    stored.version += 1
    stored.save()
    kept_counts.keep(stored, before, actor)
    history.record(kind, card=stored, actor=actor, changes=changes, reason=reason)
    if stored.status == Status.APPROVED:
        announce(month, month_of(stored))
    return stored


@transaction.atomic
def add_count(card: Card, *, actor, subject: str, use: bool = False, **numbers) -> Count:
    """Keep another count of people; with ``use`` it becomes the one that the tables use."""
    card = Card.objects.select_for_update().get(pk=card.pk)
    count = Count.objects.create(card=card, subject=subject, author=actor, **numbers)
    history.record(
        EventKind.COUNT, card=card, actor=actor, changes={subject: ["", _count_text(count)]}
    )
    if use:
        use_count(count, actor=actor)
    return count


@transaction.atomic
def use_count(count: Count, *, actor) -> Card:
    """Make ``count`` the one in use: its numbers become the card's."""
    card = Card.objects.select_for_update().get(pk=count.card_id)
    before = answers_of(card)
    card.counts.filter(subject=count.subject, used=True).update(used=False)
    card.counts.filter(pk=count.pk).update(used=True)
    subject = count.subject
    write_answers(
        card,
        {
            subject: count.best,
            f"{subject}_low": count.low,
            f"{subject}_high": count.high,
            f"{subject}_basis": count.basis,
        },
    )
    changes = differences(before, answers_of(card))
    if changes:
        amend(card)
    card.version += 1
    card.save()
    history.record(EventKind.COUNT_USED, card=card, actor=actor, changes=changes)
    return card


@transaction.atomic
def decide_inclusion(card: Card, *, actor, inclusion: str, reason: str) -> Card:
    """An editor's decision whether the card counts; raises ValidationError by field."""
    card = Card.objects.select_for_update().get(pk=card.pk)
    if not allowed(actor, "card.decide_inclusion", card):
        raise PermissionDenied
    before = answers_of(card)
    write_answers(card, {"inclusion": inclusion, "inclusion_reason": reason.strip()})
    refuse(validators.inclusion_problems(answers_of(card)))
    changes = differences(before, answers_of(card))
    if changes:
        amend(card)
    card.version += 1
    card.save()
    history.record(EventKind.INCLUSION, card=card, actor=actor, changes=changes, reason=reason)
    return card


@transaction.atomic
def add_outcome(card: Card, *, actor, outcome: dict[str, Any]) -> CaseUpdate:
    """Add what became known of a person's case; a case is one per person code of the card.

    Raises ValidationError by field.
    """
    refuse(validators.outcome_problems(outcome, card.date, today_in(card.city)))
    values = {name: value for name, value in outcome.items() if name != "case_code"}
    case, _new = CourtCase.objects.get_or_create(card=card, case_code=outcome["case_code"].strip())
    twin = case.updates.filter(**values).exclude(review=Review.REJECTED).first()
    if twin is not None:
        # Sent twice: one piece of news.
        return twin
    update = CaseUpdate.objects.create(case=case, author=actor, **values)
    changes = {name: ["", as_text(value)] for name, value in values.items() if value}
    history.record(
        EventKind.OUTCOME,
        card=card,
        actor=actor,
        changes={"case_code": ["", case.case_code], **changes},
    )
    return update


@transaction.atomic
def review_outcome(update: CaseUpdate, *, actor, accept: bool, reason: str = "") -> CaseUpdate:
    """Accept or refuse a court outcome; the author never reviews.

    A refusal needs a reason, and so does another decision after the first.
    """
    (card,) = hold([update.case.card])
    update = CaseUpdate.objects.select_for_update().select_related("case").get(pk=update.pk)
    if not allowed(actor, "card.review_outcome", card) or update.author_id == actor.pk:
        raise PermissionDenied
    before = update.review
    set_review(update, actor, accept, reason)
    history.record(
        EventKind.OUTCOME_REVIEW,
        card=card,
        actor=actor,
        reason=reason,
        changes={"case_code": ["", update.case.case_code], "review": [before, update.review]},
    )
    announce(month_of(card))
    return update


@transaction.atomic
def review_attachment(attachment, *, actor, accept: bool, reason: str = ""):
    """Accept or refuse an attachment added to an approved card, as ``review_outcome``."""
    (card,) = hold([attachment.card])
    if not allowed(actor, "card.review_outcome", card):
        raise PermissionDenied
    if attachment.author_id == actor.pk:
        raise PermissionDenied
    before = attachment.review
    set_review(attachment, actor, accept, reason)
    changes = {"attachments": ["", attachment.name], "review": [before, attachment.review]}
    history.record(
        EventKind.ATTACHMENT_REVIEW,
        card=card,
        actor=actor,
        reason=reason,
        changes=changes,
    )
    return attachment


def changes_by(card: Card, answers: dict[str, Any]) -> dict[str, list[str]]:
    """Field -> [before, after] of what these answers would change in the card; writes nothing."""
    trial = copy.copy(card)
    before = answers_of(trial)
    settle(trial, answers)
    return differences(before, answers_of(trial))


def pending_updates(card: Card):
    """Court outcomes of the card that nobody has reviewed yet."""
    return CaseUpdate.objects.filter(case__card=card, review=Review.PENDING)


def next_number(card: Card, along: Sequence[bulk.Statement] = ()) -> str:
    """The card's number, YEAR-CITY-SERIAL; the row stays locked until the transaction ends.
    ``along``: what is carried out right before."""
    serial = reserve_numbers(card.date.year, card.city_id, 1, along)
    return number_text(card.date.year, card.city_id, serial)


def reserve_numbers(
    year: int, city: str, how_many: int, along: Sequence[bulk.Statement] = ()
) -> int:
    """Give out serials of a year and city; returns the last. They are never used again.

    One statement, which the database carries out for one person after the other.
    """
    table = connection.ops.quote_name(NumberSequence._meta.db_table)
    statement = (
        f"INSERT INTO {table} AS given (year, city_id, last) VALUES (%s, %s, %s)"  # noqa: S608  (our table)
        " ON CONFLICT (year, city_id) DO UPDATE SET last = given.last + excluded.last"
        " RETURNING last"
    )
    (last,) = bulk.run(*along, (statement, (year, city, how_many))) or (None,)
    return last


def hold_numbers(answers: dict[str, Any]) -> None:
    """Hold the serials that a card with these answers would be given, before anything is
    recorded, in a transaction that stores a card and submits it after. Whoever submits holds the
    serials first and the head of the history last: done the other way round, two would wait for
    each other.
    """
    date, city = answers.get("date"), answers.get("city")
    if date is not None and city is not None:
        reserve_numbers(date.year, city, 0)


def number_text(year: int, city: str, serial: int) -> str:
    return f"{year}-{city.upper()}-{serial:03d}"


def log_attachment(attachment, *, actor, changes: dict | None = None) -> None:
    """Record that a file was added to the card with what is known of it, or ``changes`` of one."""
    if changes is None:
        told = {"caption": attachment.caption, "taken_by": attachment.taken_by}
        if attachment.was_made_smaller:
            # Whole: bound into the chain it shows what was said of that file, and when.
            told["camera_sha256"] = attachment.camera_sha256
        told["taken_at"] = moment_text(attachment.taken_at, attachment.card)
        changes = {"attachments": ["", f"{attachment.name} {attachment.sha256[:12]}"]}
        changes |= {name: ["", text] for name, text in told.items() if text}
    history.record(EventKind.ATTACHMENT, card=attachment.card, actor=actor, changes=changes)


def moment_text(moment: datetime.datetime | None, card: Card) -> str:
    """A moment as the history keeps it, by the clock of the card's city; "" if it is not known."""
    if moment is None:
        return ""
    return moment.astimezone(zone_of(card.city)).isoformat(timespec="minutes")


def amend(card: Card) -> None:
    """Mark the unsaved card as changed after approval, if it ever was approved."""
    if card.number and card.was_approved:
        card.amended_at = timezone.now()


def settle(card: Card, answers: dict[str, Any]) -> None:
    """Write the answers and everything that follows from them into the unsaved card."""
    write_answers(card, answers)
    written = answers_of(card)
    settled = validators.tidy(written)
    if not settled["inclusion_reason"] or settled["course"] == "prevented":
        settled["inclusion"] = inclusion_by_rule(settled)
    follows = {name: value for name, value in settled.items() if value is not written[name]}
    write_answers(card, follows)
    card.search_text = search_text(card.number, settled)


def inclusion_by_rule(answers: dict[str, Any]) -> str:
    """Inclusion where nobody has departed from the rule; "" while what it rests on is open."""
    known = answers["course"] and answers["peaceful"]
    return validators.default_inclusion(answers) if known else ""


def search_text(number: str | None, answers: dict[str, Any]) -> str:
    """What the search by words looks at (``cards.search``)."""
    return search.text_of(number, *map(answers.__getitem__, SEARCHED))


def set_review(row, actor, accept: bool, reason: str) -> None:
    """Record a review, unlogged; raises ValidationError where a reason is missing."""
    if not reason.strip() and (not accept or row.review != Review.PENDING):
        raise ValidationError({"reason": ValidationError(_("Give a reason."), code="required")})
    row.review = Review.APPROVED if accept else Review.REJECTED
    row.review_reason = reason.strip()
    row.reviewer = actor
    row.reviewed_at = timezone.now()
    row.save()


def _count_text(count: Count) -> str:
    subject = CountSubject(count.subject).value
    low = "" if count.low is None else count.low
    high = "" if count.high is None else count.high
    return f"{subject} {count.best} [{low}–{high}] {count.basis} {count.source}".strip()
