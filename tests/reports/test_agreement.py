"""Agreement of two monitors in the annex: which merges it is taken over, and what it says."""

import datetime

import pytest
from django.utils import translation

from cards import merging, workflow
from cards.models import Merge
from reports import source
from reports.narrative import annex
from reports.types import Agreement
from tests.cards.test_merging import approved, merged, two_cards
from tests.factories import EditorFactory

pytestmark = pytest.mark.django_db


def agreement(period: str = "2018") -> Agreement:
    return source.gather(period).facts[period].agreement


def pair(**changes) -> Merge:
    """A merged pair whose card is approved."""
    made = merged(*two_cards("approved", **changes))
    approved(made.card)
    return made


def words(found: Agreement) -> list[str]:
    """The blocks as printed in English, line by line."""
    with translation.override("en"):
        blocks = annex._agreement(found)
        return [str(blocks[0].text)] + [
            " | ".join(map(str, line)) for block in blocks[1:] for line in block.lines
        ]


@pytest.mark.slow
def test_it_is_taken_over_merges_that_stand_in_the_period(reference):
    made = pair()
    merged(*two_cards("approved"))  # its card awaits approval
    undone = pair()
    merging.unmerge(undone, actor=EditorFactory(), reason="Two assemblies")
    later = {"date": datetime.date(2017, 5, 10)}
    earlier = merged(*two_cards("approved", **later), choices=None)
    workflow.apply(earlier.card, "reject", actor=EditorFactory(), reason="Not an assembly")
    found = agreement()
    assert (found.pairs, found.compared, found.agreed) == (1, made.compared, made.agreed)
    assert {code: bool(same) for code, _name, _n, same in found.questions} == made.agreement
    assert agreement("2017") == Agreement()


def test_the_fingerprint_of_a_report_knows_it(reference):
    made = pair()
    before = source.gather("2018").fingerprint
    Merge.objects.filter(pk=made.pk).update(agreement={**made.agreement, "form": False})
    assert source.gather("2018").fingerprint != before


@pytest.mark.slow
def test_the_annex_says_how_far_two_cards_agree(reference):
    for _pair in range(2):
        pair(minors_present="no")
    pair(minors_present="yes")
    found = agreement()
    first, *lines = words(found)
    assert first.startswith(
        "3 assemblies were recorded on two cards each, which were merged. Of the answers that both"
        f" cards give, {100 * found.agreed / found.compared:.1f}% agree"
    )
    assert f"({found.agreed} of {found.compared})" in first
    assert lines == [
        "Participants, best estimate | 3 | 0 | 0%",
        "What the police did | 3 | 0 | 0%",
        "Start | 3 | 0 | 0%",
        "Were minors present | 3 | 2 | 66.7%",
    ]


def test_nothing_is_ranked_on_one_pair_and_nothing_said_without_one(reference):
    pair()
    assert len(words(agreement())) == 1
    assert annex._agreement(Agreement()) == []


def test_it_stands_in_the_report(reference):
    pair()
    with translation.override("en"):
        report = source.gather("2018").report
        (chapter,) = [each for each in report.chapters if each.code == "annex"]
        texts = [str(block.text) for block in chapter.blocks]
    assert any("1 assembly was recorded on two cards" in text for text in texts)
