"""Sections and questions as HTML, and how far each section is."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms

from cards.forms.layout import Group, More, Progress, Question, Section, progress

YES_NO = [("yes", "Yes"), ("no", "No")]


class Sheet(forms.Form):
    precision = forms.ChoiceField(
        choices=[("exact", "Exact"), ("month", "Month")], initial="exact", required=False
    )
    warned = forms.ChoiceField(
        choices=YES_NO, widget=forms.RadioSelect(attrs={"data-required": True}), required=False
    )
    reason = forms.CharField(required=False, help_text="In short.")
    tools = forms.MultipleChoiceField(
        choices=[("placards", "Placards"), ("none", "None")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    detained = forms.IntegerField(required=False)
    detained_unknown = forms.BooleanField(required=False)
    ended = forms.DateField(required=False)

    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        Section(
            "people",
            3,
            "People",
            Question("precision"),
            Question("warned"),
            Question("reason", show_when="warned=yes", required=True),
            Group("", Question("tools", exclusive=("none",))),
            Question("detained", counter=True, unknown="detained_unknown", required=True),
            Question("for_editors_only"),
            More("Longer than a day", Question("ended", fill="today")),
        )
    )


def state(**answers) -> Progress:
    form = Sheet(answers or None)
    return progress(form, Sheet.helper.layout)[0]


def html(**answers) -> str:
    return render_crispy_form(Sheet(answers or None))


@pytest.mark.parametrize(
    ("answers", "expected", "left"),
    [
        ({}, "empty", 2),
        ({"precision": "exact"}, "empty", 2),
        ({"precision": "month"}, "partial", 2),
        ({"warned": "no"}, "partial", 1),
        ({"warned": "no", "detained": "0"}, "complete", 0),
        ({"warned": "yes", "detained": "0"}, "partial", 1),
        ({"warned": "yes", "detained": "0", "reason": "x"}, "complete", 0),
        ({"warned": "no", "detained_unknown": "on"}, "complete", 0),
        ({"warned": "no", "detained": "many"}, "errors", 0),
    ],
)
def test_progress_of_a_section(answers, expected, left):
    found = state(**answers)
    assert (found.code, found.number, found.state, found.left) == ("people", 3, expected, left)


def test_a_question_carries_what_the_script_needs():
    page = html(warned="yes")
    assert 'id="section-people"' in page
    assert 'data-field="reason" data-required data-show-when="warned=yes"' in page
    assert 'data-exclusive="none"' in page
    assert 'data-default="exact"' in page
    assert 'data-unknown-for="id_detained"' in page
    assert '<div class="counter" data-target="id_detained"' in page
    assert 'data-fill="today" data-target="id_ended"' in page


def test_nothing_in_the_page_needs_inline_script_or_style():
    page = html()
    assert "<script" not in page
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", page)


def test_answers_come_back_as_given():
    page = html(warned="no", tools=["placards"], reason="<b>")
    assert 'value="no" id="id_warned_1" checked' in page
    assert 'value="placards" id="id_tools_0" checked' in page
    assert 'value="&lt;b&gt;"' in page


def test_an_error_stands_at_its_field_and_is_tied_to_it():
    page = html(detained="many")
    assert "question--error" in page
    assert 'id="id_detained_error"' in page
    assert 'aria-describedby="id_detained_error"' in page


def test_help_is_tied_to_its_field():
    page = html()
    assert 'id="id_reason_helptext"' in page
    assert 'aria-describedby="id_reason_helptext"' in page


def test_rare_questions_open_only_with_an_answer():
    assert '<details class="more">' in html()
    assert '<details class="more" open>' in html(ended="2018-10-17")


def test_a_question_without_a_field_is_left_out():
    assert "for_editors_only" not in html()
