"""Which checks speak on stored cards, and which of them somebody let stand."""

from __future__ import annotations

import itertools
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
    """Keys of the cards of a queue on which a check speaks, among the ``MOST_CHECKED`` oldest.

    Three queries. What the checks say of a version of a card is remembered by the process: on a
    day on which hundreds wait, everybody's look at the queue would work it out anew.
    """
    order = (column.expression() for column in paging.OLDEST_SUBMITTED)
    oldest = cards.order_by(*order)[:MOST_CHECKED]
    versions = {
        pk: said_at for pk, *said_at in oldest.values_list("pk", "uuid", "version", "updated_at")
    }
    new = [pk for pk, said_at in versions.items() if tuple(said_at) not in _said]
    for card in Card.objects.filter(pk__in=new).select_related("city"):
        _remember(card)
    found = {pk: _said.get(tuple(said_at), frozenset()) for pk, said_at in versions.items()}
    spoken = [pk for pk, said in found.items() if said]
    stand = set(
        Dismissal.objects.filter(card__in=spoken).values_list("card", "check_code", "basis")
    )
    return [pk for pk in spoken if any((pk, *each) not in stand for each in found[pk])]


#: (identifier, version, when changed) of a card -> (code, basis) of every check that speaks.
_said: dict[tuple, frozenset[tuple[str, str]]] = {}
MOST_REMEMBERED = 20 * MOST_CHECKED


def _remember(card: Card) -> None:
    if len(_said) >= MOST_REMEMBERED:
        # Those that were looked at first are decided by now.
        for key in list(itertools.islice(_said, MOST_REMEMBERED // 2)):
            _said.pop(key, None)
    answers = review.material(card)
    _said[card.uuid, card.version, card.updated_at] = frozenset(
        (check.code, review.basis(check, answers)) for check in checks.found(answers)
    )
