"""Generated sentences: right for none, one and many, for known and unknown, for more and fewer."""

import dataclasses
import datetime

import pytest
from django.utils.translation import override

from reports import source
from reports.build import build
from reports.narrative.legislation import acts_of
from reports.types import TOTAL, Facts, Sum
from tests.reports.material import (
    OWN,
    PERIODS,
    PLACES,
    VOCABULARY,
    Little,
    facts_of,
    printed,
    report_of,
    year,
)


def said(report, chapter: str) -> list[str]:
    """Paragraphs and list items of a chapter, in English."""
    blocks = next(each.blocks for each in report.chapters if each.code == chapter)
    with override("en"):
        return [
            text
            for block in blocks
            if block.kind in ("text", "list")
            for text in (str(block.text), *map(str, block.items))
        ]


def before(table: str, column: str, text: str, unit: str = "count", row: str = TOTAL):
    """A figure printed for the period before."""
    return (printed(table, "2017", row, column, text, unit), "2017")


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ([], "In 2018 monitors recorded no assembly."),
        ([Little()], "In 2018 monitors recorded 1 assembly in 1 place."),
        ([Little()] * 2, "In 2018 monitors recorded 2 assemblies in 1 place."),
        (
            [Little(), Little(place="astana")],
            "In 2018 monitors recorded 2 assemblies in 2 places.",
        ),
    ],
)
def test_none_one_and_many_assemblies(cards, sentence):
    assert said(report_of(cards), "overall")[0] == sentence


@pytest.mark.parametrize(
    ("was", "sentence"),
    [
        ("1", "This is 1 more than in the period before (2017: 1)."),
        ("2", "In the period before (2017) the figure was the same."),
        ("5", "This is 3 fewer than in the period before (2017: 5)."),
    ],
)
def test_numbers_are_compared_with_the_period_before(was, sentence):
    report = report_of([Little()] * 2, [before("2", "assemblies", was)])
    assert said(report, "overall")[0].endswith(sentence)


@pytest.mark.parametrize(
    ("was", "sentence"),
    [
        ("3.0", "The figure has fallen: in the period before (2017) it was 3.0."),
        ("2.7", "In the period before (2017) the figure was the same."),
        ("0.14", "The figure has grown: in the period before (2017) it was 0.14."),
    ],
)
def test_indices_are_compared_at_the_places_that_both_have(was, sentence):
    report = report_of([Little()] * 32, [before("3", "rally_activity_index", was)])
    assert said(report, "activity")[0].endswith(sentence)


def test_without_a_period_before_nothing_is_compared():
    report = report_of([Little()] * 2, periods=(OWN,))
    assert said(report, "overall")[0] == "In 2018 monitors recorded 2 assemblies in 1 place."


def test_a_period_before_that_rests_on_cards_is_compared_too():
    periods = (year(2017), OWN)
    facts = {"2017": facts_of([Little()] * 3, periods[0]), "2018": facts_of([Little()])}
    report = build(OWN, facts, [], VOCABULARY, periods, False)
    assert "2 fewer" in said(report, "overall")[0]


def test_places_are_ranked_and_ties_named_together():
    cards = [Little(place="semey")] * 3 + [Little(place="almaty")] * 2 + [Little(place="astana")]
    assert said(report_of(cards), "overall")[1].startswith(
        "First comes semey: 3 assemblies, 50% of all. Next: almaty (2)."
    )
    cards += [Little(place="almaty")]
    assert said(report_of(cards), "overall")[1].startswith(
        "First come almaty and semey with 3 assemblies each, 42.9% of all."
    )


def test_nothing_is_ranked_on_one_assembly():
    cards = [Little(place=place) for place in PLACES[:3]]
    text = " ".join(said(report_of(cards), "overall"))
    assert "First" not in text
    assert "Next" not in text


def test_an_index_of_one_card_is_not_the_highest():
    cards = [Little(place="astana", police=100)] + [Little(place="almaty")] * 2
    text = " ".join(said(report_of(cards), "police"))
    assert "highest in: almaty (0.50)" in text


def test_monitored_places_without_assemblies_are_told():
    assert (
        "Of the monitored places (4) 3 had no assembly."
        in said(report_of([Little()] * 2), "overall")[1]
    )


def test_the_periods_with_most_and_fewest():
    cells = [
        (printed("2", "2016", TOTAL, "assemblies", "52"), "2016"),
        before("2", "assemblies", "36"),
    ]
    text = said(report_of([Little()] * 40, cells), "overall")[-1]
    assert text.startswith("Of the periods in the table most assemblies were recorded in 2016 (52)")
    assert "fewest in 2017 (36)" in text


def test_shares_that_moved_are_told_with_both_figures():
    cells = [
        before("4", "share", "5.5%", "percent", row="political"),
        before("4", "share", "16.6%", "percent", row="economic"),
        before("4", "share", "78%", "percent", row="social"),
    ]
    text = said(report_of([Little(topic="free_education"), Little()], cells), "character")[1]
    assert text == (
        "Since the period before (2017) grew: political (from 5.5% to 50%) and economic (from"
        " 16.6% to 50%). Since the period before (2017) fell: social (from 78% to 0%)."
    )


