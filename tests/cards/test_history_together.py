"""Many writers at once: one chain without gaps, and nobody waits for each other in a circle."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from cards import proof, replay, services, workflow
from cards.models import Event
from monitoring.accounts.models import User
from monitoring.accounts.signals import account_changed
from tests.factories import EditorFactory, add_outcome, make_card, outcome_answers
from tests.files import card_row
from tests.loading import load

# Slow ones run on a file: SQLite in memory has one connection's locks only.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*tasks) -> None:
    """Run the tasks in threads of their own; the first failure is raised."""
    together = threading.Barrier(len(tasks))

    def run(task) -> None:
        together.wait(20)
        try:
            task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(run, task) for task in tasks]:
            done.result(120)


def test_entries_of_many_writers_are_one_chain(reference):
    cards = [make_card("draft") for _ in range(8)]
    before = Event.objects.count()

    def write(card):
        for number in range(12):
            services.save(card, actor=card.monitor, answers={"police": 100 + number})

    at_once(*(lambda card=card: write(card) for card in cards))
    assert Event.objects.count() == before + 8 * 12
    assert proof.verify().faults == ()
    assert list(replay.verify()) == []


def test_writers_on_the_same_things_wait_in_one_order(reference):
    """Each of these holds a card or an account that an entry of another refers to."""
    card = make_card("approved", detained=2, police_actions=("detained",))
    editor, second = EditorFactory(), EditorFactory()
    case = add_outcome(card).case

    def outcomes():
        for days in range(1, 11):
            services.add_outcome(
                card,
                actor=editor,
                outcome=outcome_answers(
                    case_code=case.case_code, outcome="arrest", fine_mci=None, arrest_days=days
                ),
            )

    def answers():
        for number in range(10):
            services.save(card, actor=editor, answers={"police": 50 + number}, reason="Seen again")

    def account():
        for number in range(10):
            with transaction.atomic():
                held = User.objects.select_for_update().get(pk=editor.pk)
                held.alias = f"Editor {number}"
                held.save(update_fields=["alias"])
                time.sleep(0.01)
                account_changed.send(
                    sender=User, account=held, actor=second, kind="account",
                    changes={"alias": [f"Editor {number - 1}", held.alias]},
                )  # fmt: skip

    def proving():
        for _time in range(5):
            assert proof.verify().faults == ()
            assert list(replay.verify()) == []

    at_once(outcomes, answers, account, proving)
    assert Event.objects.filter(kind="outcome").count() == 11
    assert Event.objects.filter(account=editor).count() == 10
    assert proof.verify().faults == ()


def test_a_file_and_people_write_at_once(reference):
    load(*(card_row(f"A-{n}", status="submitted") for n in range(30)))
    cards = [make_card("submitted") for _ in range(3)]
    editor = EditorFactory()

    def file():
        load(*(card_row(f"A-{n}", status="submitted", police="77") for n in range(60)))

    def review(card):
        workflow.apply(card, "return", actor=editor, reason="Look again")
        workflow.apply(card, "submit", actor=card.monitor)
        workflow.apply(card, "approve", actor=editor)

    at_once(file, *(lambda card=card: review(card) for card in cards))
    assert proof.verify().faults == ()
    assert list(replay.verify()) == []


def test_several_cards_of_one_transaction_are_held_first(reference):
    """Two that write the same cards in opposite order would wait for each other otherwise."""
    cards = [make_card("draft") for _ in range(2)]
    failed = []

    def write(mine, number):
        try:
            for step in range(8):
                with transaction.atomic():
                    for card in services.hold(mine):
                        services.save(card, actor=card.monitor, answers={"police": number + step})
        except OperationalError as error:
            failed.append(error)

    at_once(lambda: write(cards, 10), lambda: write(cards[::-1], 40))
    assert failed == []
    assert proof.verify().faults == ()
