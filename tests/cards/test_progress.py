"""What long work on files says of how far it is: rows, never less than before."""

from contextlib import contextmanager

import pytest
from django.utils import timezone

from cards import bulk, history
from cards.files import checking, export, importing, lines
from cards.models import Card
from monitoring.jobs import progress
from tests.factories import make_card
from tests.files import card_row, csv_of, outcome_row

pytestmark = pytest.mark.usefixtures("reference")


@contextmanager
def told():
    """What the job under way is told meanwhile."""
    found: list[tuple] = []
    token = progress._under_way.set(lambda *said: found.append(said))
    try:
        yield found
    finally:
        progress._under_way.reset(token)


def test_checking_tells_the_lines_that_were_read():
    content = csv_of(*(card_row(f"A-{number}") for number in range(250)))
    with told() as found:
        assert not importing.check(content).refusals
    assert found == [("checking", 100, None), ("checking", 200, None)]


def test_checking_outcomes_tells_of_them():
    rows = [outcome_row("A-1", case_code=f"A-{number:03}") for number in range(120)]
    with told() as found:
        importing.check(csv_of(card_row("A-1")), csv_of(*rows))
    assert found == [("outcomes", 100, None)]


def test_loading_tells_rows_written_and_entries(monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 2)
    monkeypatch.setattr(history, "PAGE", 3)
    # Of few entries PostgreSQL would write all at once.
    monkeypatch.setattr(bulk, "FEW", 0)
    rows = [card_row(f"A-{number}") for number in range(5)]
    importing.load(importing.check(csv_of(*rows)))
    changed = [row | {"police": "11"} for row in rows[:3]]
    new = [card_row(f"B-{number}") for number in range(3)]
    checked = importing.check(csv_of(*changed, *new))
    with told() as found:
        importing.load(checked)
    assert found == [
        ("writing", 2, 6), ("writing", 3, 6), ("writing", 5, 6), ("writing", 6, 6),
        ("history", 0, 6), ("history", 3, 6), ("history", 6, 6),
    ]  # fmt: skip


@pytest.mark.parametrize("purpose", [export.written, export.written_for_analysis])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taking_cards_out_tells_rows(monkeypatch, purpose, kind):
    monkeypatch.setattr(lines, "_ROWS", 2)
    for _card in range(5):
        make_card("draft", description="one\r\ntwo\n\nthree", place='a "place", near')
    with told() as found:
        purpose(Card.objects.all(), kind).close()
    steps, numbers = {said[0] for said in found}, [said[1] for said in found]
    assert steps == {"rows"}
    assert numbers == sorted(numbers)
    assert numbers[0] == 0
    if kind == "csv":
        assert numbers[-1] == 5


def test_entries_of_one_moment_tell_nobody_else():
    """What records several entries without asking for it tells no job of it."""
    card = make_card("draft")
    row = [card.pk, "edited", None, timezone.now(), "", "", 1, {"place": ["", "x"]}, ""]
    with told() as found:
        history.record_many([row, row])
    assert found == []
