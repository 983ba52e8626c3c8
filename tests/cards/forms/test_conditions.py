"""The grammar of conditional questions, as Python reads it and as the browser is told."""

import pytest
from django import forms

from cards.forms.conditions import Alternative, describe_condition, is_shown, parse_condition


class Permit(forms.Form):
    status = forms.ChoiceField(label="permit", choices=[("none", "Not sought"), ("no", "Refused")])
    form = forms.ChoiceField(label="form", choices=[("Street", [("other", "Other")])])
    detained = forms.IntegerField(label="detained")


def shown(condition, **answers):
    return is_shown(condition, lambda name: answers.get(name, ()))


def test_alternatives_codes_and_numbers_are_read():
    assert parse_condition("status=none, no | form=other|detained>0|detained") == (
        Alternative("status", ("none", "no")),
        Alternative("form", ("other",)),
        Alternative("detained", above=0),
        Alternative("detained"),
    )


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ("", {}, True),
        ("status=none", {}, False),
        ("status=none,no", {"status": ("no",)}, True),
        ("status=none", {"status": ("no",)}, False),
        ("status=none|form=other", {"status": ("no",), "form": ("other",)}, True),
        ("source=media", {"source": ("direct", "media")}, True),
        ("detained>0", {"detained": ("0",)}, False),
        ("detained>0", {"detained": ("12",)}, True),
        ("detained>0", {"detained": ("many",)}, False),
        ("detained", {"detained": ("0",)}, True),
        ("detained", {}, False),
    ],
)
def test_a_question_is_asked_only_after_an_answer_that_opens_it(condition, answers, expected):
    assert shown(condition, **answers) is expected


def test_the_condition_is_told_in_the_words_of_the_form():
    words = describe_condition("status=none|form=other|detained>0", Permit())
    assert "permit: Not sought; form: Other; detained: " in words
    assert words.endswith("0")


def test_a_condition_on_fields_the_form_lacks_is_not_told():
    assert describe_condition("gone=yes", Permit()) == ""
