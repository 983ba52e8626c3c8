"""Writing checked rows of a file in bulk: the same effects as services and workflow, few queries.

Only ``cards.files.importing`` calls this, inside one transaction, with rows that it has checked.
"""

from __future__ import annotations

import datetime
import operator
import uuid as uuids
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Q

from cards import bulk, history, search, services, workflow
from cards.chain import Encoded, pair
from cards.files.checking import StoredCards, batches
from cards.files.checking_outcomes import UPDATE_FIELDS
from cards.files.refusals import OutcomeRow, Row
from cards.models import (
    COUNT_FIELDS,
    Card,
    CaseUpdate,
    City,
    Count,
    CourtCase,
    Event,
    EventKind,
    NumberSequence,
)
from cards.serialise import KEPT, REFERENCES, answers_of, as_text
from cards.vocabularies import Review, Status
from monitoring.jobs.progress import tell

_ANSWERS = tuple(f"{name}_id" if name in REFERENCES else name for name in KEPT)
#: What a file never says and ``workflow.arrived`` decides.
_ARRIVAL = ("status", "submitted_at", "approved_at", "editor_id", "duplicate_of_id")
_NEW = ("id", *_ANSWERS, *_ARRIVAL, "uuid", "ref", "number", "reconstruction", "search_text",
        "created_at", "updated_at")  # fmt: skip
_CHANGED = (*_ANSWERS, *_ARRIVAL, "ref", "number", "version", "search_text", "updated_at",
            "amended_at")  # fmt: skip
_COUNT = ("card_id", "subject", "best", "low", "high", "basis", "source", "used", "author_id",
          "created_at")  # fmt: skip
_OUTCOME = ("case_id", "author_id", "review", "reviewed_at", "created_at", *UPDATE_FIELDS)
_EMPTY_OUTCOME = {name: CaseUpdate._meta.get_field(name).get_default() for name in UPDATE_FIELDS}
_DATE, _CITY, _SOURCE = (KEPT.index(name) for name in ("date", "city", "source"))
#: The names of the answers in the order of an entry, and a card's values in that order.
_BY_NAME = sorted(KEPT)
_IN_NAMES = operator.itemgetter(*map(KEPT.index, _BY_NAME))
#: What the search looks at.
_SEARCHED = operator.itemgetter(*map(KEPT.index, services.SEARCHED))
#: Where the best, low and high numbers of a subject and their basis stand.
_NUMBERS = {
    subject: tuple(KEPT.index(f"{subject}{end}") for end in ("", "_low", "_high", "_basis"))
    for subject in COUNT_FIELDS
}


#: Answers of a question that are remembered as they are written into the history.
MOST_KNOWN = 5_000


class Changed(Exception):
    """Somebody changed a card between checking and loading: check the file again."""


@dataclass(slots=True)
class _Written:
    """What outcomes need to know of their card."""

    pk: int
    version: int
    status: str
    month: services.Month


