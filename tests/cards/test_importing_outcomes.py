"""Court outcomes in files, for cards of the same file and for stored ones."""

import uuid

import pytest

from cards.files import importing
from cards.files.importing import check
from cards.models import Card, CaseUpdate, Event
from tests.factories import EditorFactory, make_card
from tests.files import card_row, csv_of, outcome_row, table, workbook_of
from tests.loading import counts, load, said

pytestmark = pytest.mark.usefixtures("reference")


def test_outcomes_come_with_their_cards(editor):
    checked = load(
        card_row("A-1", status="approved"),
        card_row("A-2", status="submitted"),
        outcomes=[
            outcome_row("A-1"),
            outcome_row("A-1", decided_on="2018-07-01", outcome="terminated"),
            outcome_row("A-1", case_code="A-02", court="", fine_mci="", fine_kzt="12 000"),
            outcome_row("A-2", outcome="arrest", arrest_days="5"),
        ],
        user=editor,
    )
    assert counts(checked.court) == (4, 4, 0, 0, 0)
    updates = CaseUpdate.objects.order_by("id")
    assert [(u.case.card.ref, u.case.case_code, u.outcome, u.review) for u in updates] == [
        ("A-1", "A-01", "fine", "approved"),
        ("A-1", "A-01", "terminated", "approved"),
        ("A-1", "A-02", "fine", "approved"),
        # What comes with a card that is not approved yet is reviewed with it.
        ("A-2", "A-01", "arrest", "pending"),
    ]
    assert {update.author for update in updates} == {editor}
    assert updates[2].fine_kzt == 12000
    assert updates[3].arrest_days == 5
    assert Event.objects.filter(kind="outcome").count() == 4


def test_outcomes_for_a_card_that_is_stored(editor):
    load(card_row("A-1"), card_row("A-2"), status="approved")
    news = [outcome_row("A-1"), outcome_row("A-1", decided_on="2018-08-01", fine_mci="30")]
    rows = [card_row("A-3")]
    load(*rows, outcomes=news[:1])
    checked = load(*rows, outcomes=news, user=editor)
    assert counts(checked.court) == (2, 0, 1, 1, 0)
    # The operator's word counts at once; an editor's awaits a second person.
    assert list(CaseUpdate.objects.order_by("id").values_list("review", flat=True)) == [
        "approved", "pending",
    ]  # fmt: skip
    only = workbook_of(outcomes=table(outcome_row("A-2")))
    checked = check(only)
    assert said(checked) == []
    importing.load(checked)
    assert CaseUpdate.objects.filter(case__card__ref="A-2").count() == 1


def test_a_person_code_is_the_same_however_it_is_typed():
    load(card_row("A-1"), outcomes=[outcome_row(), outcome_row(case_code="a-02")])
    later = [
        outcome_row(case_code="a-01"),
        outcome_row(case_code="A-02", decided_on="2018-07-01"),
        outcome_row(case_code="B-03"),
        outcome_row(case_code="b-03", decided_on="2018-07-01"),
    ]
    checked = load(card_row("A-1"), outcomes=later)
    assert counts(checked.court) == (4, 2, 1, 1, 0)
    cases = Card.objects.get().cases.order_by("id")
    assert [(case.case_code, case.updates.count()) for case in cases] == [
        ("A-01", 1), ("a-02", 2), ("B-03", 2),
    ]  # fmt: skip


def test_outcomes_find_a_card_by_its_identifier():
    card = make_card("approved")
    importing.load(check(workbook_of(outcomes=table(outcome_row(str(card.uuid))))))
    assert card.cases.get().updates.get().outcome == "fine"
    new = str(uuid.uuid4())
    load(card_row("", uuid=new), outcomes=[outcome_row(new)])
    assert Card.objects.get(uuid=new).cases.count() == 1


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"card": ""}, "card"),
        ({"card": "Z-9"}, "card"),
        ({"case_code": ""}, "case_code"),
        ({"case_code": "Ivan Ivanov"}, "case_code"),
        ({"case_code": "x" * 41}, "case_code"),
        ({"decided_on": "2018-05-09"}, "decided_on"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"article": "489"}, "article"),
        ({"outcome": ""}, "outcome"),
        ({"fine_mci": ""}, "fine_mci"),
        ({"fine_mci": "20 МРП"}, "fine_mci"),
        ({"outcome": "arrest", "arrest_days": ""}, "arrest_days"),
        ({"outcome": "arrest", "arrest_days": "16"}, "arrest_days"),
        ({"observed_by_monitor": ""}, "observed_by_monitor"),
        ({"appeal": "perhaps"}, "appeal"),
    ],
)
def test_each_mistake_in_an_outcome_is_told_at_its_column(changes, column):
    outcomes = [outcome_row("A-1"), outcome_row("A-1", case_code="A-02") | changes]
    checked = check(csv_of(card_row("A-1")), csv_of(*outcomes))
    assert ("outcomes", 3, column) in said(checked)
    assert {(sheet, line) for sheet, line, _column in said(checked)} == {("outcomes", 3)}
    with pytest.raises(ValueError, match="refused"):
        importing.load(checked)
    assert Card.objects.count() == 0


def test_outcomes_of_a_refused_card_are_refused_for_that_reason():
    checked = check(
        csv_of(card_row("A-1", form="gathering"), card_row("A-2")),
        csv_of(outcome_row("A-1"), outcome_row("A-2"), outcome_row("A-3")),
    )
    lines = [r for r in checked.refusals if r.sheet == "outcomes"]
    assert [(refusal.line, refusal.column) for refusal in lines] == [(2, "card"), (4, "card")]
    assert str(lines[0].message) != str(lines[1].message)


def test_the_same_outcome_twice_in_a_file():
    checked = check(csv_of(card_row("A-1")), csv_of(outcome_row(), outcome_row()))
    assert said(checked) == [("outcomes", 3, "case_code")]


def test_outcomes_out_of_the_editors_reach():
    load(card_row("A-1"))
    editor = EditorFactory(all_regions=False, regions=["KZ-71"])
    draft = make_card("draft")
    outcomes = csv_of(outcome_row("A-1"), outcome_row(str(draft.uuid)))
    content = csv_of(card_row("B-1", city="astana"))
    assert said(check(content, outcomes, user=editor)) == [
        ("outcomes", 2, "card"), ("outcomes", 3, "card"),
    ]  # fmt: skip


def test_outcomes_come_in_one_file_only():
    book = workbook_of(cards=table(card_row("A-1")), outcomes=table(outcome_row()))
    assert said(check(book)) == []
    with pytest.raises(importing.Unreadable):
        check(book, csv_of(outcome_row()))
