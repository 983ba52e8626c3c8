"""References in prose: reading them, finding values, saying them in three languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given

from reports.prose import nouns
from reports.prose.compose import compose, taken_over
from reports.prose.language import Unreadable, read, references
from reports.prose.saying import fill
from reports.prose.sentences import sentences_with
from reports.prose.typed import typed_numbers
from reports.prose.values import Address, Values
from reports.types import Block
from tests.reports.material import Little, printed, report_of
from tests.reports.strategies import little_cards, whole_reports

EARLIER = [
    (printed("2", "2017", "TOTAL", "assemblies", "36"), "2017"),
    (printed("2", "2016", "TOTAL", "assemblies", "3"), "2016"),
    (printed("12", "2017", "TOTAL", "law_abidance_index", "13%", "percent"), "2017"),
]
CARDS = [
    *[Little(place="almaty", detained=4, participants=20)] * 2,
    Little(place="astana", detained=0, participants=10, sanction="sanctioned"),
    Little(place="semey", participants=None),
]


@pytest.fixture
def report():
    return report_of(CARDS, EARLIER)


@pytest.fixture
def values(report):
    return Values(report)


def said(text: str, values: Values, language: str = "en") -> str:
    found = fill(f"{{{{ {text} }}}}", values, language)
    assert found.problems == (), [str(each.message) for each in found.problems]
    return found.text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/TOTAL/assemblies", "4"),
        ("1/almaty/share", "50%"),
        ("2/TOTAL/assemblies@2017", "36"),
        ("2/TOTAL/assemblies@previous", "36"),
        ("share 16/TOTAL/detained of 18/TOTAL/participants", "16%"),
        ("ratio 14/TOTAL/police of 14/TOTAL/participants", "0.40"),
        ("change 2/TOTAL/assemblies", "32"),
        ("change 2/TOTAL/assemblies since 2016", "1"),
        ("growth 2/TOTAL/assemblies since 2016", "33.3%"),
        ("times 2/TOTAL/assemblies since 2016", "1.3"),
        ("compare 2/TOTAL/assemblies", "32 fewer than in 2017"),
        ("compare 2/TOTAL/assemblies since 2016", "1 more than in 2016"),
        ("compare 12/TOTAL/law_abidance_index", "12 higher than in 2017"),
        ("first 1/assemblies", "almaty"),
        ("rank 1/almaty/assemblies", "1"),
        ("rank 1/semey/assemblies", "2"),
        ("name 1/almaty", "almaty"),
        ("rows 1/assemblies", "3"),
        ("n 14/TOTAL/police_control_index", "3"),
        ("unknown 14/TOTAL/police_control_index", "1"),
        ("period", "2018"),
        ("previous", "2017"),
        ("1/TOTAL/assemblies | assemblies", "4 assemblies"),
        ("1/semey/assemblies | assemblies", "1 assembly"),
        ("1/almaty/share | decimals 2", "50.00%"),
        ("1/TOTAL/assemblies | forms(rally, rallies)", "4 rallies"),
    ],
)
def test_what_a_reference_says(values, text, expected):
    assert said(text, values) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/TOTAL/assemblies | assemblies", "4 собрания"),
        ("1/semey/assemblies | assemblies", "1 собрание"),
        ("16/TOTAL/detained | people gen", "8 человек"),
        ("1/TOTAL/assemblies | assemblies ins", "4 собраниями"),
        ("1/TOTAL/assemblies | forms(митинг, митинга, митингов)", "4 митинга"),
        ("1/almaty/share", "50 %"),
    ],
)
def test_russian_declines_what_is_counted(values, text, expected):
    assert said(text, values, "ru") == expected


def test_kazakh_keeps_the_singular(values):
    assert said("1/TOTAL/assemblies | assemblies", values, "kk") == "4 жиналыс"
    assert said("1/TOTAL/assemblies | assemblies pre", values, "kk") == "4 жиналыста"


@pytest.mark.parametrize(
    ("number", "category", "accusative"),
    [
        ("1", "one", "участника"),
        ("2", "few", "участников"),
        ("5", "many", "участников"),
        ("21", "one", "участника"),
        ("1 204,5", "other", "участника"),
    ],
)
def test_a_living_being_is_declined_as_one(number, category, accusative):
    assert nouns.plural_category(number, "ru") == category
    assert nouns.with_number("participants", "acc", number, "ru") == accusative


@pytest.mark.parametrize("noun", nouns.NOUNS)
@pytest.mark.parametrize("case", nouns.CASES)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_noun_has_every_form(noun, case, language):
    for number in ("0", "1", "2", "5", "11", "21", "2,5"):
        assert nouns.with_number(noun, case, number, language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "32",
        "foo",
        "1/TOTAL",
        "share 1/TOTAL/assemblies",
        "first 1",
        "n 1/TOTAL/assemblies since 2017",
        "1/TOTAL/assemblies | cases lot",
        "1/TOTAL/assemblies | decimals x",
        "1/TOTAL/assemblies | forms()",
        "1/TOTAL/assemblies | nonsense",
    ],
)
def test_what_cannot_be_read_says_why(text):
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert str(refused.value.message)


def test_an_unknown_address_is_told_with_what_may_be_meant(values):
    found = fill("first\n{{ 1/TOTAL/assembles }} and {{ 1/almaty/assemblies }}", values, "en")
    (problem,) = found.problems
    assert (problem.line, problem.written) == (2, "1/TOTAL/assembles")
    assert problem.meant[0] == "1/TOTAL/assemblies"
    assert "{{ 1/TOTAL/assembles }} and 2" in found.text, "what says nothing stays as written"


def test_unknown_is_a_dash_and_never_zero(values):
    assert said("14/semey/police_control_index", values) == "–"
    assert said("18/semey/mean_participants", values) == "–"


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_every_address_that_is_offered_says_what_the_table_prints(cards):
    report = report_of(cards, EARLIER)
    values = Values(report)
    for address, entry in values.entries.items():
        assert Address.parse(str(address)) == address
        assert values.find(address) is entry
        found = fill(f"{{{{ {address} }}}}", values, "ru")
        assert found.problems == ()
        assert list(found.bound) == [str(address)]


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_standard_sentences_taken_over_say_the_same_numbers(cards):
    """What a generated chapter says is what its text says once its references are filled in."""
    report = report_of(cards, EARLIER)
    values = Values(report)
    for chapter in report.chapters[:-1]:
        text = taken_over(chapter, "2018", "en")
        composed = compose(text, chapter, values, "en", {})
        assert composed.problems == ()
        prose = [str(b.text) for b in composed.chapter.blocks if b.kind == "prose"]
        with override("en"):
            generated = [str(b.text) for b in chapter.blocks if b.kind == "text" and str(b.text)]
        together = "\n\n".join(prose)
        for paragraph in generated:
            assert paragraph in together


def chapter_of(report, code="overall"):
    return next(each for each in report.chapters if each.code == code)


def kinds(composed) -> list[str]:
    return [
        f"table {b.table.code}" if b.table else f"figure {b.figure.number}" if b.figure else b.kind
        for b in composed.chapter.blocks
    ]


def test_a_text_places_tables_and_loses_none(report, values):
    text = "Before {{ 1/TOTAL/assemblies }}.\n\n{{ table 2 }}\n\nAfter."
    composed = compose(text, chapter_of(report), values, "en", {})
    assert kinds(composed) == ["prose", "table 2", "prose", "table 1", "figure 1"]
    assert composed.chapter.blocks[0].text == "Before 4."
    assert composed.bound == {"1/TOTAL/assemblies": "4"}


def test_standard_stands_for_the_generated_chapter(report, values):
    chapter = chapter_of(report)
    composed = compose("Mine.\n\n{{ standard }}\n\n{{ table 1 }}\n", chapter, values, "en", {})
    assert kinds(composed)[0] == "prose"
    assert kinds(composed)[-1] == "table 1"
    assert kinds(composed).count("table 1") == 1
    assert kinds(composed).count("text") == sum(b.kind == "text" for b in chapter.blocks)


def test_boxes_come_last_or_where_they_are_placed(report, values):
    box = {("box", "7"): (Block("box", "here"),)}
    assert kinds(compose("", chapter_of(report), values, "en", box))[-1] == "box"
    placed = compose("{{ box 7 }}\n\nText.", chapter_of(report), values, "en", box)
    assert kinds(placed)[0] == "box"
    assert kinds(placed).count("box") == 1


def test_a_place_that_names_nothing_is_told(report, values):
    composed = compose("A.\n\n{{ table 99 }}\n{{ view x }}", chapter_of(report), values, "en", {})
    assert [(each.line, each.written) for each in composed.problems] == [
        (3, "table 99"),
        (4, "view x"),
    ]
    assert "table 1" in composed.problems[0].meant


def test_a_typed_number_that_is_computed_is_pointed_out(values):
    text = "In 2018 there were 36 of them, 4 here, 7 there.\n1. First\n{{ 1/TOTAL/assemblies }}."
    found = typed_numbers(text, values, frozenset({"1"}))
    assert [(each.line, each.number) for each in found] == [(1, "36"), (1, "4")]
    assert str(found[1].entries[0].address) == "1/TOTAL/assemblies"


def test_typed_shares_are_found_in_any_spelling(values):
    for text in ("50 %", "50,0 %", "50.0%"):
        (found,) = typed_numbers(f"Almaty has {text}.", values, frozenset({"1"}))
        assert str(found.entries[0].address) == "1/almaty/share"


def test_the_sentences_that_use_a_number_are_listed():
    text = "One {{ a/b/c }} here. Another.\n\nThird has {{ a/b/c }}; yes! {{ d/e/f }}"
    assert sentences_with(text, "a/b/c") == ["One {{ a/b/c }} here.", "Third has {{ a/b/c }}; yes!"]


def test_references_tell_their_line():
    assert [each.line for each in references("{{ a }}\n\n{{ b }} {{ c }}")] == [1, 3, 3]
