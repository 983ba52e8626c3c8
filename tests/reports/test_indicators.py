"""Every record has its paper, and its formula does what the paper says."""

import pytest
from django.utils.translation import override
from hypothesis import given

from reports import indicators
from reports.indicators import INDICATORS
from reports.tables import TABLES
from reports.types import TOTAL, Facts, Sum, Value
from tests.reports.material import OWN, PLACES, PUBLIC, Little, facts_of
from tests.reports.strategies import little_cards, whole_reports

NOBODY = facts_of([])


def at(code: str, cards, place: str = TOTAL, category: str = "", **more) -> Value:
    """An indicator over little cards."""
    return indicators.get(code).at(facts_of(cards, **more), place, category)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.code)
def test_every_record_has_its_paper(indicator):
    with override("en"):
        for text in ("name", "definition", "formula", "missing", "source"):
            assert str(getattr(indicator, text)).strip(), text
    assert indicator.decimals >= 0
    assert indicator.tables
    assert set(indicator.tables) <= set(TABLES)


def test_codes_are_unique_and_found():
    codes = [each.code for each in INDICATORS]
    assert len(set(codes)) == len(codes)
    assert [indicators.get(code) for code in codes] == list(INDICATORS)
    with pytest.raises(KeyError):
        indicators.get("no_such_index")


def test_the_three_indices_come_first():
    assert [each.code for each in INDICATORS[:3]] == [
        "rally_activity",
        "law_abidance",
        "police_control",
    ]


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda each: each.code)
def test_of_nothing_there_is_no_share_and_no_mean(indicator):
    value = indicator.at(Facts(OWN, {}, {}, {}, 0))
    if indicator.unit in ("count", "people") and value.value is not None:
        assert value.value == 0
    else:
        assert value.value is None


def test_rally_activity_divides_by_the_months_covered():
    covered = {"almaty": 6.0, "astana": 12.0}
    cards = [Little(place="almaty")] * 3 + [Little(place="astana")]
    assert at("rally_activity", cards, "almaty", covered=covered) == Value(0.5, 3, 6.0, 3, 0)
    assert at("rally_activity", cards, covered=covered) == Value(4 / 12, 4, 12.0, 4, 0)


def test_a_place_nobody_watched_has_no_value_rather_than_zero():
    covered = {"almaty": 12.0, "astana": 0.0}
    assert at("assemblies", [Little()], "astana", covered=covered).value is None
    assert at("rally_activity", [Little()], "astana", covered=covered).value is None
    assert at("assemblies", [Little(place="almaty")], "semey", covered={"semey": 1.0}).value == 0


def test_law_abidance_leaves_out_what_the_law_does_not_judge():
    cards = [
        Little(sanction="sanctioned"),
        Little(sanction="unsanctioned"),
        Little(sanction="unsanctioned"),
        Little(sanction="outside"),
    ]
    assert at("law_abidance", cards) == Value(100 / 3, 1, 3, n=3, unknown=1)
    assert at("unsanctioned_share", cards) == Value(200 / 3, 2, 3, n=3, unknown=1)
    assert at("law_abidance", [Little(sanction="outside")]) == Value(None, 0, 0, n=0, unknown=1)


def test_none_of_the_known_is_zero_and_none_of_none_is_nothing():
    assert at("law_abidance", [Little()] * 32).value == 0
    assert at("law_abidance", []).value is None


def test_police_control_is_a_ratio_of_sums_over_cards_that_know_both():
    cards = [
        Little(participants=100, police=10, spread=5),
        Little(participants=10, police=20, spread=5),
        Little(participants=1000, police=None),
        Little(participants=None, police=7),
    ]
    value = at("police_control", cards)
    assert (value.numerator, value.denominator, value.n, value.unknown) == (30, 110, 2, 2)
    assert value.value == 30 / 110
    assert value.low == (5 + 15) / (105 + 15)
    assert value.high == (15 + 25) / (95 + 5)


def test_police_without_participants_give_no_index():
    assert at("police_control", [Little(participants=0, police=5)]).value is None


def test_unknown_numbers_are_left_out_of_sums_and_means():
    cards = [Little(participants=None), Little(participants=20, spread=4), Little(participants=0)]
    assert at("participants", cards) == Value(20, n=2, unknown=1, low=16, high=24)
    assert at("mean_participants", cards) == Value(10, 20, 2, 2, 1, 8, 12)
    assert at("participants", [Little(participants=None)]) == Value(n=0, unknown=1)


def test_public_organisations_are_three_kinds_of_organiser():
    cards = [Little(organiser=kind) for kind in PUBLIC] + [
        Little(organiser="individual"),
        Little(organiser="unknown"),
    ]
    value = at("organiser_share", cards, category="public_organisations")
    assert value == Value(75, 3, 4, n=4, unknown=1)


def test_an_unknown_reason_stays_in_the_denominator():
    cards = [Little(reason="unknown")] * 3 + [Little(reason="spontaneous"), Little()]
    assert at("reason_share", cards, category="unknown") == Value(75, 3, 4, n=4, unknown=0)


