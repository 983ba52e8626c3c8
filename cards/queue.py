"""The review queue as the editor reads it: its filter, its facets, its lines, the walk through it.

Nothing is written here; ``cards.review`` and ``cards.workflow`` do that.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards import flags, paging, selections
from cards.filters import ALL, YES, CardFilter, ConditionFilter, Deferred, query_string
from cards.models import Card, Event, Query, Sighting
from cards.vocabularies import QueryState, Status

#: So many cards of the queue, the oldest, are counted for its chips; beyond that they say "more".
MOST_COUNTED = flags.MOST_CHECKED
#: A card that waits longer is late.
LATE_DAYS = 3
#: Parameter of an address that is a step of the walk through the queue.
WALK = "in"


def queue_of(user) -> QuerySet:
    """Submitted cards in the person's reach."""
    return Card.objects.visible_to(user).filter(status=Status.SUBMITTED)


def _late() -> Q:
    return Q(submitted_at__lt=timezone.now() - datetime.timedelta(days=LATE_DAYS))


def _sighting(user, card: str) -> Subquery:
    seen = Sighting.objects.filter(card=OuterRef(card), person=user)
    return Subquery(seen.values("event")[:1])


def _unseen(user) -> Q:
    return ~Q(Exists(Sighting.objects.filter(card=OuterRef("pk"), person=user)))


def _changed(user) -> Q:
    """Somebody else did something to the card after the person last saw it."""
    later = Event.objects.filter(card=OuterRef("pk"), id__gt=_sighting(user, "card"))
    return Q(Exists(later.exclude(actor=user).order_by()))


def _written(user) -> Q:
    return Q(Exists(Card.objects.filter(pk=OuterRef("pk")).changed_by(user).order_by()))


def _mine(user) -> Q:
    return ~Q(monitor=user) & ~selections.queried(QueryState.OPEN) & ~_written(user)


#: Facets that are asked of the person at the desk: parameter and value -> condition.
_OF_A_PERSON = {
    ("turn", "mine"): _mine,
    ("news", "unseen"): _unseen,
    ("news", "changed"): _changed,
}
#: Chips in their order: parameter, value, words.
_CHIPS = (
    ("turn", "mine", _("My turn")),
    ("flagged", "yes", _("Checks speak")),
    ("queries", "answered", _("Questions answered")),
    ("queries", "open", _("Questions open")),
    ("news", "unseen", _("Not seen yet")),
    ("news", "changed", _("Changed since I saw it")),
    ("waiting", "long", _("Older than 3 days")),
    ("amended", "yes", _("Changed after approval")),
)


class QueueFilter(CardFilter):
    """The filter of the queue: that of all lists, and what only the person at the desk can ask."""

    waiting = ConditionFilter(_("Waiting"), {"long": (_("longer than three days"), _late)})
    news = Deferred(
        label=_("Seen by me"),
        choices=[
            ("unseen", pgettext_lazy("seen by me", "not yet")),
            ("changed", _("changed since then")),
        ],
        empty_label=ALL,
    )
    turn = Deferred(
        label=_("Whose turn"),
        choices=[("mine", pgettext_lazy("whose turn", "mine"))],
        empty_label=ALL,
    )
    flagged = Deferred(label=_("Checks speak"), choices=[("yes", YES)], empty_label=ALL)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        for (name, value), condition in _OF_A_PERSON.items():
            if chosen.get(name) == value:
                queryset = queryset.filter(condition(self.request.user))
        if chosen.get("flagged"):
            queryset = queryset.filter(pk__in=flags.flagged_among(queryset))
        return queryset


@dataclass(frozen=True, slots=True)
class Facet:
    """One tap: the cards of the queue with that parameter; ``url`` takes it out where it is on.

    ``more``: the queue is longer than what was counted.
    """

    label: str | Promise
    number: int
    url: str
    on: bool
    more: bool = False