def test_topics_are_told_with_number_and_share():
    text = said(report_of([Little()] * 3 + [Little(topic="eviction")]), "character")
    assert text[0] == (
        "By topic the assemblies divide as follows: political: 0 (0%); economic: 3 (75%);"
        " social: 1 (25%)."
    )
    assert "The most frequent topic: gas_price (3 assemblies)." in text


def test_an_unknown_organiser_is_told():
    report = report_of([Little(organiser="unknown"), Little(organiser="trade_union")])
    assert "For 1 assembly this is not known." in " ".join(said(report, "character"))
    report = report_of([Little(organiser="unknown")] * 2)
    assert "Who organised the assemblies is not known." in said(report, "character")


def test_forms_that_came_and_went():
    cells = [
        before("8", "assemblies", "3", row="flash_mob"),
        before("8", "assemblies", "3", row="rally"),
    ]
    text = said(report_of([Little(), Little(form="picket")], cells), "forms")
    assert text[-1] == (
        "Forms that the period before (2017) did not have: picket."
        " Forms of the period before (2017) that did not occur again: flash_mob."
    )
    same = said(report_of([Little()], cells[1:]), "forms")[-1]
    assert same == "The forms are the same as in the period before (2017)."


def test_one_unsanctioned_assembly_among_many():
    report = report_of(
        [Little()] + [Little(sanction="sanctioned")] * 3 + [Little(sanction="outside")]
    )
    assert said(report, "law_abidance")[0] == (
        "Of 4 assemblies with a known legal status 1 (25%) were held without the permit that the"
        " law asks for. Of 1 assembly the status is not known, or the law asks for no permit."
    )


def test_an_unknown_legal_status_gives_no_share():
    report = report_of([Little(sanction="outside")])
    text = said(report, "law_abidance")
    assert text[0] == "Of no assembly is it known whether it had the permit that the law asks for."
    assert any(each.endswith("It cannot be computed for this period.") for each in text)


def test_reasons_name_the_most_given_and_the_unknown():
    cards = [Little(reason="spontaneous")] * 3 + [Little(reason="unknown")]
    text = " ".join(said(report_of(cards), "law_abidance"))
    assert "For 4 assemblies nobody asked for a permit." in text
    assert "gathered spontaneously and had no time to ask (75%)" in text
    assert "In 25% of the cases the reason is not known." in text


def test_answers_to_applications():
    sums = {
        ("almaty", "assemblies"): Sum(2, 2),
        ("almaty", "answer_days"): Sum(2, 25),
        ("almaty", "answered_late"): Sum(2, 1),
    }
    report = build(OWN, {"2018": Facts(OWN, {}, sums, {}, 12)}, [], VOCABULARY, PERIODS, False)
    assert (
        "To 2 applications the day of the answer is known; it took 12.5 days on average."
        " 1 answer came later than after 10 days."
    ) in said(report, "law_abidance")


def test_presence_known_and_not_known():
    text = said(report_of([Little(), Little(police_present="unknown")]), "authorities")
    assert text[0] == (
        "Prosecutor's office: it is not known whether they were present."
        " It is not known whether they warned the participants."
    )
    assert text[2].startswith("Police: present at 1 assembly. For 1 assembly this is not known.")


def test_police_with_a_range_and_without():
    text = " ".join(said(report_of([Little(spread=2)] * 2), "police"))
    assert "Monitors counted 10 police officers at the assemblies." in text
    assert "By the lowest and highest counts the figure lies between 6 and 14." in text
    assert "lies between 0.25 and 0.88" in text
    assert "lies between" not in " ".join(said(report_of([Little()] * 2), "police"))
    assert said(report_of([Little(police=None)]), "police")[0] == (
        "How many police officers were at the assemblies is not known."
    )


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ([Little(detained=0)], "No detentions were recorded in the period."),
        (
            [Little(detained=None)],
            "Whether people were detained at the assemblies is not known.",
        ),
        (
            [Little(detained=1)],
            "1 assembly (100%) ended in detentions. In all 1 person was detained.",
        ),
        (
            [Little(detained=2), Little(detained=3), Little(detained=None)],
            "2 assemblies (100%) ended in detentions. For 1 assembly this is not known."
            " In all 5 people were detained.",
        ),
    ],
)
def test_detentions_none_one_many_unknown(cards, sentence):
    assert said(report_of(cards), "detentions")[0] == sentence


def test_prevented_actions_are_told_even_where_there_was_no_assembly():
    sums = {
        ("almaty", "prevented"): Sum(1, 1),
        ("almaty", "prevented_detained"): Sum(1, 30),
        ("almaty", "prevented_convicted"): Sum(0, 0),
    }
    report = build(OWN, {"2018": Facts(OWN, {}, sums, {}, 12)}, [], VOCABULARY, PERIODS, False)
    assert said(report, "detentions") == [
        "There was no assembly in the period.",
        "Beside these, monitors recorded 1 action that was prevented before anybody gathered. It"
        " is in none of the tables. 30 people were detained over them. 0 people were convicted"
        " over them.",
    ]


