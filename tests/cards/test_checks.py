"""Every check of the list, with answers on which it speaks and answers on which it does not."""

import datetime
from decimal import Decimal

import pytest

from cards import checks, validators
from cards.checks import CHECKS, Kind
from cards.sections import ANSWERS
from tests.factories import full_answers

CITY = (Decimal("43.25000"), Decimal("76.92000"))
LONG = (
    "People gathered at noon in front of the theatre, spoke for an hour, and were led to the bus. "
    * 2
)
TAKEN = {
    "detained": 3, "police_actions": ("detained",), "in_the_name_of_the_law": "yes",
    "description": LONG,
}  # fmt: skip


def at(hour: int, minute: int = 0) -> datetime.time:
    return datetime.time(hour, minute)


#: Code -> changes to an ordinary card on which it speaks, and those on which it does not.
TABLE: dict[str, tuple[list[dict], list[dict]]] = {
    "police_above_participants": (
        [{"police": 26}, {"police": 1, "participants": 0}],
        [{"police": 25}, {"police": 26, "participants": None}],
    ),
    "nobody_present": (
        [
            {"participants": 100, "akimat_present": "no", "police_present": "no"},
            {"participants": 100, "akimat_present": "unknown", "police_present": "unknown"},
        ],
        [
            {"participants": 99, "akimat_present": "no", "police_present": "no"},
            {"participants": 100, "akimat_present": "yes", "police_present": "no"},
        ],
    ),
    "over_a_day": (
        [{"duration_minutes": 1441}],
        [{"duration_minutes": 1440}, {"duration_minutes": 9000, "form": "hunger_strike"}],
    ),
    "above_participants": (
        [{**TAKEN, "detained": 26}],
        [{**TAKEN, "detained": 25}, {**TAKEN, "detained": 26, "participants": None}],
    ),
    "very_short": (
        [{"duration_minutes": 1}],
        [{"duration_minutes": 2}, {"duration_minutes": 1, "course": "cut_short"}],
    ),
    "at_night": (
        [{"start_time": at(23)}, {"start_time": at(5, 59)}],
        [{"start_time": at(6)}, {"start_time": at(22, 59)}, {"start_time": None},
         {"start_time": at(2), "form": "hunger_strike"}],
    ),
    "far_from_city": (
        [{"latitude": Decimal("51.1"), "longitude": Decimal("71.4")},
         {"latitude": Decimal("43.9"), "longitude": Decimal("76.9")}],
        [{"latitude": Decimal("43.3"), "longitude": Decimal("77.0")},
         {"latitude": None, "longitude": None},
         {"latitude": Decimal("51.1"), "longitude": Decimal("71.4"), "city_position": None}],
    ),
    "day_not_exact": (
        [{"date_precision": "month"}],
        [{"date_precision": "exact"}, {"date_precision": "month", "source": ("participant",)}],
    ),
    "start_unknown": (
        [{"start_time": None}],
        [{"start_time": at(12)}, {"start_time": None, "source": ("official",)}],
    ),
    "second_hand_without_link": (
        [{"source": ("participant",)}, {"source": ("official", "court_record")}],
        [{"source": ("participant",), "source_links": "https://example.org/1"},
         {"source": ("direct", "participant")}, {"source": ()}],
    ),
    "arrival_unknown": (
        [{"arrived_at": None}],
        [{"arrived_at": at(11)}, {"arrived_at": None, "source": ("media",)}],
    ),
    "arrived_after_end": (
        [{"arrived_at": at(14)}],
        [{"arrived_at": at(13, 30)}, {"arrived_at": at(14), "end_time": None},
         {"arrived_at": at(23), "start_time": at(22), "end_time": at(1)},
         {"arrived_at": at(14), "end_date": datetime.date(2018, 5, 12)}],
    ),
    "dispersed_but_held": (
        [{"police_actions": ("dispersed",), "warned_before_dispersal": "yes"}],
        [{"police_actions": ("dispersed",), "course": "cut_short"}, {}],
    ),
    "cut_short_by_nobody": (
        [{"course": "cut_short"}, {"course": "cut_short", "police_actions": ("none",)}],
        [{"course": "cut_short", "police_actions": ("demanded_to_stop",)},
         {"course": "cut_short", "police_actions": ("not_observed",)},
         {"course": "cut_short", "police_actions": ()}],
    ),
    "cut_short_without_duration": (
        [{"course": "cut_short", "duration_minutes": None}],
        [{"course": "cut_short", "duration_minutes": 5}, {"duration_minutes": None}],
    ),
    "prevented_without_force": (
        [{"course": "prevented", "detained": 0}],
        [{"course": "prevented", "detained": 2},
         {"course": "prevented", "detained": 0, "police_actions": ("blocked_access",)},
         {"course": "prevented", "detained": None}],
    ),
    "nobody_took_part": (
        [{"participants": 0}],
        [{"participants": 1}, {"participants": None}, {"participants": 0, "course": "prevented"}],
    ),
    "single_picket_of_many": (
        [{"form": "single_picket", "participants": 2}],
        [{"form": "single_picket", "participants": 1}, {"form": "picket", "participants": 2}],
    ),
    "one_person_alone": (
        [{"form": "rally", "participants": 1}, {"form": "flash_mob", "participants": 1}],
        [{"form": "single_picket", "participants": 1}, {"form": "rally", "participants": 2}],
    ),
    "hunger_strike_open_ended": (
        [{"form": "hunger_strike", "duration_minutes": None}],
        [{"form": "hunger_strike", "duration_minutes": 600},
         {"form": "hunger_strike", "duration_minutes": None,
          "end_date": datetime.date(2018, 5, 20)},
         {"duration_minutes": None}],
    ),
    "procession_without_route": (
        [{"form": "procession"}],
        [{"form": "procession", "place": "Abay Avenue – the square"},
         {"form": "procession", "description": "They walked from the theatre to the akimat."},
         {"form": "procession", "description": "Прошли от театра до акимата."},
         {"form": "rally"}],
    ),
    "organisation_unnamed": (
        [{"organiser_type": "trade_union"}, {"organiser_type": "political_party",
                                             "organiser_name": " "}],
        [{"organiser_type": "trade_union", "organiser_name": "Miners"},
         {"organiser_type": "individual"}],
    ),
    "spontaneous_with_permit": (
        [{"legal_status": "sanctioned", "application_date": datetime.date(2018, 5, 1)}],
        [{"legal_status": "not_requested"},
         {"legal_status": "notified", "organiser_type": "individual"}],
    ),
    "participants_unknown": (
        [{"participants": None, "participants_low": None, "participants_high": None}],
        [{"participants": None}, {"participants": None, "participants_low": None,
                                  "participants_high": None, "source": ("media",)}],
    ),
    "many_counted": (
        [{"participants_basis": "counted", "participants": 1001}],
        [{"participants_basis": "counted", "participants": 1000},
         {"participants_basis": "estimated", "participants": 5000}],
    ),
    "participants_exact_estimate": (
        [{"participants_low": 25, "participants_high": 25}],
        [{"participants_low": 25, "participants_high": 26},
         {"participants_low": None, "participants_high": None},
         {"participants_low": 25, "participants_high": 25, "participants_basis": "counted"}],
    ),
    "participants_words_without_range": (
        [{"participants_basis": "words", "participants_high": None}],
        [{"participants_basis": "words"}, {"participants_high": None}],
    ),
    "application_undated": (
        [{"legal_status": "sanctioned"}, {"legal_status": "requested_refused"}],
        [{"legal_status": "sanctioned", "application_date": datetime.date(2018, 5, 1)},
         {"legal_status": "not_requested"}],
    ),
    "answered_after_assembly": (
        [{"answer_date": datetime.date(2018, 5, 11)}],
        [{"answer_date": datetime.date(2018, 5, 10)}, {"answer_date": None}],
    ),
    "absent_police_warned": (
        [{"police_present": "no", "police_warned": "yes"}],
        [{"police_present": "no", "police_warned": "no"}, {"police_warned": "yes"}],
    ),
    "absent_police_acted": (
        [{"police_present": "no", "police_actions": ("filmed",)}],
        [{"police_present": "no", "police_actions": ("none",)},
         {"police_present": "no", "police_actions": ("not_observed",)},
         {"police_present": "no", "police_actions": ()}],
    ),
    "police_unknown": (
        [{"police": None}],
        [{"police": None, "police_low": 5}, {"police": None, "police_present": "no"},
         {"police": None, "source": ("media",)}],
    ),
    "police_exact_estimate": (
        [{"police_basis": "estimated", "police_low": 10, "police_high": 10}],
        [{"police_low": 10, "police_high": 10}, {"police_basis": "estimated"}],
    ),
    "police_words_without_range": (
        [{"police_basis": "words"}],
        [{"police_basis": "words", "police_low": 8, "police_high": 12}],
    ),
    "warned_of_nothing": (
        [{"warned_before_dispersal": "yes"}, {"warned_before_dispersal": "no"}],
        [{"warned_before_dispersal": "yes", "police_actions": ("dispersed",)},
         {"warned_before_dispersal": "unknown"},
         {"warned_before_dispersal": "yes", "police_actions": ("not_observed",)}],
    ),
    "dispersal_without_answer": (
        [{"police_actions": ("dispersed",)}],
        [{"police_actions": ("dispersed",), "warned_before_dispersal": "no"}, {}],
    ),
    "detained_not_in_conduct": (
        [{**TAKEN, "police_actions": ("observed",)}],
        [TAKEN, {**TAKEN, "police_actions": ("not_observed",)}, {**TAKEN, "police_actions": ()}],
    ),
    "minors_detained_unseen": (
        [{**TAKEN, "detained_minors": 1}],
        [{**TAKEN, "detained_minors": 1, "minors_present": "yes"},
         {**TAKEN, "detained_minors": 0}],
    ),
    "words_do_apply": (
        [{**TAKEN, "in_the_name_of_the_law": "not_applicable"}],
        [TAKEN, {}],
    ),
    "force_without_injuries_known": (
        [{"police_actions": ("force",)}],
        [{"police_actions": ("force",), "injured": 0}, {}],
    ),
    "brief_account": (
        [{**TAKEN, "description": "They were taken."},
         {"detained": None, "police_actions": ("detained",)}],
        [TAKEN, {}],
    ),
    "a_name_in_the_account": (
        [{"description": text} for text in (
            "Задержан А. Б. Иванов.", "Говорил Иванов А.Б. у входа.", "Вышел Марат Жанузаков.",
            "Пришла Әсел Үсенова с плакатом.", "Қайрат Нұрланұлы сөйледі.",
            "The police took Asan Usenov to the bus.",
        )],
        [{"description": text} for text in (
            "Собрались у театра, А-01 и А-02 говорили.", "Площадь Республики, затем улица Абая.",
            "Улица Жансугурова была закрыта.", "Департамент полиции Алматы.",
            "Адамдар алаңға жиналды.", "",
        )],
    ),
    "a_name_in_the_demands": (
        [{"demands": "Свободу Марату Жанузакову"}],
        [{"demands": "Свободу политзаключённым"}, {"demands": ""}],
    ),
    "a_person_as_organisation": (
        [{"organiser_name": "Иванов А. Б."}],
        [{"organiser_name": "Союз горняков Караганды"}, {"organiser_name": ""}],
    ),
}  # fmt: skip


