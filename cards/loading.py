"""Writing checked rows of a file in bulk: the same effects as services and workflow, few queries.

Only ``cards.importing`` calls this, inside one transaction, with rows that it has checked.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from cards import services, workflow
from cards.models import COUNT_FIELDS, Card, CaseUpdate, City, Count, CourtCase, Event, EventKind
from cards.serialise import answers_of, as_text, differences
from cards.vocabularies import Review, Status

BATCH = 500
today = services.today_in


def stored_by(name: str, keys: Iterable[Any]) -> dict[Any, Card]:
    """Stored cards by ``ref`` or ``uuid``, read in batches."""
    found: dict[Any, Card] = {}
    keys = list(dict.fromkeys(keys))
    for start in range(0, len(keys), BATCH):
        rows = Card.objects.filter(**{f"{name}__in": keys[start : start + BATCH]})
        found |= {getattr(card, name): card for card in rows.select_related("city")}
    return found


def dates_by_ref(refs: Iterable[str]) -> dict[str, datetime.date | None]:
    """Ref -> date of the stored cards among ``refs``."""
    found: dict[str, datetime.date | None] = {}
    keys = [ref for ref in refs if ref]
    for start in range(0, len(keys), BATCH):
        rows = Card.objects.filter(ref__in=keys[start : start + BATCH])
        found |= dict(rows.values_list("ref", "date"))
    return found


class Writer:
    """Writes one file's rows for ``actor`` (None: the operator at the command line)."""

    def __init__(self, actor, now: datetime.datetime, reconstruction: bool):
        self.actor = actor
        self.now = now
        self.reconstruction = reconstruction
        self.cards: dict[str, Card] = {}
        self.months: set = set()
        self.cities = {city.pk: city for city in City.objects.select_related("place", "region")}

    def write_cards(self, rows) -> None:
        new = [row for row in rows if row.card is None]
        self._create(new)
        for row in rows:
            if row.card is not None:
                self._update(row)

    def write_outcomes(self, rows) -> None:
        """Add the court outcomes; one that is already there, to the letter, is left alone."""
        if not rows:
            return
        missing = {row.ref for row in rows} - self.cards.keys()
        self.cards |= stored_by("ref", missing)
        cases = self._cases({(self.cards[row.ref].pk, row.values["case_code"]) for row in rows})
        known = self._known_updates(cases.values())
        updates, events = [], []
        for row in rows:
            card = self.cards[row.ref]
            values = {name: value for name, value in row.values.items() if name != "case_code"}
            case = cases[card.pk, row.values["case_code"]]
            fingerprint = (case.pk, *(as_text(values.get(name)) for name in _UPDATE_FIELDS))
            if fingerprint in known:
                continue
            known.add(fingerprint)
            updates.append(self._outcome(card, case, values))
            events.append(self._outcome_event(card, case, values))
            if card.status == Status.APPROVED:
                self.months.add(services.month_of(card))
        CaseUpdate.objects.bulk_create(updates, batch_size=BATCH)
        Event.objects.bulk_create(events, batch_size=BATCH)

    def announce(self) -> None:
        """Tell listeners which place-months have changed, once for the whole file."""
        services.announce(*self.months)

    def _create(self, rows) -> None:
        cards = []
        for row in rows:
            card = Card(
                ref=row.ref or None, reconstruction=self.reconstruction, monitor=self._monitor()
            )
            if row.uuid:
                card.uuid = row.uuid
            services.settle(card, row.answers)
            if card.city_id:
                card.city = self.cities[card.city_id]
            workflow.arrive(card, row.status, actor=self.actor, now=self.now)
            cards.append(card)
        _give_numbers([card for card in cards if card.status != Status.DRAFT])
        Card.objects.bulk_create(cards, batch_size=BATCH)
        empty = answers_of(Card())
        Event.objects.bulk_create(
            [
                self._event(
                    card,
                    EventKind.IMPORTED,
                    differences(empty, answers_of(card)),
                    to_status=card.status,
                )
                for card in cards
            ],
            batch_size=BATCH,
        )
        counts = [count for card in cards for count in self._counts(card)]
        Count.objects.bulk_create(counts, batch_size=BATCH)
        for card in cards:
            self._remember(card)

    def _update(self, row) -> None:
        self.cards[row.ref] = row.card
        if not row.changes:
            return
        self.months.add(services.month_of(row.card))
        card = services.save(
            row.card, actor=self.actor, answers=row.answers, kind=EventKind.IMPORTED
        )
        if card.status != row.status:
            card = workflow.arrive_again(card, row.status, actor=self.actor, now=self.now)
        self._remember(card)

    def _remember(self, card: Card) -> None:
        if card.ref:
            self.cards[card.ref] = card
        self.months.add(services.month_of(card))

    def _monitor(self):
        """A monitor loads cards of their own; what an editor loads has no monitor here."""
        return self.actor if self.actor is not None and self.actor.role == "monitor" else None

    def _counts(self, card: Card) -> Iterable[Count]:
        source = card.source[0] if card.source else ""
        for subject in COUNT_FIELDS:
            best, low, high = (getattr(card, f"{subject}{end}") for end in ("", "_low", "_high"))
            if best is None and low is None and high is None:
                continue
            yield Count(
                card=card,
                subject=subject,
                best=best,
                low=low,
                high=high,
                basis=getattr(card, f"{subject}_basis") or "unknown",
                source=source,
                used=True,
                author=self.actor,
            )

    def _cases(self, wanted: set[tuple[int, str]]) -> dict[tuple[int, str], CourtCase]:
        """Every case named in the file, the missing ones made."""
        found: dict[tuple[int, str], CourtCase] = {}
        ids = list({card for card, _code in wanted})
        for start in range(0, len(ids), BATCH):
            for case in CourtCase.objects.filter(card__in=ids[start : start + BATCH]):
                found[case.card_id, case.case_code] = case
        new = [
            CourtCase(card_id=card, case_code=code) for card, code in sorted(wanted - found.keys())
        ]
        for case in CourtCase.objects.bulk_create(new, batch_size=BATCH):
            found[case.card_id, case.case_code] = case
        return found

    def _known_updates(self, cases: Iterable[CourtCase]) -> set[tuple]:
        known = set()
        ids = [case.pk for case in cases]
        for start in range(0, len(ids), BATCH):
            rows = CaseUpdate.objects.filter(case__in=ids[start : start + BATCH])
            for values in rows.values_list("case_id", *_UPDATE_FIELDS):
                known.add((values[0], *(as_text(value) for value in values[1:])))
        return known

    def _outcome(self, card: Card, case: CourtCase, values: dict[str, Any]) -> CaseUpdate:
        """What comes with an approved card counts at once; anything else awaits review."""
        accepted = card.status == Status.APPROVED
        return CaseUpdate(
            case=case,
            author=self.actor,
            review=Review.APPROVED if accepted else Review.PENDING,
            reviewed_at=self.now if accepted else None,
            **values,
        )

    def _outcome_event(self, card: Card, case: CourtCase, values: dict[str, Any]) -> Event:
        changes = {name: ["", as_text(value)] for name, value in values.items() if value}
        return self._event(card, EventKind.OUTCOME, {"case_code": ["", case.case_code], **changes})

    def _event(self, card: Card, kind: EventKind, changes: dict, to_status: str = "") -> Event:
        return Event(
            card=card,
            kind=kind,
            actor=self.actor,
            version=card.version,
            changes=changes,
            to_status=to_status,
        )


_UPDATE_FIELDS = (
    "decided_on",
    "court",
    "article",
    "outcome",
    "fine_mci",
    "fine_kzt",
    "arrest_days",
    "observed_by_monitor",
    "appeal",
)


def _give_numbers(cards: list[Card]) -> None:
    """Numbers for many cards: one reservation for each year and city."""
    groups: dict[tuple[int, str], list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.date.year, card.city_id].append(card)
    for (year, city), members in groups.items():
        last = services.reserve_numbers(year, city, len(members))
        for serial, card in enumerate(members, start=last - len(members) + 1):
            card.number = services.number_text(year, city, serial)