@pytest.mark.parametrize(
    ("cases", "sentence"),
    [
        ((), "No convictions were recorded in the period."),
        (
            ("pending",),
            "No convictions were recorded in the period. 1 case is still without a decision.",
        ),
        (
            ("fine",),
            "Courts convicted 1 person over the assemblies of the period."
            " Penalties: a fine – 1 (100%).",
        ),
        (
            ("fine", "fine", "arrest", "pending", "pending"),
            "Courts convicted 3 people over the assemblies of the period."
            " Penalties: a fine – 2 (66.7%) and arrest – 1 (33.3%)."
            " 2 cases are still without a decision.",
        ),
    ],
)
def test_convictions_none_one_many_pending(cases, sentence):
    assert said(report_of([Little(cases=cases)]), "convictions")[0] == sentence


def test_unsanctioned_assemblies_that_reached_court():
    cells = [before("17", "unsanctioned_reaching_court", "16%", "percent")]
    report = report_of([Little(cases=("fine",))] + [Little()] * 3, cells)
    assert said(report, "convictions")[-1] == (
        "Of 4 unsanctioned assemblies 1 (25%) reached court."
        " The figure has grown: in the period before (2017) it was 16%."
    )


def test_participants_and_duration_none_one_many_unknown():
    assert said(report_of([Little(participants=None, minutes=None)]), "statistics") == [
        "How many people took part in the assemblies is not known.",
        "How long the assemblies lasted is not known.",
    ]
    text = said(report_of([Little(participants=1, minutes=1)]), "statistics")
    assert text[0].startswith("1 person took part in the assemblies.")
    assert text[1] == "An assembly lasted 1 minute on average."
    text = said(report_of([Little(participants=1200)] * 2), "statistics")
    assert text[0].startswith("2,400 people took part in the assemblies.")


def test_where_there_was_no_assembly_chapters_say_so_once():
    report = report_of([])
    for chapter in ("character", "forms", "law_abidance", "authorities", "police", "statistics"):
        assert said(report, chapter) == ["There was no assembly in the period."], chapter


def test_a_report_on_printed_figures_claims_nothing_unknown():
    cells = [
        (printed("2", "2017", TOTAL, "assemblies", "36"), "2017"),
        (printed("17", "2017", TOTAL, "unsanctioned_reaching_court", "16%", "percent"), "2017"),
    ]
    report = build(PERIODS[1], {}, cells, VOCABULARY, PERIODS, False)
    assert said(report, "overall")[0] == "In 2017 monitors recorded 36 assemblies."
    assert said(report, "convictions") == ["Of the unsanctioned assemblies 16% reached court."]
    for chapter in report.chapters[2:13]:
        assert "not known." not in " ".join(said(report, chapter.code))


def test_main_figures_stand_beside_those_of_the_period_before():
    report = report_of([Little()] * 2, [before("2", "assemblies", "36")])
    lines = said(report, "conclusions")
    assert lines[:2] == ["The main figures of 2018:", "Assemblies: 2 (2017: 36)"]
    assert "People convicted: 0" in lines


def test_coverage_is_told_in_full_and_in_part():
    full = " ".join(said(report_of([Little()]), "introduction"))
    assert "4 places were monitored. The monitoring covered the whole period everywhere." in full
    part = report_of([Little()], covered={"almaty": 12.0, "astana": 1.5, "semey": 0.0})
    assert (
        "2 places were monitored. The monitoring covered the whole period in 1 place, in the"
        " others only a part."
    ) in " ".join(said(part, "introduction"))


@pytest.mark.parametrize(
    ("start", "end", "in_force", "not_in_force"),
    [
        ("2018-01-01", "2018-12-31", ["2126", "article 488", "300 monthly"], ["2020"]),
        ("2020-01-01", "2020-12-31", ["2126", "25 May 2020", "300 monthly"], []),
        ("2020-06-06", "2020-12-31", ["25 May 2020", "article 400"], ["2126", "300 monthly"]),
        ("2020-01-01", "2020-06-05", ["2126"], ["25 May 2020"]),
        ("2014-01-01", "2014-12-31", ["2126"], ["article 488", "25 May 2020"]),
    ],
)
@pytest.mark.django_db
def test_legislation_is_that_of_the_period(reference, start, end, in_force, not_in_force):
    days = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    period = dataclasses.replace(OWN, start=days[0], end=days[1])
    with override("en"):
        text = " ".join(map(str, acts_of(source.vocabulary(), period)))
    assert "article 32" in text
    assert "article 21" in text
    for words in in_force:
        assert words in text
    for words in not_in_force:
        assert words not in text


def test_a_period_without_dates_is_named():
    undated = dataclasses.replace(PERIODS[0], start=None, end=None)
    report = build(undated, {}, [], VOCABULARY, (undated,), False)
    assert "in 2016." in said(report, "introduction")[0]


def test_findings_are_counted_by_figure():
    cells = [before("2", "assemblies", "36"), before("2", "assemblies", "35", row="astana")]
    report = report_of([Little()], cells)
    assert (
        "1 printed figure of this or an earlier period is not borne out by the others, or by the"
        " cards."
    ) in said(report, "annex")