def speaking(changes: dict) -> set[str]:
    answers = {**full_answers(), "city_position": CITY, **changes}
    return {check.code for check in checks.found(answers)}


def test_the_table_here_has_every_check():
    assert list(TABLE) == sorted(TABLE, key=[check.code for check in CHECKS].index)
    assert len(CHECKS) == len(checks.BY_CODE) >= 20


def test_an_ordinary_card_says_nothing():
    assert speaking({}) == set()
    assert checks.asked(full_answers()) == []


@pytest.mark.parametrize("code", TABLE)
def test_each_check_speaks_where_it_should_and_nowhere_else(code):
    odd, ordinary = TABLE[code]
    assert [changes for changes in odd if code not in speaking(changes)] == []
    assert [changes for changes in ordinary if code in speaking(changes)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_names_the_answers_that_it_looks_at(check):
    """The check depends on its fields alone: otherwise what was let stand would not speak again."""
    assert set(check.fields) <= set(ANSWERS)
    assert check.kind in Kind
    assert str(check.message)
    assert str(check.kind.label)
    ordinary = {**full_answers(), "city_position": CITY}
    for changes in TABLE[check.code][0]:
        seen = {name: changes[name] for name in changes if name in check.fields}
        assert check.test({**ordinary, **seen})


def test_an_empty_card_stops_no_check():
    empty = dict.fromkeys(ANSWERS)
    assert [check.code for check in checks.found(empty)] == []


def test_the_monitor_is_asked_about_a_part_of_the_same_list():
    asked = [check for check in CHECKS if check.asks]
    assert [check.code for check in asked] == [
        "police_above_participants", "nobody_present", "over_a_day", "above_participants",
    ]  # fmt: skip
    answers = full_answers(police=26)
    assert [(check.field, check.code) for check in checks.asked(answers)] == [
        ("police", "police_above_participants")
    ]


def test_what_is_impossible_is_no_matter_for_a_check():
    """Checks flag what may be right; what cannot be is refused before."""
    contradiction = full_answers(police_actions=("detained",), detained=0)
    assert validators.impossible(contradiction, datetime.date(2026, 1, 1))
    assert "detained_not_in_conduct" not in speaking(contradiction)
