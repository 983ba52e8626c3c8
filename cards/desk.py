"""One card as it lies on the desk: each answer with its questions, flags, mark and former value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch

from cards import review
from cards.flags import Flag, flags_of
from cards.models import Card, Query, QueryMessage, Verification
from cards.reading import Answer, Change, News, label_of, news_for, parts_of
from cards.sections import ANSWERS, Section
from cards.serialise import answers_of
from cards.vocabularies import QueryState
from monitoring.accounts.access import allowed


@dataclass(slots=True)
class Thread:
    """A question and its messages; ``typed``: what could not be taken, ``error``: why."""

    query: Query
    messages: list[QueryMessage]
    typed: str = ""
    error: str = ""

    @property
    def label(self):
        """What the question is about; "" for the card as a whole."""
        return label_of(self.query.field) if self.query.field else ""

    @property
    def question(self) -> str:
        """What was asked last by whoever asked."""
        asker = self.query.author_id
        said = [message for message in self.messages if message.author_id == asker]
        return (said or self.messages)[-1].text


@dataclass(slots=True)
class Row:
    """An answer on the desk. ``former``: what it was when the person last saw the card."""

    answer: Answer
    mark: Verification | None = None
    former: Change | None = None
    threads: list[Thread] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    typed: str = ""
    error: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a check speaks here that nobody let stand."""
        return any(flag.dismissal is None for flag in self.flags)


@dataclass(slots=True)
class DeskPart:
    section: Section
    rows: list[Row]

    @property
    def verified(self) -> int:
        return sum(row.mark is not None for row in self.rows)

    @property
    def total(self) -> int:
        return sum(not row.answer.open for row in self.rows)


@dataclass(slots=True)
class Desk:
    """``whole``: questions about the card as a whole; ``news``: None where there is none."""

    parts: list[DeskPart]
    whole: list[Thread]
    flags: list[Flag]
    news: News | None
    typed: str = ""
    error: str = ""

    @property
    def threads(self) -> list[Thread]:
        """Every question about the card."""
        return self.whole + [
            thread for part in self.parts for row in part.rows for thread in row.threads
        ]

    @property
    def unsettled(self) -> list[Thread]:
        """The questions that hold approval back."""
        return [thread for thread in self.threads if thread.query.state != QueryState.CLOSED]

    @property
    def speaking(self) -> list[Flag]:
        return [flag for flag in self.flags if flag.dismissal is None]

    @property
    def dismissed(self) -> list[Flag]:
        return [flag for flag in self.flags if flag.dismissal is not None]

    @property
    def verified(self) -> int:
        return sum(part.verified for part in self.parts)

    @property
    def total(self) -> int:
        return sum(part.total for part in self.parts)


def desk_of(
    user,
    card: Card,
    *,
    seen: int | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Desk:
    """The card as ``user`` may see it; ``seen``: the entry of the history that they saw last.

    ``typed`` and ``errors``: what could not be taken and why, by ``text-FIELD`` or ``query-KEY``.
    """
    typed, errors = typed or {}, errors or {}
    reviews = allowed(user, "card.review", card)
    threads = threads_of(card) if allowed(user, "card.see_queries", card) else []
    for thread in threads:
        name = f"query-{thread.query.pk}"
        thread.typed, thread.error = typed.get(name, ""), errors.get(name, "")
    flags = flags_of([card])[card.pk] if reviews else []
    marks = review.marks_of(card, answers_of(card)) if reviews else {}
    news = news_for(card, user, seen) if reviews and seen is not None else None
    at: dict[str, list[Thread]] = defaultdict(list)
    for thread in threads:
        at[thread.query.field if thread.query.field in ANSWERS else ""].append(thread)
    flagged: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        flagged[flag.check.field].append(flag)
    former = news.changes if news else {}
    parts = [
        DeskPart(
            part.section,
            [
                Row(
                    answer,
                    marks.get(answer.name),
                    former.get(answer.name),
                    at[answer.name],
                    flagged[answer.name],
                    typed.get(f"text-{answer.name}", ""),
                    errors.get(f"text-{answer.name}", ""),
                )
                for answer in part.answers
            ],
        )
        for part in parts_of(card, also={*at, *flagged, *former})
    ]
    return Desk(
        parts,
        at[""],
        flags,
        news if news and news.events else None,
        typed.get("text-", ""),
        errors.get("text-", ""),
    )


def threads_of(card: Card) -> list[Thread]:
    """Every question about the card with its messages, oldest first. Two queries."""
    said = QueryMessage.objects.select_related("author")
    queries = card.queries.select_related("author", "closed_by").prefetch_related(
        Prefetch("messages", said)
    )
    return [Thread(query, list(query.messages.all())) for query in queries]


def asked_of(user) -> list[Thread]:
    """Open questions about the person's own cards, the newest card first. Two queries."""
    queries = (
        Query.objects.filter(
            card__monitor=user, card__status__in=("submitted", "returned"), state=QueryState.OPEN
        )
        .select_related("card__city", "card__form", "author")
        .prefetch_related("messages")
        .order_by("-card_id", "id")
    )
    return [Thread(query, list(query.messages.all())) for query in queries]
