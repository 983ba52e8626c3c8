"""When to look again what became of the people who were detained.

A court decides within days, often on the next; whoever was not heard of then is asked for again.
The rule is about one card with ``cases`` and their ``updates`` (those refused left out) at hand.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from cards.models import Card, CaseUpdate, CourtCase
from cards.vocabularies import Outcome

#: After the assembly, while nothing is known; after the last news, while more is to come.
FIRST, AGAIN = datetime.timedelta(days=3), datetime.timedelta(days=14)


def latest(case: CourtCase) -> CaseUpdate | None:
    """The decision that counts: the last one dated, undated ones before it."""
    rows = list(case.updates.all())
    return max(rows, key=lambda row: (row.decided_on or datetime.date.min, row.pk), default=None)


def waits(card: Card) -> bool:
    """Whether somebody detained has no outcome yet, or one that is not final.

    Whoever was released without a report comes before no court.
    """
    known = [row for case in card.cases.all() if (row := latest(case)) is not None]
    if any(row.outcome == Outcome.PENDING for row in known):
        return True
    return (card.detained or 0) - (card.released_without_report or 0) > len(known)


def remind_on(card: Card) -> datetime.date | None:
    """The day to look again; None where neither the day of the assembly nor any news is known."""
    news = [row.created_at for case in card.cases.all() for row in case.updates.all()]
    if news:
        return timezone.localdate(max(news)) + AGAIN
    return card.date + FIRST if card.date else None
