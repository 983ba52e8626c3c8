"""The card filter as the explorer asks for it: counted cards, nothing of who wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from cards.filters import CardFilter, query_string
from cards.models import Card
from reports.columns.conditions import Conditions

#: Parameters of the card filter that cut out a time.
OF_TIME = ("period", "from", "to", "year")
#: What no cross table is chosen by: how a card came about, and what it says besides.
_NOT_ASKED = ("monitor", "status", "queries", "amended", "counted", "text")


class ExplorerFilter(CardFilter):
    """Counted cards by the parameters of ``data``: those that ``user`` may see, or all for None."""

    asked = ("period", "from", "to", "place", "region_then", "form", "topic_group", "topic")

    def __init__(self, data: Mapping[str, str], user: Any = None) -> None:
        query = QueryDict(query_string(data))
        super().__init__(query, request=None, queryset=_seen(Card.objects.all(), user))
        self._user = user
        for name in _NOT_ASKED:
            self.filters.pop(name, None)

    @property
    def condition(self) -> Q:
        """What ``qs`` is chosen by, as one condition on a card."""
        self.errors  # noqa: B018  (reads the parameters)
        found: Q = self.filter_queryset(_seen(Conditions(), self._user)).asked
        return found


def _seen(cards: Any, user: Any) -> Any:
    """Those of the cards that count and that ``user`` may see; all that count for None."""
    return (cards if user is None else cards.visible_to(user)).counted()


def merged(chosen: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Parameters that select the cards of a cell: those in force, and its own answers.

    Where both ask the same question with several answers, the cards gave both; else the cell's
    answer is one of those that are in force.
    """
    found = {**chosen}
    for name, value in more.items():
        before = found.get(name)
        several = hasattr(CardFilter.base_filters[name], "words")
        parts = dict.fromkeys(
            [*(before.split(",") if before and several else ()), *value.split(",")]
        )
        found[name] = ",".join(parts)
    return found
