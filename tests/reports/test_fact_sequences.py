"""Whatever people do to cards in whatever order, the facts are those of the cards at each step.

Sequences by chance through the services alone, held against the second computation; then the same
cards changed past the services, which ``verify`` has to find.
"""

from __future__ import annotations

import datetime
import os
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cards import comparison, merging, services, workflow
from cards.models import Card, CaseUpdate, Merge
from cards.vocabularies import Status
from reports import facts
from reports.models import Fact
from tests.factories import EditorFactory, MonitorFactory, card_answers, outcome_answers
from tests.reports.test_facts import expected, kept

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEQUENCES = int(os.environ.get("FACTS_SEQUENCES", "25"))

#: Few, so that cards meet in one month; two of the cities belong to one place.
CITIES = ("almaty", "semey", "ayagoz")
DATES = tuple(map(datetime.date.fromisoformat, ("2018-05-10", "2018-05-31", "2018-06-01")))
#: What cards differ in: counted and prevented, known and unknown, sanctioned and not.
SHAPES: tuple[dict, ...] = (
    {},
    {"participants": None, "participants_low": None, "participants_high": None},
    {"course": "prevented", "detained": 4, "in_the_name_of_the_law": "no"},
    {"peaceful": "no", "police_actions": ("dispersed", "force"), "police_present": "yes"},
    {"legal_status": "sanctioned", "reason_not_requested": "", "form": "picket"},
    {"detained": None, "detained_unknown": True, "in_the_name_of_the_law": "unknown"},
    {
        "detained": 2,
        "in_the_name_of_the_law": "no",
        "topic": "against_land_sale",
        "minors_present": "unknown",
    },
)
OUTCOMES = ("pending", "warning", "terminated")

which = st.integers(0, 7)
step = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(range(len(SHAPES))), st.sampled_from(DATES)),
    st.tuples(st.just("approve"), which),
    st.tuples(st.just("approve"), which),
    st.tuples(st.just("withdraw"), which),
    st.tuples(st.just("edit"), which, st.sampled_from(range(len(SHAPES)))),
    st.tuples(st.just("move"), which, st.sampled_from(CITIES), st.sampled_from(DATES)),
    st.tuples(st.just("outcome"), which, st.sampled_from(OUTCOMES), st.booleans()),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("unmerge"), which),
    st.tuples(st.just("unmerge"), which),
    st.tuples(st.just("decide"), which),
)
#: What the sequences have to have done, each of them.
REQUIRED = ("approve", "withdraw", "edit", "move", "outcome", "merge", "unmerge", "decide")


class World:
    """The people, the cards and what was done with them."""

    def __init__(self, done: Counter[str]):
        self.done = done
        self.monitor = MonitorFactory(all_regions=True)
        #: Who corrects never approves, and who approves or reviews never writes.
        self.writer, self.approver, self.merger = EditorFactory.create_batch(3)
        self.cards: list[int] = []

    def begin(self, shape: int, date: datetime.date) -> None:
        answers = card_answers(**{"date": date, **SHAPES[shape]})
        card = services.create(actor=self.monitor, answers=answers)
        self.cards.append(workflow.apply(card, "submit", actor=self.monitor).pk)

    def approve(self, at: int) -> None:
        workflow.apply(self._card(at, Status.SUBMITTED), "approve", actor=self.approver)

    def withdraw(self, at: int) -> None:
        card = self._card(at, Status.APPROVED)
        workflow.apply(card, "reopen", actor=self.writer, reason="Counted twice")

    def edit(self, at: int, shape: int) -> None:
        """An approved card is corrected as a file corrects it; the others as their form does."""
        answers = card_answers(**SHAPES[shape])
        del answers["date"], answers["city"]
        self._write(self._card(at, Status.SUBMITTED, Status.APPROVED), answers)

    def move(self, at: int, city: str, date: datetime.date) -> None:
        self._write(self._card(at, Status.SUBMITTED, Status.APPROVED), {"city": city, "date": date})

    def outcome(self, at: int, outcome: str, accept: bool) -> None:
        card = self._card(at, Status.SUBMITTED, Status.APPROVED)
        said = outcome_answers(outcome=outcome, decided_on=None, fine_mci=None)
        update = services.add_outcome(card, actor=self.monitor, outcome=said)
        if card.status == Status.APPROVED and update.review == "pending":
            reason = "" if accept else "Of somebody else"
            services.review_outcome(update, actor=self.approver, accept=accept, reason=reason)

    def merge(self, first: int, second: int) -> None:
        pair = [self._card(each, Status.SUBMITTED, Status.APPROVED) for each in (first, second)]
        if pair[0].pk == pair[1].pk:
            raise _NotNow
        differing, _equal = comparison.rows(*pair)
        choices = {row.name: row.default for row in differing}
        made = merging.merge(*pair, actor=self.merger, choices=choices)
        self.cards.append(made.card_id)

    def unmerge(self, at: int) -> None:
        merges = [made for made in Merge.objects.all() if not merging.obstacle_to_undoing(made)]
        if not merges:
            raise _NotNow
        made = merges[at % len(merges)]
        merging.unmerge(made, actor=self.merger, reason="Two assemblies")

    def decide(self, at: int) -> None:
        card = self._card(at, Status.SUBMITTED)
        inclusion = "excluded" if card.inclusion == "counted" else "counted"
        services.decide_inclusion(card, actor=self.writer, inclusion=inclusion, reason="As agreed")

    def do(self, name: str, *rest) -> None:
        """Take the step if the cards as they stand allow it."""
        try:
            with transaction.atomic():
                getattr(self, name)(*rest)
        except (_NotNow, ValidationError):
            return
        self.done[name] += 1

    def _write(self, card: Card, answers: dict) -> None:
        before = card.version
        saved = services.save(card, actor=self.writer, answers=answers, reason="A second source")
        if saved.version == before:
            raise _NotNow

    def _card(self, at: int, *states: str) -> Card:
        found = list(Card.objects.filter(pk__in=self.cards, status__in=states).order_by("pk"))
        if not found:
            raise _NotNow
        return found[at % len(found)]


