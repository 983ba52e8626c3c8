"""Approving a card through the workflow, with its history and search, with and without the facts.

With the facts, an approval adds the card to those of its month; without, nothing listens to it.
The same cards of every month, taking turns within one process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench.rows import Row
from tests.bench.site import site

SECTION = "approving"
LIMIT = 1.5
#: Approvals of each kind, and deriving anew, which costs more the more cards a month has.
TURNS = 40
#: Way -> what is measured.
_WHAT = {
    "bare": "a card approved, without facts",
    "added": "a card approved, with facts",
    "derived": "the same, its month derived anew",
    "desk": "a card approved on its page over HTTP, with facts",
    "desk bare": "the same, without facts",
}
_AGAINST = {"added": "bare", "derived": "bare", "desk": "desk bare"}


def run(sizes: Sequence[int], databases: Sequence[str]) -> Iterator[Row]:
    """Rows of ``SECTION``: at the largest size, where a month has most cards."""
    cards = max(sizes)
    for database in databases:
        with site(cards, database, scratch=True) as it:
            turns = TURNS if cards >= 10_000 else 3
            took = it.call("tests.bench.approving:approve", turns)
            differing = it.call("tests.bench.approving:differing")
        if differing:
            raise AssertionError(f"facts differ from the cards: {differing}")
        engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
        for way, what in _WHAT.items():
            against = _AGAINST.get(way)
            yield Row(
                SECTION, what, cards, f"Zhinalys, {engine}", took[way],
                ratio=took[way] / took[against] if against else None,
                limit=LIMIT if way in ("added", "desk") else None,
                against=_WHAT[against] if against else "",
            )  # fmt: skip


# What follows runs in the site's own process.


def approve(turns: int) -> dict[str, float]:
    """Way -> median seconds of an approval; the facts are right again at the end."""
    from cards.signals import counted_cards_changed
    from reports import facts
    from reports.listening import on_cards_changed
    from tests.bench.timing import paired

    waiting = iter(_submitted(len(_WHAT) * (turns + 1)))
    touched: set = set()

    def turn(listener, act):
        def approve_one() -> None:
            card = next(waiting)
            touched.add((card.city.place_id, card.month))
            counted_cards_changed.disconnect(dispatch_uid="reports.facts")
            if listener is not None:
                counted_cards_changed.connect(listener, dispatch_uid="reports.facts", weak=False)
            act(card)

        return approve_one

    def derive_anew(sender, months, **kwargs) -> None:
        facts.refresh(months)

    apply, press = _apply(), _press()
    try:
        return paired(
            {
                "bare": turn(None, apply),
                "added": turn(on_cards_changed, apply),
                "derived": turn(derive_anew, apply),
                "desk": turn(on_cards_changed, press),
                "desk bare": turn(None, press),
            },
            rounds=turns,
        )
    finally:
        counted_cards_changed.disconnect(dispatch_uid="reports.facts")
        counted_cards_changed.connect(on_cards_changed, dispatch_uid="reports.facts")
        # What was approved while nothing listened.
        facts.refresh(touched)


def differing() -> list[str]:
    """Differences between the facts and a recomputation."""
    from reports import facts

    return [str(each) for each in facts.verify()][:10]


def _submitted(number: int) -> list:
    """New cards in the queue, spread over all places and months that the archive has."""
    import random

    from cards import services, workflow
    from cards.models import City
    from monitoring.accounts.models import User
    from reports.models import Fact
    from tests.factories import card_answers

    monitor = User.objects.get(username="monitor-1")
    chance = random.Random(3)
    cities = {city.place_id: city.pk for city in City.offered()}
    months = chance.choices(
        sorted(Fact.objects.filter(place__in=cities).values_list("place", "month")), k=number
    )
    found = []
    for place, month in months:
        answers = card_answers(city=cities[place], date=month, place=f"Square {len(found)}")
        card = services.create(actor=monitor, answers=answers)
        found.append(workflow.apply(card, "submit", actor=monitor))
    return found


def _apply():
    from cards import workflow
    from monitoring.accounts.models import User

    editor = User.objects.get(username="editor-1")
    return lambda card: workflow.apply(card, "approve", actor=editor)


def _press():
    """The button on a card's page: the answer leads on."""
    from django.conf import settings
    from django.test import Client

    from monitoring.accounts import second_factor
    from monitoring.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username="editor-2"))
    session = client.session
    session[second_factor.MARK] = True
    session.save()

    def press(card) -> None:
        answer = client.post(f"/cards/{card.uuid}/transition/approve/")
        if answer.status_code != 302:
            raise AssertionError(f"{answer.status_code}: {answer.content[:500]!r}")
        card.refresh_from_db()
        if card.status != "approved":
            raise AssertionError("the card was not approved")

    return press
