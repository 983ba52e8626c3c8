"""Every rule of the card: each case gives the whole dictionary of errors, nothing beside it."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import validators
from tests.factories import full_answers, outcome_answers

TODAY = datetime.date(2018, 12, 31)
DAY = datetime.timedelta(days=1)
DATE = datetime.date(2018, 5, 10)


def clock(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


def codes_of(problems) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in problems:
        assert str(problem.message)
        found.setdefault(problem.field, []).append(problem.code)
    return found


def errors(**changes) -> dict[str, list[str]]:
    """Field -> codes of all that keeps a valid card with these changes from being submitted."""
    answers = {**full_answers(), **changes}
    return codes_of([*validators.missing(answers), *validators.impossible(answers, TODAY)])


def test_the_card_of_the_factories_is_without_error():
    assert errors() == {}


REQUIRED = {
    "date": {},
    "date_precision": {},
    "city": {},
    "place": {},
    "place_type": {},
    "source": {},
    "course": {},
    "peaceful": {},
    "form": {},
    "topic": {},
    "organiser_type": {},
    "attributes": {},
    "minors_present": {},
    "legal_status": {},
    "prosecutor_present": {},
    "prosecutor_warned": {},
    "akimat_present": {},
    "akimat_warned": {},
    # Police were counted, so an open answer contradicts the number as well.
    "police_present": {"police_present": ["required", "counted"]},
    "police_warned": {},
    "plain_clothes": {},
    "police_actions": {},
    "warned_before_dispersal": {},
    "in_the_name_of_the_law": {},
    "description": {},
}


def test_what_is_required_is_what_the_paper_card_requires():
    assert set(validators.REQUIRED) == set(REQUIRED)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [None, "", ()])
def test_each_required_question_must_be_answered(name, empty):
    assert errors(**{name: empty}) == (REQUIRED[name] or {name: ["required"]})


RULES = {
    # identification
    "date in the future": ({"date": TODAY + DAY}, {"date": ["future"]}),
    "date today": ({"date": TODAY}, {}),
    "a year mistyped": ({"date": datetime.date(18, 5, 10)}, {"date": ["too_early"]}),
    "before anything was monitored": (
        {"date": datetime.date(1989, 12, 31), "application_date": None},
        {"date": ["too_early"]},
    ),
    "the first year": ({"date": datetime.date(1990, 1, 1)}, {}),
    "an inexact date": ({"date_precision": "month"}, {}),
    "last day before the first": ({"end_date": DATE - DAY}, {"end_date": ["before_start"]}),
    "last day in the future": ({"end_date": TODAY + DAY}, {"end_date": ["future"]}),
    "last day later": ({"end_date": DATE + 3 * DAY}, {}),
    "past midnight": ({"start_time": clock("22:00"), "end_time": clock("01:30")}, {}),
    "no time passes": (
        {"start_time": clock("12:00"), "end_time": clock("12:00")},
        {"end_time": ["no_duration"]},
    ),
    "a day and a night": (
        {"start_time": clock("12:00"), "end_time": clock("12:00"), "end_date": DATE + DAY},
        {},
    ),
    "start only": ({"end_time": None}, {}),
    "duration of nothing": (
        {"start_time": None, "end_time": None, "duration_minutes": 0},
        {"duration_minutes": ["not_positive"]},
    ),
    "latitude alone": ({"latitude": 43.2}, {"longitude": ["together"]}),
    "longitude alone": ({"longitude": 76.9}, {"latitude": ["together"]}),
    "both degrees": ({"latitude": 43.2, "longitude": 76.9}, {}),
    "latitude 0 alone": ({"latitude": 0}, {"longitude": ["together"]}),
    # source
    "media without a link": ({"source": ("media",)}, {"source_links": ["required"]}),
    "social networks without a link": (
        {"source": ("direct", "social_media")},
        {"source_links": ["required"]},
    ),
    "media with links": (
        {"source": ("media",), "source_links": "https://example.org/a\nhttp://example.org/b"},
        {},
    ),
    "a link that is none": (
        {"source_links": "https://example.org/a\nexample.org"},
        {"source_links": ["not_an_address"]},
    ),
    "two links that are none": (
        {"source_links": "ftp://example.org javascript:alert(1)"},
        {"source_links": ["not_an_address"]},
    ),
    # assembly
    "another form unnamed": ({"form": "other"}, {"form_other": ["required"]}),
    "another form named": ({"form": "other", "form_other": "Hunger strike"}, {}),
    "no attributes and one": ({"attributes": ("chants", "none")}, {"attributes": ["alone"]}),
    "attributes not observed and one": (
        {"attributes": ("not_observed", "none")},
        {"attributes": ["alone"]},
    ),
    "no attributes": ({"attributes": ("none",)}, {}),
    "prevented": ({"course": "prevented", "inclusion": "excluded"}, {}),
    "prevented and counted": (
        {"course": "prevented", "inclusion": "counted", "inclusion_reason": "Important"},
        {"inclusion": ["prevented"]},
    ),
    "violent": ({"peaceful": "no", "inclusion": "excluded"}, {}),
    "violent and counted": (
        {"peaceful": "no", "inclusion": "counted"},
        {"inclusion_reason": ["required"]},
    ),
    "violent and counted for a reason": (
        {"peaceful": "no", "inclusion": "counted", "inclusion_reason": "The first stage was not"},
        {},
    ),
    "excluded for no reason": (
        {"inclusion": "excluded", "inclusion_reason": "  "},
        {"inclusion_reason": ["required"]},
    ),
    # permit
    "no reason asked": ({"reason_not_requested": ""}, {"reason_not_requested": ["required"]}),
    "reason not known": ({"reason_not_requested": "unknown"}, {}),
    "no ground given": ({"legal_status": "requested_refused"}, {"refusal_ground": ["required"]}),
    "ground given": ({"legal_status": "requested_refused", "refusal_ground": "Repairs"}, {}),
    "applied after the day": (
        {"application_date": DATE + DAY},
        {"application_date": ["after_date"]},
    ),
    "applied on the day": ({"application_date": DATE}, {}),
    "answered before applying": (
        {"application_date": DATE, "answer_date": DATE - DAY},
        {"answer_date": ["before_application"]},
    ),
    "answered after the assembly": (
        {"application_date": DATE - 9 * DAY, "answer_date": DATE + 9 * DAY},
        {},
    ),
    # authorities
    "an absent prosecutor warned": (
        {"prosecutor_warned": "yes"},
        {"prosecutor_warned": ["not_present"]},
    ),
    "an akimat not seen warned": (
        {"akimat_present": "unknown", "akimat_warned": "yes"},
        {"akimat_warned": ["not_present"]},
    ),
    "a present akimat warned": ({"akimat_present": "yes", "akimat_warned": "yes"}, {}),
    "police counted, not present": ({"police_present": "no"}, {"police_present": ["counted"]}),
    "police counted, not known": ({"police_present": "unknown"}, {"police_present": ["counted"]}),
    "no police counted": ({"police": 0, "police_present": "no"}, {}),
    "conduct not observed and filmed": (
        {"police_actions": ("filmed", "not_observed")},
        {"police_actions": ["alone"]},
    ),
    # detentions
    "detentions open": ({"detained": None}, {"detained": ["required"]}),
    "detentions not known": ({"detained": None, "detained_unknown": True}, {}),
    "known and not known": (
        {"detained": 2, "detained_unknown": True},
        {"detained": ["known_and_not"]},
    ),
    "police detained nobody": (
        {"police_actions": ("detained",)},
        {"detained": ["police_detained"]},
    ),
    "police detained people": ({"police_actions": ("detained",), "detained": 1}, {}),
    "police detained, number not known": (
        {"police_actions": ("detained",), "detained": None, "detained_unknown": True},
        {},
    ),
    "more than participants": ({"detained": 40}, {}),
    "more of every kind": (
        {"detained": 2, "detained_minors": 3, "detained_before": 3, "released_without_report": 3},
        {
            "detained_minors": ["above_detained"],
            "detained_before": ["above_detained"],
            "released_without_report": ["above_detained"],
        },
    ),
    "all of every kind": (
        {"detained": 2, "detained_minors": 2, "detained_before": 2, "released_without_report": 2},
        {},
    ),
    "minors of a number not known": (
        {"detained": None, "detained_unknown": True, "detained_minors": 3},
        {},
    ),
    # many at once
    "a card hardly begun": (
        {
            "date": None,
            "city": None,
            "form": None,
            "topic": None,
            "source": (),
            "place": "",
            "participants_basis": "",
            "police_basis": "",
            "detained": None,
            "description": "",
        },
        {
            "date": ["required"],
            "city": ["required"],
            "place": ["required"],
            "source": ["required"],
            "form": ["required"],
            "topic": ["required"],
            "description": ["required"],
            "participants_basis": ["required"],
            "police_basis": ["required"],
            "detained": ["required"],
        },
    ),
}


@pytest.mark.parametrize("case", RULES)
def test_each_rule_with_the_whole_dictionary_of_errors(case):
    changes, expected = RULES[case]
    assert errors(**changes) == expected


@pytest.mark.parametrize("subject", ["participants", "police"])
@pytest.mark.parametrize(
    ("best", "low", "high", "basis", "expected"),
    [
        (25, 20, 30, "estimated", {}),
        (25, 25, 25, "counted", {}),
        (None, None, None, "", {}),
        (0, None, None, "counted", {}),
        (25, 26, 30, "estimated", {"_low": ["above_best"]}),
        (25, 20, 24, "estimated", {"_high": ["below_best"]}),
        (25, 26, 24, "estimated", {"_low": ["above_best"], "_high": ["below_best"]}),
        (None, 30, 20, "estimated", {"_high": ["below_low"]}),
        (None, 20, 30, "estimated", {}),
        (25, 25, None, "at_least", {}),
        (25, 25, 30, "at_least", {"_high": ["at_least"]}),
        (25, 20, 24, "at_least", {"_high": ["below_best", "at_least"]}),
        (25, None, 25, "up_to", {}),
        (25, None, None, "", {"_basis": ["required"]}),
        (0, None, None, "", {"_basis": ["required"]}),
        (None, 20, None, "", {"_basis": ["required"]}),
        (None, None, 30, "", {"_basis": ["required"]}),
    ],
)
def test_a_count_grows_from_low_to_high_and_says_where_it_comes_from(
    subject, best, low, high, basis, expected
):
    numbers = {subject: best, f"{subject}_low": low, f"{subject}_high": high}
    found = errors(**numbers, **{f"{subject}_basis": basis})
    assert found == {f"{subject}{end}": codes for end, codes in expected.items()}


CONDITIONS = {
    "source_links": ("source", [("media",), ("official", "social_media")], [("direct",), ()]),
    "form_other": ("form", ["other"], ["rally", None]),
    "reason_not_requested": ("legal_status", ["not_requested"], ["sanctioned", ""]),
    "refusal_ground": ("legal_status", ["requested_refused"], ["requested_no_answer", "unknown"]),
    "application_date": (
        "legal_status",
        ["requested_refused", "requested_no_answer", "requested_other_place", "sanctioned"]
        + ["notified"],
        ["not_requested", "not_required", "unknown", ""],
    ),
    "answer_date": (
        "legal_status",
        ["requested_refused", "requested_other_place", "sanctioned", "notified"],
        ["requested_no_answer", "not_requested"],
    ),
    "organiser_name": (
        "organiser_type",
        ["public_organisation", "political_party", "trade_union"],
        ["individual", "spontaneous_group", "unknown", ""],
    ),
    "prosecutor_warned": ("prosecutor_present", ["yes"], ["no", "unknown", ""]),
    "akimat_warned": ("akimat_present", ["yes"], ["no", "unknown", ""]),
}


def test_the_conditional_questions_are_these():
    assert {question.field for question in validators.CONDITIONAL} == set(CONDITIONS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_conditional_question_is_asked_when_it_should_be(name):
    on, asked, unasked = CONDITIONS[name]
    question = next(row for row in validators.CONDITIONAL if row.field == name)
    assert question.on == on
    assert all(question.asked({on: value}) for value in asked)
    assert not any(question.asked({on: value}) for value in unasked)
    assert not question.asked({})


@pytest.mark.parametrize(
    ("start", "end", "last", "minutes"),
    [
        ("12:00", "13:30", None, 90),
        ("23:30", "00:15", None, 45),
        ("00:00", "23:59", None, 1439),
        ("12:00", "12:00", None, 0),
        ("12:00", "12:00", DATE + DAY, 1440),
        ("18:00", "09:00", DATE + DAY, 900),
        ("10:00", "11:00", DATE + 10 * DAY, 10 * 1440 + 60),
        ("10:00", "11:00", DATE, 60),
        ("23:00", "01:00", DATE, 120),
        ("10:00", "11:00", DATE - DAY, 60),
        (None, "11:00", None, None),
        ("10:00", None, DATE + DAY, None),
    ],
)
def test_the_duration_across_midnight_and_days(start, end, last, minutes):
    answers = {
        "date": DATE,
        "start_time": start and clock(start),
        "end_time": end and clock(end),
        "end_date": last,
    }
    assert validators.duration_minutes(answers) == minutes


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ({"start_time": clock("22:00"), "end_time": clock("01:00")}, {"duration_minutes": 180}),
        # A typed duration stays where the times are not known, and gives way where they are.
        ({"start_time": None, "duration_minutes": 45}, {"duration_minutes": 45}),
        ({"duration_minutes": 45}, {"duration_minutes": 90}),
        ({"end_date": DATE}, {"end_date": None}),
        # A year mistyped gives no duration that the column could not hold.
        ({"end_date": datetime.date(9999, 5, 10)}, {"duration_minutes": 90}),
        ({"legal_status": "sanctioned"}, {"reason_not_requested": ""}),
        ({"legal_status": ""}, {"reason_not_requested": "spontaneous"}),
        ({"form_other": "Flash mob"}, {"form_other": ""}),
        ({"form": "other", "form_other": "Flash mob"}, {"form_other": "Flash mob"}),
        ({"detained": 5, "detained_unknown": True}, {"detained_unknown": False}),
        ({"detained": None, "detained_unknown": True}, {"detained_unknown": True}),
        ({"prosecutor_present": "no", "prosecutor_warned": ""}, {"prosecutor_warned": "no"}),
        ({"akimat_present": "unknown", "akimat_warned": ""}, {"akimat_warned": "unknown"}),
        ({"akimat_present": "yes", "akimat_warned": ""}, {"akimat_warned": ""}),
        # A contradiction is shown, never mended in silence.
        ({"akimat_present": "no", "akimat_warned": "yes"}, {"akimat_warned": "yes"}),
        ({"in_the_name_of_the_law": ""}, {"in_the_name_of_the_law": "not_applicable"}),
        ({"detained": 2, "in_the_name_of_the_law": ""}, {"in_the_name_of_the_law": ""}),
        (
            {"detained": None, "detained_unknown": True, "in_the_name_of_the_law": ""},
            {"in_the_name_of_the_law": ""},
        ),
    ],
)
def test_what_follows_from_other_answers_is_filled_in(given, becomes):
    tidied = validators.tidy({**full_answers(), **given})
    assert {name: tidied[name] for name in becomes} == becomes
    assert validators.tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("course", "peaceful", "inclusion"),
    [
        ("held", "yes", "counted"),
        ("held", "unknown", "counted"),
        ("cut_short", "yes", "counted"),
        ("held", "no", "excluded"),
        ("cut_short", "no", "excluded"),
        ("prevented", "yes", "excluded"),
        ("prevented", "no", "excluded"),
        ("", "", "counted"),
    ],
)
def test_what_counts_by_rule(course, peaceful, inclusion):
    answers = {"course": course, "peaceful": peaceful}
    assert validators.default_inclusion(answers) == inclusion


OUTCOMES = {
    "complete": ({}, {}),
    "nothing": (
        dict.fromkeys(outcome_answers(), None),
        {
            "case_code": ["required"],
            "article": ["required"],
            "outcome": ["required"],
            "observed_by_monitor": ["required"],
            "appeal": ["required"],
        },
    ),
    "a name": ({"case_code": "Asan Usenov"}, {"case_code": ["a_name"]}),
    "a name in Cyrillic": ({"case_code": "Әсел Үсенова"}, {"case_code": ["a_name"]}),
    "a code of two parts": ({"case_code": "A 01"}, {}),
    "decided before": ({"decided_on": DATE - DAY}, {"decided_on": ["before_card"]}),
    "decided on the day": ({"decided_on": DATE}, {}),
    "decided in the future": ({"decided_on": TODAY + DAY}, {"decided_on": ["future"]}),
    "day not known": ({"decided_on": None}, {}),
    "a fine of nothing": ({"fine_mci": None}, {"fine_mci": ["required"]}),
    "a fine of zero": ({"fine_mci": 0}, {"fine_mci": ["required"]}),
    "a fine in tenge": ({"fine_mci": None, "fine_kzt": 48_100}, {}),
    "arrest without days": ({"outcome": "arrest"}, {"arrest_days": ["required"]}),
    "no day": ({"outcome": "arrest", "arrest_days": 0}, {"arrest_days": ["range"]}),
    "15 days": ({"outcome": "arrest", "arrest_days": 15}, {}),
    "16 days under 488": (
        {"outcome": "arrest", "arrest_days": 16},
        {"arrest_days": ["under_488"]},
    ),
    "75 days": ({"outcome": "arrest", "arrest_days": 75, "article": "uk_400"}, {}),
    "76 days": (
        {"outcome": "arrest", "arrest_days": 76, "article": "uk_400"},
        {"arrest_days": ["range"]},
    ),
    "a warning needs no amount": ({"outcome": "warning", "fine_mci": None}, {}),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_each_rule_of_a_court_outcome(case):
    changes, expected = OUTCOMES[case]
    outcome = outcome_answers(**changes)
    assert codes_of(validators.outcome_problems(outcome, DATE, TODAY)) == expected


def test_a_decision_on_a_card_without_a_date_is_only_compared_with_today():
    outcome = outcome_answers(decided_on=datetime.date(1999, 1, 1))
    assert validators.outcome_problems(outcome, None, TODAY) == []


@pytest.mark.slow
@given(st.from_regex(validators._PLAIN_ADDRESS, fullmatch=True))
def test_an_address_that_gets_no_long_look_would_stand_it(address):
    validators._URL(address)


@pytest.mark.parametrize(
    "address",
    ["https://example", "https://-a.org", "https://a..org", "https://a.o", "https://a.org/a b",
     "javascript://example.org/", "https://a.org/«x»", "https://a.org\n", "https://a.org:99999999"],
)  # fmt: skip
def test_other_addresses_get_the_long_look(address):
    assert not validators._PLAIN_ADDRESS.fullmatch(address)