class Writer:
    """Writes one file's rows for ``actor`` (None: the operator at the command line)."""

    def __init__(
        self,
        actor,
        now: datetime.datetime,
        reconstruction: bool,
        reason: str = "",
        called: Iterable[str] = (),
    ):
        """``called``: what the outcomes of the file call their cards."""
        self.actor = actor
        self.actor_id = actor.pk if actor is not None else None
        self.now = now
        self.reconstruction = reconstruction
        self.reason = reason.strip()
        self.called = frozenset(called)
        self.places = dict(City.objects.values_list("code", "place_id"))
        empty = answers_of(Card())
        #: Of each answer, by name, what an entry says of its values.
        self.parts = [_Parts(name, as_text(empty[name])) for name in _BY_NAME]
        self.arrivals = {
            status: workflow.arrived(status, actor=actor, now=now) for status in Status.values
        }
        self.written: dict[str, _Written] = {}
        self.months: set[services.Month] = set()
        #: Entries of the whole file: the head of the history is held at the end only.
        self.events: list[list[Any]] = []

    def write_cards(self, rows: Sequence[Row]) -> None:
        """Insert the new cards and update the others, with their counts and history."""
        _lock([row.stored for row in rows if row.stored is not None])
        numbers, done = _numbers(rows), 0
        if new := [row for row in rows if row.stored is None]:
            with search.added_together(connection):
                for batch in batches(new):
                    self._create(batch, numbers)
                    tell("writing", done := done + len(batch), len(rows))
        for batch in batches(row for row in rows if row.stored is not None):
            self._update(batch, numbers)
            tell("writing", done := done + len(batch), len(rows))

    def write_outcomes(self, rows: Sequence[OutcomeRow]) -> None:
        """Add the court outcomes, each to the case of its person code."""
        for batch in batches(rows):
            cards = self._cards(batch)
            cases = _cases({(cards[row.card].pk, row.values["case_code"]) for row in batch})
            updates, events = [], []
            for row in batch:
                card = cards[row.card]
                case = cases[card.pk, row.values["case_code"]]
                updates.append(self._outcome(row, card, case))
                changes = {name: ["", as_text(v)] for name, v in row.values.items() if v}
                events.append(self._event(card.pk, EventKind.OUTCOME, card.version, changes))
                if card.status == Status.APPROVED:
                    self.months.add(card.month)
            bulk.insert(CaseUpdate, _OUTCOME, updates)
            self.events += events

    def record(self) -> None:
        """Write the history of the whole file."""
        told = partial(tell, "history", total=len(self.events))
        told(0)
        history.record_many(self.events, told=told)

    def announce(self) -> None:
        """Tell listeners which place-months have changed, once for the whole file."""
        if self.months:
            bulk.look_at(Card, CourtCase, CaseUpdate)
        services.announce(*self.months)

    def _create(self, batch: list[Row], numbers: dict[int, str]) -> None:
        keys = bulk.keys(Card, len(batch))
        cards, counts = [], []
        for pk, row in zip(keys, batch, strict=True):
            row.uuid = row.uuid or uuids.uuid4()
            cards.append(self._new_card(pk, row, numbers.get(row.line)))
            counts += self._counts(pk, row.values)
            # What the entry says is made when it is written: of a large file not all is held.
            said = partial(self._filled, row.values)
            event = self._event(pk, EventKind.IMPORTED, 1, said, to_status=row.status)
            self.events.append(event)
            self._remember(row, pk, 1)
        bulk.insert(Card, _NEW, cards)
        bulk.insert(Count, _COUNT, counts)

    def _new_card(self, pk: int, row: Row, number: str | None) -> list[Any]:
        return [
            pk,
            *row.values,
            *self.arrivals[row.status],
            row.uuid,
            row.ref or None,
            number,
            self.reconstruction,
            search.text_of(number, *_SEARCHED(row.values)),
            self.now,
            self.now,
        ]

    def _update(self, batch: list[Row], numbers: dict[int, str]) -> None:
        cards = Card.objects.in_bulk([row.stored.pk for row in batch])
        approved = set(
            Event.objects.filter(card__in=cards, to_status=Status.APPROVED)
            .order_by()
            .values_list("card_id", flat=True)
        )
        changed, events, counts = [], [], []
        recounted: dict[str, list[int]] = defaultdict(list)
        for row in batch:
            card = cards[row.stored.pk]
            self._moved(row)
            if card.pk in approved and not row.changes.keys().isdisjoint(KEPT):
                card.amended_at = self.now
            changed.append(self._changed_card(row, card, numbers.get(row.line)))
            version = card.version + 1
            told = {name: pair for name, pair in row.changes.items() if name != "status"}
            reason = self.reason if row.stored.status == Status.APPROVED else ""
            if told:
                event = self._event(card.pk, EventKind.IMPORTED, version, told, reason=reason)
                events.append(event)
            if card.status != row.status:
                moved = (card.status, row.status, reason)
                events.append(self._event(card.pk, EventKind.STATUS, version, {}, *moved))
            for subject in _recounted(row):
                recounted[subject].append(card.pk)
                counts += self._counts(card.pk, row.values, (subject,))
            self._remember(row, card.pk, version)
        bulk.update(Card, _CHANGED, changed)
        self.events += events
        for subject, pks in recounted.items():
            Count.objects.filter(card__in=pks, subject=subject, used=True).update(used=False)
        bulk.insert(Count, _COUNT, counts)

    def _changed_card(self, row: Row, card: Card, number: str | None) -> list[Any]:
        number = card.number or number
        return [
            *row.values,
            *workflow.arrived(row.status, actor=self.actor, now=self.now, card=card),
            card.ref or row.ref or None,
            number,
            card.version + 1,
            search.text_of(number, *_SEARCHED(row.values)),
            self.now,
            card.amended_at,
            card.pk,
        ]

    def _moved(self, row: Row) -> None:
        """The month that an approved card leaves changes as well as the one it goes to."""
        if row.stored.status == Status.APPROVED:
            self.months.add(self._month(row.stored.answers))

    def _remember(self, row: Row, pk: int, version: int) -> None:
        month = self._month(row.values)
        if self.called:
            for name in row.names() & self.called:
                self.written[name] = _Written(pk, version, row.status, month)
        if row.status == Status.APPROVED:
            self.months.add(month)

    def _month(self, answers: Sequence[Any]) -> services.Month:
        date, city = answers[_DATE], answers[_CITY]
        return (self.places[city], date.replace(day=1)) if date and city else None

    def _cards(self, rows: Iterable[OutcomeRow]) -> dict[str, _Written]:
        """The card of each row, of this file or stored."""
        rows = list(rows)
        stored = StoredCards([row.card for row in rows if row.card not in self.written], ())
        found = {}
        for row in rows:
            card = stored.of(row.card)
            found[row.card] = self.written.get(row.card) or _Written(
                card.pk, card.version, card.status, self._month(card.answers)
            )
        return found

    def _outcome(self, row: OutcomeRow, card: _Written, case: int) -> list[Any]:
        """What the operator or an editor brings with an approved card counts at once.

        An outcome for a card that was approved before awaits a second person's review.
        """
        accepted = card.status == Status.APPROVED and (
            self.actor is None or row.card in self.written
        )
        review = Review.APPROVED if accepted else Review.PENDING
        reviewed_at = self.now if accepted else None
        values = (row.values.get(name, _EMPTY_OUTCOME[name]) for name in UPDATE_FIELDS)
        return [case, self.actor_id, review.value, reviewed_at, self.now, *values]

    def _counts(
        self, card: int, values: Sequence[Any], subjects: Sequence[str] = COUNT_FIELDS
    ) -> Iterable[list[Any]]:
        for subject in subjects:
            best, low, high, basis = (values[at] for at in _NUMBERS[subject])
            if best is None and low is None and high is None:
                continue
            sources = values[_SOURCE]
            source = sources[0] if sources else ""
            basis = basis or "unknown"
            yield [card, subject, best, low, high, basis, source, True, self.actor_id, self.now]

    def _filled(self, values: Sequence[Any]) -> Encoded:
        """Field -> [before, after] for every answer that an empty card does not have."""
        return Encoded.of(filter(None, map(operator.getitem, self.parts, _IN_NAMES(values))))

    def _event(
        self, card, kind, version, changes, from_status="", to_status="", reason=""
    ) -> list[Any]:
        """A row of ``history.record_many``."""
        return [
            card, kind.value, self.actor_id, self.now, from_status, to_status, version, changes,
            reason,
        ]  # fmt: skip


