"""Which checks speak on stored cards, and which of them somebody let stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from cards import checks, paging, review
from cards.models import Card, Dismissal

#: Whether a check speaks is worked out in Python, for this many cards: the oldest of the queue.
MOST_CHECKED = 300


@dataclass(frozen=True, slots=True)
class Flag:
    """A check that speaks; ``dismissal``: who let it stand for these very answers, and why."""

    check: checks.Check
    dismissal: Dismissal | None = None


def flags_of(cards: Iterable[Card]) -> dict[int, list[Flag]]:
    """Card's key -> its flags, in the order of the checks. One query, whatever the number."""
    cards = list(cards)
    dismissed: dict[tuple[int, str], dict[str, Dismissal]] = defaultdict(dict)
    for row in Dismissal.objects.filter(card__in=cards).select_related("author"):
        dismissed[row.card_id, row.check_code][row.basis] = row
    found: dict[int, list[Flag]] = defaultdict(list)
    for card in cards:
        answers = review.material(card)
        for check in checks.found(answers):
            known = dismissed.get((card.pk, check.code))
            stands = known.get(review.basis(check, answers)) if known else None
            found[card.pk].append(Flag(check, stands))
    return found


def speaking(cards: Iterable[Card]) -> dict[int, int]:
    """Card's key -> how many checks speak that nobody let stand; cards without one are left out."""
    numbers = {
        pk: sum(flag.dismissal is None for flag in flags) for pk, flags in flags_of(cards).items()
    }
    return {pk: number for pk, number in numbers.items() if number}


def flagged_among(cards: QuerySet) -> list[int]:
    """Keys of the cards of a queue on which a check speaks, among the ``MOST_CHECKED`` oldest."""
    order = (column.expression() for column in paging.OLDEST_SUBMITTED)
    oldest = cards.select_related("city").order_by(*order)[:MOST_CHECKED]
    return list(speaking(oldest))
