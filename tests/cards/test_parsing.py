"""Cells as people and Excel write them, each read as one answer or refused."""

import contextlib
import datetime
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards import vocabularies
from cards.files import parsing
from cards.files.columns import card_parsers, outcome_parsers, vocabulary_of
from cards.files.parsing import BadCell
from cards.models import Card, City
from cards.sections import ANSWERS, DECISIONS, OUTCOME_SECTION

DAY, NOON = datetime.date(2018, 5, 10), datetime.time(12, 30)


@pytest.mark.parametrize(
    "value",
    [
        "2018-05-10", " 2018-05-10\xa0", "10.05.2018", "10.5.2018", "2018-05-10 00:00:00",
        "2018-05-10T00:00:00", "10.05.2018 0:00", "10.05.2018 00:00:00", "43230", "43230.0",
        "43230,00", 43230.0, 43230, DAY, datetime.datetime(2018, 5, 10),
    ],
)  # fmt: skip
def test_dates(value):
    assert parsing.day(value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        "10/05/2018", "05-10-2018", "2018-13-01", "31.02.2018", "10 мая 2018", "2018", "1.1.18",
        "yesterday", "0018-05-10", "01.01.1899", 43230.5, "43230.5", "2018-05-10 12:30", True,
        datetime.datetime(2018, 5, 10, 12, 30), datetime.time(12, 30), "9" * 5000, "432300",
    ],
)  # fmt: skip
def test_no_dates(value):
    with pytest.raises(BadCell):
        parsing.day(value)


@pytest.mark.parametrize(
    "value",
    [
        "12:30", "12:30:00", "12:30:45", "12.30", " 12:30 ", "0.5208333333333334", "0,520833333",
        ".520833333", 0.5208333333333334, NOON, datetime.datetime(1899, 12, 31, 12, 30),
        datetime.timedelta(hours=12, minutes=30),
    ],
)  # fmt: skip
def test_times(value):
    assert parsing.clock(value) == NOON


def test_times_at_the_ends_of_a_day():
    assert parsing.clock("0") == parsing.clock(0.0) == parsing.clock("0:00") == datetime.time(0)
    assert parsing.clock("23:59") == parsing.clock(1439 / 1440) == datetime.time(23, 59)


@pytest.mark.parametrize(
    "value",
    ["24:00", "12:60", "noon", "12", "12h30", "-1:00", 1.5, 14.05, True, "1.5.2018", DAY,
     datetime.datetime(2018, 5, 10, 12, 30), datetime.timedelta(hours=30)],
)  # fmt: skip
def test_no_times(value):
    with pytest.raises(BadCell):
        parsing.clock(value)


@pytest.mark.parametrize("value", ["1000", "1 000", "1\xa0000", "1 000,0", "1000.00", 1000, 1000.0])
def test_whole_numbers(value):
    assert parsing.people(value) == 1000


def test_nothing_is_unknown_and_none_is_none():
    assert parsing.people("") is parsing.people(None) is parsing.people(" \xa0") is None
    assert parsing.people("0") == parsing.people(0.0) == 0
    for parse in (parsing.day, parsing.clock, parsing.decimal, parsing.money, parsing.identifier):
        assert parse("") is parse(None) is parse("  ") is None


@pytest.mark.parametrize(
    "value",
    [
        "about 30", "30 человек", "30+", "20-30", "~30", "-5", "2.5", 2.5, "1,000", "1.000",
        "1e3", "1_000", "٣٠", True, "10000001", "9" * 5000, "=30", "NaN", "inf",
    ],
)  # fmt: skip
def test_numbers_with_words_or_with_two_meanings_are_refused(value):
    with pytest.raises(BadCell):
        parsing.people(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [("12.5", "12.5"), ("12,5", "12.5"), (12.5, "12.5"), ("20", "20"), ("1 000", "1000")],
)
def test_money(value, number):
    assert parsing.money(value) == Decimal(number)


@pytest.mark.parametrize("value", ["-1", "1,000", "1.000", "20 МРП", "1000000", "1e400", True])
def test_no_money(value):
    with pytest.raises(BadCell):
        parsing.money(value)


def test_coordinates_inside_kazakhstan_only():
    north = parsing.degrees(40.5, 55.5)
    assert north("43,238949123") == north(43.238949123) == Decimal("43.23895")
    assert north("43.000") == Decimal(43)
    for value in ("4.3", "143", "43°14'", "N43"):
        with pytest.raises(BadCell):
            north(value)


def test_yes_and_no_in_every_language():
    assert all(map(parsing.yes_no, ["yes", "Да", " иә ", "1", "TRUE", True, 1.0]))
    assert not any(map(parsing.yes_no, ["no", "Нет", "жоқ", "0", "", None, False, 0]))
    assert parsing.yes_no_or_open("") is None
    with pytest.raises(BadCell):
        parsing.yes_no("perhaps")