class _Parts(dict[Any, str]):
    """A value of the answer ``name`` -> what an entry says of it; "" where it is what an empty card
    has. Most are the same as others of the file: written once."""

    def __init__(self, name: str, empty: str):
        super().__init__()
        self.name, self.empty = name, empty

    def __missing__(self, value: Any) -> str:
        text = as_text(value)
        part = pair(self.name, self.empty, text) if text != self.empty else ""
        if len(self) < MOST_KNOWN:
            self[value] = part
        return part


def _lock(stored: list) -> None:
    """Hold the cards that will change. Raises Changed if one is no longer what was checked."""
    for batch in batches(stored):
        cards = Card.objects.select_for_update().order_by("pk")
        versions = dict(
            cards.filter(pk__in=[card.pk for card in batch]).values_list("pk", "version")
        )
        if any(versions.get(card.pk) != card.version for card in batch):
            raise Changed


def _recounted(row: Row) -> list[str]:
    """The subjects whose numbers the row changes."""
    return [
        subject
        for subject in COUNT_FIELDS
        if not row.changes.keys().isdisjoint(KEPT[at] for at in _NUMBERS[subject])
    ]


def _cases(wanted: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Card and person code -> key of the case; the missing ones are made."""
    cards = {card for card, _code in wanted}
    found = {
        (card, code): pk
        for pk, card, code in CourtCase.objects.filter(card__in=cards).values_list(
            "id", "card_id", "case_code"
        )
    }
    new = [CourtCase(card_id=card, case_code=code) for card, code in sorted(wanted - found.keys())]
    for case in CourtCase.objects.bulk_create(new):
        found[case.card_id, case.case_code] = case.pk
    return found


def _numbers(rows: Iterable[Row]) -> dict[int, str]:
    """Line -> number, for the rows that need one: one reservation for the whole file."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.status != Status.DRAFT and not (row.stored and row.stored.number):
            groups[row.values[_DATE].year, row.values[_CITY]].append(row.line)
    if not groups:
        return {}
    NumberSequence.objects.bulk_create(
        [NumberSequence(year=year, city_id=city) for year, city in sorted(groups)],
        ignore_conflicts=True,
    )
    years = {year for year, _city in groups}
    held = NumberSequence.objects.select_for_update().order_by("pk").filter(Q(year__in=years))
    numbers, reserved = {}, []
    for pk, year, city, last in held.values_list("pk", "year", "city_id", "last"):
        lines = groups.get((year, city), ())
        for serial, line in enumerate(lines, start=last + 1):
            numbers[line] = services.number_text(year, city, serial)
        if lines:
            reserved.append((last + len(lines), pk))
    bulk.update(NumberSequence, ("last",), reserved)
    return numbers
