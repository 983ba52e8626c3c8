"""Numbers, dates and sentences by the rules of each language."""

import datetime
import pickle

import pytest
from django.utils.translation import gettext_lazy, ngettext_lazy, override

from reports.numbers import NOTHING, decimals_of, format_date, format_value, round_half_up
from reports.wording import Number, count, listed, percent, say, together, written


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "language", "printed"),
    [
        (31.25, "percent", 1, "ru", "31,3\u00a0%"),
        (31.25, "percent", 1, "kk", "31,3\u00a0%"),
        (31.25, "percent", 1, "en", "31.3%"),
        (12345, "count", 0, "ru", "12\u202f345"),
        (12345, "count", 0, "kk", "12\u202f345"),
        (12345, "count", 0, "en", "12,345"),
        (8 / 3, "assemblies per month", 2, "ru", "2,67"),
        (0.285, "minutes", 2, "en", "0.29"),
        (0.5, "count", 0, "en", "1"),
        (1.5, "count", 0, "en", "2"),
        (-0.001, "minutes", 2, "en", "0.00"),
        (None, "percent", 1, "ru", NOTHING),
        (1e21, "count", 0, "en", "1,000,000,000,000,000,000,000"),
    ],
)
def test_values_are_printed_by_the_rules_of_the_language(value, unit, decimals, language, printed):
    assert format_value(value, unit, decimals, language) == printed


def test_an_unknown_language_is_printed_as_the_default_one():
    assert format_value(1.5, "count", 1, "de") == format_value(1.5, "count", 1, "ru")


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [(31.25, 1, "31.3"), (18.75, 1, "18.8"), (2.675, 2, "2.68"), (-2.5, 0, "-3")],
)
def test_halves_are_rounded_away_from_zero(value, decimals, rounded):
    assert str(round_half_up(value, decimals)) == rounded


@pytest.mark.parametrize(
    ("printed", "places"),
    [("43.75%", 2), ("21 (63.6%)", 0), ("-", 0), ("4.0", 1), ("1% (1МС)", 0), ("3,5", 1), ("", 0)],
)
def test_decimals_are_those_of_the_first_number(printed, places):
    assert decimals_of(printed) == places


def test_dates_in_words():
    day = datetime.date(2018, 1, 5)
    assert format_date(day, "en") == "5 January 2018"
    assert format_date(day, "ru") == "5 января 2018 года"
    assert "қаңтар" in format_date(day, "kk")


def test_a_sentence_takes_its_language_when_it_is_printed():
    # Words that the framework itself translates, so that the mechanism alone is tried.
    years = ngettext_lazy("%(num)d year", "%(num)d years", "num")
    sentences = [say(years, num=n) for n in (1, 2, 5)]
    with override("ru"):
        assert [str(each) for each in sentences] == ["1 год", "2 года", "5 лет"]
    with override("en"):
        assert [str(each) for each in sentences] == ["1 year", "2 years", "5 years"]


def test_numbers_in_a_sentence_follow_its_language():
    sentence = say(gettext_lazy("%(n)s and %(share)s"), n=count(1234), share=percent(2.5))
    with override("ru"):
        assert "2,5\u00a0%" in str(sentence)
    with override("en"):
        assert str(sentence) == "1,234 and 2.5%"


def test_a_whole_share_is_said_without_decimals():
    with override("en"):
        assert str(percent(100.0)) == "100%"
        assert str(percent(99.96)) == "100%"
        assert str(percent(12.5)) == "12.5%"
        assert str(Number(100.0, "minutes", 1)) == "100.0"


def test_lists_and_paragraphs():
    with override("en"):
        assert str(listed(["a", "b", "c"])) == "a, b and c"
        assert str(listed(["a"])) == "a"
        assert str(together(["One.", "", "Two."])) == "One. Two."
        assert str(written(count(3))) == "3"
    with override("ru"):
        assert str(listed(["a", "b", "c"])) == "a, b и c"


def test_sentences_survive_a_cache():
    sentence = say(gettext_lazy("%(n)s and %(share)s"), n=count(5), share=percent(50))
    with override("en"):
        assert str(pickle.loads(pickle.dumps(sentence))) == "5 and 50%"