def facets(user, chosen: QueueFilter) -> list[Facet]:
    """The chips of the queue, each with the number of cards behind it among the oldest. Three
    queries, however long the queue is."""
    order = [column.expression() for column in paging.OLDEST_SUBMITTED]
    oldest = queue_of(user).order_by(*order).values("pk")[: MOST_COUNTED + 1]
    queue = Card.objects.filter(pk__in=oldest)
    conditions = {
        "queries_answered": selections.answered(),
        "queries_open": selections.queried(QueryState.OPEN),
        "waiting_long": _late(),
        "amended_yes": Q(amended_at__isnull=False),
        **{f"{name}_{value}": ask(user) for (name, value), ask in _OF_A_PERSON.items()},
    }
    numbers = queue.order_by().aggregate(
        all=Count("pk"),
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()},
    )
    numbers["flagged_yes"] = len(flags.flagged_among(queue_of(user)))
    more = numbers["all"] > MOST_COUNTED
    found = []
    for name, value, label in _CHIPS:
        on = chosen.given.get(name) == value
        rest = {key: other for key, other in chosen.given.items() if key != name}
        address = "?" + query_string(rest if on else rest | {name: value})
        found.append(Facet(label, numbers[f"{name}_{value}"], address, on, more))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A card of the queue. ``flags``: checks that speak; ``news``: "unseen", "changed" or "";
    ``mine``: whether it waits for this person, ``turn`` says for whom."""

    card: Card
    days: int
    flags: int
    open: int
    answered: int
    news: str
    mine: bool
    turn: str | Promise


def page_of(user, cards: QuerySet, query: QueryDict) -> tuple[paging.Page, list[Line]]:
    """A page of the queue and its lines. Two queries, whatever the number of cards."""
    page = paging.page_of(_noted(user, cards.with_labels()), paging.OLDEST_SUBMITTED, query)
    speaking = flags.speaking(page.rows)
    return page, [_line(user, card, speaking.get(card.pk, 0)) for card in page.rows]


def _noted(user, cards: QuerySet) -> QuerySet:
    """The cards with what the desk says of each, found out by the database."""
    queries = Query.objects.filter(card=OuterRef("pk")).order_by().values("card")
    numbers = {
        f"{state}_queries": Coalesce(
            Subquery(queries.filter(state=state).annotate(n=Count("pk")).values("n")), 0
        )
        for state in (QueryState.OPEN.value, QueryState.ANSWERED.value)
    }
    return cards.annotate(
        **numbers,
        seen_to=_sighting(user, "pk"),
        changed_since=_changed(user),
        written_by_me=_written(user),
    )


def _line(user, card: Card, speaking: int) -> Line:
    news = "unseen" if card.seen_to is None else "changed" if card.changed_since else ""
    mine, turn = _turn(user, card)
    days = (timezone.now() - card.submitted_at).days if card.submitted_at else 0
    return Line(card, days, speaking, card.open_queries, card.answered_queries, news, mine, turn)


def _turn(user, card: Card) -> tuple[bool, str | Promise]:
    if card.monitor_id == user.pk:
        return False, _("your own card: another editor decides")
    if card.open_queries:
        return False, _("the monitor's turn: to answer")
    if card.written_by_me:
        return False, _("you changed the answers: another editor decides")
    if card.answered_queries:
        return True, _("your turn: look at the answers")
    return True, _("your turn: decide")


@dataclass(frozen=True, slots=True)
class Walk:
    """One's way through the queue, from inside a card. ``query``: what every step carries along;
    ``left``: cards of the queue within the filter; ``more``: there are more than these."""

    query: str
    previous: Card | None
    next: Card | None
    left: int
    more: bool
    back: str


def is_walk(query: QueryDict) -> bool:
    """Whether an address belongs to a walk through the queue."""
    return query.get(WALK) == "queue"


def walk(request, card: Card) -> Walk:
    """Where the walk leads from ``card``, within the filter of the address. Three queries."""
    chosen = QueueFilter(request.GET, request=request, queryset=queue_of(request.user))
    others = chosen.qs.exclude(pk=card.pk)
    previous, following = paging.neighbours(others, paging.OLDEST_SUBMITTED, card)
    left = others.order_by()[: MOST_COUNTED + 1].count()
    return Walk(
        query_string({WALK: "queue", **chosen.given}),
        previous,
        following,
        min(left, MOST_COUNTED),
        left > MOST_COUNTED,
        f"?{chosen.query}" if chosen.query else "",
    )


def step(chosen: Mapping[str, str]) -> str:
    """The query string of a card's address within the walk."""
    return query_string({WALK: "queue", **chosen})