def test_texts():
    parse = parsing.text_of(12)
    assert parse(" Square\xa0") == "Square"
    assert parse(17.0) == "17"
    assert parse("a\r\nb\rc") == "a\nb\nc"
    assert parse("'=SUM(A1)") == "=SUM(A1)"
    assert parse("it's") == "it's"
    for value in ("x" * 13, "a\0b"):
        with pytest.raises(BadCell):
            parse(value)


def test_links_one_in_each_line():
    written = "https://a.kz/x;y=1; http://b.kz\xa0https://c.kz\r\nhttps://d.kz;https://e.kz"
    assert parsing.links(written).split("\n") == [
        "https://a.kz/x;y=1", "http://b.kz", "https://c.kz", "https://d.kz", "https://e.kz",
    ]  # fmt: skip
    with pytest.raises(BadCell):
        parsing.links("https://a.kz/\0")


def test_identifiers():
    made = uuid.uuid4()
    assert parsing.identifier(f" {made} ") == parsing.identifier(made.hex) == made
    with pytest.raises(BadCell):
        parsing.identifier("A-17")


def test_answers_as_codes_or_words_of_any_language():
    parse = parsing.one_of(parsing.words_of(vocabularies.Course))
    assert parse("held") == parse(" HELD ") == parse("Held") == "held"
    assert parse("") == parse(None) == ""
    with pytest.raises(BadCell, match="postponed"):
        parse("postponed")
    with pytest.raises(BadCell) as long:
        parse("x" * 5000)
    assert len(str(long.value.args[0])) < 200


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_label_that_the_form_shows_can_be_written(language):
    """What two answers of one question share in a language is told apart by the code only."""
    from django.utils import translation

    for name in (*ANSWERS, *DECISIONS):
        vocabulary = vocabulary_of(Card._meta.get_field(name))
        if vocabulary is None:
            continue
        with translation.override(language):
            labels = {code: str(label) for code, label in vocabulary.choices}
        assert len(set(labels.values())) == len(labels), name
        parse = parsing.one_of(parsing.words_of(vocabulary))
        assert {code: parse(label) for code, label in labels.items()} == {c: c for c in labels}


def test_several_answers_come_in_the_order_of_the_vocabulary():
    parse = parsing.some_of(parsing.words_of(vocabularies.Attribute))
    assert parse("chants; placards ;;CHANTS") == ("placards", "chants")
    assert parse("") == ()
    with pytest.raises(BadCell, match="drums"):
        parse("placards;drums")


def test_cities_by_code_name_other_name_and_kato(reference):
    parse = card_parsers()["city"]
    city = City.objects.get(pk="almaty")
    words = [city.pk, city.label_ru, city.label_kk, city.label_en, city.kato, "АЛМАТЫ ", 750000000]
    assert {parse(word) for word in filter(None, words)} == {"almaty"}
    names = {alias for row in City.objects.all() for alias in row.aliases.split("|") if alias}
    assert {parse(name) for name in names} <= set(City.objects.values_list("pk", flat=True))
    with pytest.raises(BadCell):
        parse("Atlantis")


def test_a_name_of_two_rows_is_not_guessed():
    class Row:
        label_ru = label_kk = label_en = "Октябрьское"

        def __init__(self, pk):
            self.pk = pk

    parse = parsing.one_of(parsing.words_of_rows([Row("first"), Row("second")]))
    assert parse("second") == "second"
    with pytest.raises(BadCell, match="октябрьское"):
        parse("октябрьское")


def test_a_code_is_never_taken_for_the_name_of_another():
    class Row:
        def __init__(self, pk, label):
            self.pk = pk
            self.label_ru = self.label_kk = self.label_en = label

    parse = parsing.one_of(parsing.words_of_rows([Row("other", "rally"), Row("rally", "Rally")]))
    assert parse("rally") == "rally"


def test_remembering_tells_texts_from_numbers():
    read = parsing.Remembering(parsing.people)
    assert [read("1"), read("1"), read(1.0)] == [1, 1, 1]
    with pytest.raises(BadCell):
        read(True)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=40),
    st.from_regex(r"[-+]?[0-9 .,:/eE]{0,12}", fullmatch=True),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
)


# Says that a database is asked for: alone, the test would find none.
@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(cell=cells)
def test_a_cell_of_any_kind_is_read_or_refused(parsers, cell):
    for parse in parsers:
        with contextlib.suppress(BadCell):
            parse(cell)


@pytest.fixture(scope="module")
def parsers(django_db_setup, django_db_blocker):
    """Every parser of both kinds of file."""
    from tests.factories import ensure_reference

    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            ensure_reference()
            found = [*card_parsers().values(), *outcome_parsers().values()]
            transaction.set_rollback(True)
    assert len(found) > len(ANSWERS) + len(OUTCOME_SECTION.fields)
    return found