def test_warnings_of_which_nothing_is_known_are_not_zero():
    cards = [Little(police_present="unknown")] * 2
    assert at("police_present", cards) == Value(None, n=0, unknown=2)
    assert at("police_present", [*cards, Little(police_present="no")]).value == 0


def test_detentions_count_assemblies_and_people():
    cards = [Little(detained=3), Little(detained=0), Little(detained=None)]
    assert at("assemblies_with_detentions", cards) == Value(1, n=2, unknown=1)
    assert at("assemblies_ending_in_detention", cards) == Value(50, 1, 2, 2, 1)
    assert at("detained", cards) == Value(3, n=2, unknown=1)


def test_convictions_are_penalties_not_pending_or_ended_cases():
    cards = [Little(cases=("fine", "arrest", "pending", "terminated", "community_work"))]
    assert at("convicted", cards) == Value(3, n=5, unknown=1)
    assert at("outcome_share", cards, category="fine") == Value(100 / 3, 1, 3, 3, 1)
    assert at("outcome_people", cards, category="restriction") == Value(0, n=5, unknown=0)


def test_reaching_court_asks_unsanctioned_assemblies_only():
    cards = [
        Little(cases=("pending",)),
        Little(),
        Little(sanction="sanctioned", cases=("fine",)),
        Little(sanction="outside"),
    ]
    assert at("unsanctioned_reaching_court", cards) == Value(50, 1, 2, n=2, unknown=1)
    assert at("reached_court", cards).value == 1
    assert at("in_court", cards).value == 2


def test_arbitrary_detentions_are_a_share_of_those_where_it_is_known():
    sums = {
        ("almaty", "assemblies"): Sum(5, 5),
        ("almaty", "with_detentions"): Sum(5, 4),
        ("almaty", "arbitrary"): Sum(3, 2),
    }
    facts = Facts(OWN, {}, sums, {}, 12)
    assert indicators.get("arbitrary_share").at(facts) == Value(200 / 3, 2, 3, n=3, unknown=1)


def test_prevented_actions_are_told_apart():
    sums = {
        ("almaty", "prevented"): Sum(2, 2),
        ("almaty", "prevented_detained"): Sum(1, 30),
        ("almaty", "prevented_convicted"): Sum(4, 3),
    }
    facts = Facts(OWN, {}, sums, {}, 12)
    assert indicators.get("prevented_assemblies").at(facts).value == 2
    assert indicators.get("prevented_detained").at(facts).value == 30
    assert indicators.get("prevented_convicted").at(facts).value == 3
    assert indicators.get("assemblies").at(facts).value == 0


def test_answers_to_applications():
    sums = {("almaty", "answer_days"): Sum(4, 30), ("almaty", "answered_late"): Sum(4, 1)}
    facts = Facts(OWN, {}, sums, {}, 12)
    assert indicators.get("mean_answer_days").at(facts).value == 7.5
    assert indicators.get("answers_late").at(facts).value == 1
    assert indicators.get("answers_late_share").at(facts).value == 25


def test_the_median_comes_with_the_facts():
    facts = Facts(OWN, {}, {}, {}, 12, {(TOTAL, "police_per_participant"): 0.4})
    median = indicators.get("median_police_per_participant")
    assert median.at(facts).value == 0.4
    assert median.at(facts, "almaty").value is None


def test_places_without_assemblies_are_monitored_ones():
    covered = {"almaty": 12.0, "astana": 12.0, "semey": 0.0}
    assert at("places_without_assemblies", [Little()], covered=covered).value == 1


def test_cards_behind_a_value():
    share = indicators.get("form_share")
    assert share.cards("almaty", "rally") == {
        "counted": "yes",
        "place": "almaty",
        "form": "rally",
    }
    assert indicators.get("reached_court").cards() == {
        "counted": "yes",
        "sanction": "unsanctioned",
        "court": "yes",
    }
    assert indicators.get("prevented_assemblies").cards() == {
        "course": "prevented",
        "status": "approved",
    }
    assert indicators.get("mean_answer_days").cards() is None


@whole_reports
@given(little_cards)
def test_a_value_never_claims_more_cards_than_there_are(cards):
    facts = facts_of(cards)
    for indicator in INDICATORS:
        for place in (TOTAL, *PLACES):
            value = indicator.at(facts, place)
            if value.unknown is not None:
                assert value.unknown >= 0, indicator.code
            if value.value is None or value.low is None or value.high is None:
                continue
            assert value.low <= value.value <= value.high, indicator.code


@whole_reports
@given(little_cards)
def test_shares_lie_between_nothing_and_all(cards):
    facts = facts_of(cards)
    for indicator in INDICATORS:
        if indicator.unit == "percent" and indicator.code != "detained_share_of_participants":
            value = indicator.at(facts).value
            assert value is None or 0 <= value <= 100 + 1e-9, indicator.code
