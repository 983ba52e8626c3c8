"""What waits for a monitor: one answer for the page of their cards and for their phone.

Returned cards, questions of the review, drafts, cards whose people still lack an outcome, and what
editors decided lately. The number of queries does not grow with the number of cards.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy

from cards import reminders, validators
from cards.desk import Thread, asked_of
from cards.followups import Person, next_code, persons_of
from cards.lookup import cards_for, open_with_reason
from cards.models import Card, Event, EventKind
from cards.serialise import answers_of
from cards.services import today_in
from cards.vocabularies import Status
from monitoring.accounts.access import allowed

#: Of each kind so many are shown: whoever has settled these sees the next.
MOST = 25
#: A decision is told for so many days, and of at most so many cards.
LATELY, MOST_DECIDED = datetime.timedelta(days=14), 10
_DECIDED = (Status.APPROVED, Status.REJECTED, Status.DUPLICATE)


@dataclass(frozen=True)
class Unfinished:
    """A card that its monitor has to go on with. ``reason``: why it was returned, "" of a draft."""

    card: Card
    reason: str = ""
    question: int | None = None

    @cached_property
    def missing(self) -> list[str]:
        """Questions that must still be answered before it can be submitted."""
        return [
            problem.field for problem in validators.missing(validators.tidy(answers_of(self.card)))
        ]

    @property
    def place(self) -> str:
        """Where the work goes on: at the editor's first question, else at the first open one."""
        if self.question is not None:
            return f"{self._form}#query-{self.question}"
        return f"{self._form}#id_{self.missing[0]}" if self.missing else self._form

    @property
    def _form(self) -> str:
        return reverse("cards:edit", args=[self.card.uuid])


@dataclass(frozen=True)
class Asked:
    """An open question of an editor about one of the person's cards."""

    thread: Thread

    @property
    def card(self) -> Card:
        return self.thread.query.card

    @property
    def place(self) -> str:
        """The very question: in the form of a card that is open, else on its page."""
        page = (
            reverse("cards:edit", args=[self.card.uuid])
            if self.card.is_open
            else self.card.get_absolute_url()
        )
        return f"{page}#query-{self.thread.query.pk}"


@dataclass(frozen=True)
class Followup:
    """A card whose people still lack an outcome. ``remind_on``: None while it has no date."""

    card: Card
    persons: list[Person]
    remind_on: datetime.date | None
    due: bool

    @property
    def place(self) -> str:
        return f"{self.card.get_absolute_url()}#outcomes"

    @property
    def undecided(self) -> list[Person]:
        return [person for person in self.persons if not person.decided]

    @property
    def decided(self) -> int:
        return len(self.persons) - len(self.undecided)

    @property
    def new_code(self) -> str:
        """The code of a person of whom nothing is known yet; "" if everybody detained has one."""
        card, known = self.card, len(self.persons)
        expected = (card.detained or 0) - (card.released_without_report or 0)
        if card.detained is not None and known >= expected:
            return ""
        return next_code(person.code for person in self.persons)


@dataclass(frozen=True, slots=True)
class Decided:
    """What an editor decided about a card."""

    card: Card
    status: Status
    reason: str
    at: datetime.datetime

    @property
    def text(self) -> str | Promise:
        """The decision in words, without the card: "Rejected: the same assembly twice"."""
        word = self.status.label
        return format_lazy("{}: {}", word, self.reason) if self.reason else word


@dataclass(frozen=True, slots=True)
class Waiting:
    """``followups``: the longest overdue first, those that are not due yet behind them."""

    returned: list[Unfinished]
    questions: list[Asked]
    drafts: list[Unfinished]
    followups: list[Followup]
    decided: list[Decided]

    @property
    def due(self) -> list[Followup]:
        return [each for each in self.followups if each.due]

    @property
    def later(self) -> list[Followup]:
        return [each for each in self.followups if not each.due]

    @property
    def in_court(self) -> bool:
        """Whether any of these cards stands in the list of approved ones that await a court."""
        return any(each.card.status == Status.APPROVED for each in self.followups)

    @property
    def asks(self) -> bool:
        """Whether anything is to be done, now or later."""
        return bool(self.returned or self.questions or self.drafts or self.followups)

    def __bool__(self) -> bool:
        return self.asks or bool(self.decided)


def waiting_for(user) -> Waiting:
    """What waits for the person among their own cards, and what was decided about them lately."""
    asked = [Asked(thread) for thread in asked_of(user)]
    first: dict[int, int] = {}
    for each in asked:
        first.setdefault(each.card.pk, each.thread.query.pk)
    unfinished = [
        Unfinished(card, card.reason or "", first.get(card.pk))
        for card in open_with_reason(user)[:MOST]
    ]
    return Waiting(
        returned=[each for each in unfinished if each.card.status == Status.RETURNED],
        questions=asked,
        drafts=[each for each in unfinished if each.card.status == Status.DRAFT],
        followups=followups_of(user),
        decided=decided_of(user),
    )


def followups_of(user) -> list[Followup]:
    """The person's own cards whose people lack an outcome, in the order in which to ask of them:
    ``MOST`` of those with the first days, however long somebody has worked."""
    lacking = cards_for(user).filter(monitor=user).lacking_outcome()
    chosen = reminders.chosen_by(user)
    # Two weeks after every assembly: the order of their dates; a day that was chosen stands apart.
    by_date = lacking.exclude(pk__in=chosen).order_by(F("date").asc(nulls_last=True), "id")
    keys = [*by_date.values_list("pk", flat=True)[:MOST], *chosen]
    cards = [
        card
        for card in lacking.filter(pk__in=keys).with_labels().prefetch_related("cases__updates")
        if allowed(user, "card.add_outcome", card)
    ]
    found = []
    for card in cards:
        day = reminders.day_of(card, chosen.get(card.pk))
        due = day is not None and day <= today_in(card.city)
        found.append(Followup(card, persons_of(card), day, due))
    latest = datetime.date.max
    found.sort(key=lambda each: (not each.due, each.remind_on or latest, each.card.pk))
    return found[:MOST]


def decided_of(user, now: datetime.datetime | None = None) -> list[Decided]:
    """What others decided about the person's cards in the last days, as far as it still stands,
    the last decision first; one query."""
    since = (now or timezone.now()) - LATELY
    events = (
        # A sum, so that no index is used for it: whoever has written thousands of cards would have
        # all of them looked through for the few decisions of these days.
        Event.objects.alias(writer=F("card__monitor") + 0)
        .filter(writer=user.pk, kind=EventKind.STATUS, to_status__in=_DECIDED, at__gte=since)
        .exclude(actor=user)
        .select_related("card__city", "card__form")
        # Sorted here: asked for the last first, SQLite would begin at the end of the history and
        # go through all of it.
        .order_by()
    )
    last: dict[int, Event] = {}
    for event in sorted(events, key=lambda event: -event.pk):
        # A card that was taken up again since tells of itself elsewhere.
        if event.card.status == event.to_status:
            last.setdefault(event.card_id, event)
    return [
        Decided(event.card, Status(event.to_status), event.reason, event.at)
        for event in list(last.values())[:MOST_DECIDED]
    ]