class _NotNow(Exception):
    """No card is in the state that the step needs."""


def begun(done: Counter[str]) -> World:
    """Three approved cards that differ."""
    world = World(done)
    for shape in (0, 6, 2):
        world.do("begin", shape, DATES[0])
    for _card in range(3):
        world.do("approve", 0)
    return world


def sequences(check, number: int = SEQUENCES):
    """Run ``check`` with that many lists of steps, always the same ones."""

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(step, min_size=15, max_size=40))
    def run(steps):
        with transaction.atomic():
            check(steps)
            transaction.set_rollback(True)

    run()


def test_facts_equal_a_recomputation_after_every_step(reference):
    done: Counter[str] = Counter()

    def check(steps) -> None:
        world = begun(done)
        for name, *rest in steps:
            world.do(name, *rest)
            assert kept() == expected(), name
        assert list(facts.verify()) == []

    sequences(check)
    assert [name for name in REQUIRED if not done[name]] == []
    print(f"{SEQUENCES} sequences, {done.total()} steps, facts that differ 0: {dict(done)}")  # noqa: T201


#: Changes of stored rows that no service makes: each takes a counted card's month out of truth.
BYPASSES = (
    "UPDATE cards_card SET participants = COALESCE(participants, 0) + 1 WHERE id = %s",
    "UPDATE cards_card SET inclusion = 'excluded', inclusion_reason = 'x' WHERE id = %s",
    "UPDATE cards_card SET status = 'rejected' WHERE id = %s",
    "UPDATE cards_card SET city_id = 'semey' WHERE id = %s",
    "UPDATE cards_card SET date = '2018-07-01' WHERE id = %s",
    "UPDATE cards_card SET form_id = 'picket' WHERE id = %s",
)


@pytest.mark.parametrize("statement", BYPASSES)
def test_an_edit_past_the_services_is_found(reference, statement):
    """Also after a later approval in the same month, which trusts what it finds kept."""
    world = World(Counter())
    for _card in range(3):
        world.begin(0, DATES[0])
    world.approve(0)
    world.approve(0)
    assert list(facts.verify()) == []
    (victim, *_rest) = Card.objects.filter(status="approved").order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute(statement, [victim.pk])
    assert list(facts.verify()) != []
    world.approve(0)
    # Found, or put right: where a card is missing the month is derived anew.
    assert list(facts.verify()) != [] or kept() == expected()
    facts.rebuild()
    assert list(facts.verify()) == []
    assert kept() == expected()


def test_an_outcome_past_the_services_is_found(reference):
    world = World(Counter())
    world.begin(6, DATES[0])
    world.approve(0)
    world.outcome(0, "warning", True)
    assert list(facts.verify()) == []
    CaseUpdate.objects.update(outcome="terminated")
    assert {difference.measure for difference in facts.verify()} == {
        "outcome",
        "convicted",
        "article_convicted",
    }


def test_a_month_that_lacks_a_card_is_derived_anew_by_the_next_approval(reference):
    world = World(Counter())
    for _card in range(2):
        world.begin(0, DATES[0])
    world.approve(0)
    Fact.objects.update(sums={}, counts={})
    world.approve(0)
    assert kept() == expected()
    assert list(facts.verify()) == []


def test_an_approval_reads_the_cards_of_its_month_from_the_index_alone(reference):
    """Approving adds the one card; it must not read the others of its month."""
    from django.test.utils import CaptureQueriesContext

    world = World(Counter())
    for _card in range(2):
        world.begin(0, DATES[0])
    world.approve(0)
    with CaptureQueriesContext(connection) as queries:
        world.approve(0)
    reading = [q["sql"] for q in queries if "FILTER (WHERE" in q["sql"]]
    assert reading == []
    assert kept() == expected()
