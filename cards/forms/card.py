"""The card as a form: one page, in the sections of the paper card.

The form only reads what was typed, field by field; rules across fields are in
``cards.validators`` and speak when the card is submitted, so that a draft can be saved at any
point. ``answers()`` holds what could be read: one slip of the finger loses nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from cards import validators
from cards.forms.decisions import TakesErrors
from cards.forms.fields import (
    ClockField,
    DayField,
    LabelledChoiceField,
    PeopleField,
    PlainDecimalField,
)
from cards.forms.layout import Duration, Group, More, Question, Section, progress
from cards.models import Card, City, Form, Topic
from cards.models.reference import LATITUDE, LONGITUDE
from cards.sections import ANSWERS, SECTIONS
from cards.serialise import REFERENCES, answers_of

#: Answers with so many choices that a list serves better than buttons.
SELECTS = ("place_type", "participants_basis", "police_basis", "date_precision")
CHOOSE = _("Choose…")


def _field(name: str) -> forms.Field:
    """The form field for a field of the card; never required here."""
    column = Card._meta.get_field(name)
    common = {"required": False, "label": column.verbose_name, "help_text": column.help_text}
    kind = column.get_internal_type()
    if kind == "DateField":
        return DayField(**common)
    if kind == "TimeField":
        return ClockField(**common)
    if kind == "PositiveIntegerField":
        low = 1 if name == "duration_minutes" else 0
        return PeopleField(min_value=low, **common)
    if kind == "BooleanField":
        return forms.BooleanField(**common)
    vocabulary = getattr(column, "vocabulary", None)
    if vocabulary is not None:
        return forms.MultipleChoiceField(
            choices=vocabulary.choices, widget=forms.CheckboxSelectMultiple, **common
        )
    if column.choices:
        if name in SELECTS:
            return forms.ChoiceField(choices=[("", CHOOSE), *column.choices], **common)
        return forms.ChoiceField(choices=column.choices, widget=forms.RadioSelect, **common)
    if kind == "TextField":
        rows = 6 if name == "description" else 3
        return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **common)
    return forms.CharField(max_length=column.max_length, **common)


def _layout() -> Layout:
    """Every question of ``cards.sections``, with what the phone can do for it."""
    printed = {section.code: section for section in SECTIONS}
    q = Question

    def section(code: str, *questions) -> Section:
        return Section(code, printed[code].number, printed[code].title, *questions)

    return Layout(
        section(
            "identification",
            q("date", fill="today", width="medium"),
            Group(
                "",
                q("start_time", fill="now", width="medium"),
                q("end_time", fill="now", width="medium"),
            ),
            Duration(),
            q("city"),
            q("place"),
            q("settlement"),
            q("place_type"),
            More(
                _("More about time and place"),
                q("date_precision"),
                q("end_date", width="medium"),
                q("duration_minutes", width="short"),
                Group("", q("latitude", width="medium"), q("longitude", width="medium")),
            ),
        ),
        section(
            "source",
            q("source"),
            _conditional("source_links"),
            q("arrived_at", fill="now", width="medium", show_when="source=direct"),
        ),
        section(
            "assembly",
            q("course"),
            q("peaceful"),
            q("form"),
            _conditional("form_other"),
            q("topic"),
            q("demands"),
            q("organiser_type"),
            _conditional("organiser_name"),
            q("attributes", exclusive=("none", "not_observed")),
            q("minors_present"),
        ),
        section(
            "numbers",
            q("participants", counter=True, width="short"),
            Group("", q("participants_low", width="short"), q("participants_high", width="short")),
            _basis("participants"),
        ),
        section(
            "permit",
            q("legal_status"),
            _conditional("reason_not_requested"),
            _conditional("refusal_ground"),
            Group(
                "",
                _conditional("application_date", width="medium"),
                _conditional("answer_date", width="medium"),
            ),
        ),
        section(
            "authorities",
            q("prosecutor_present"),
            _conditional("prosecutor_warned"),
            q("akimat_present"),
            _conditional("akimat_warned"),
            q("police_present"),
            q("police_warned"),
            q("police", counter=True, width="short"),
            Group("", q("police_low", width="short"), q("police_high", width="short")),
            _basis("police"),
            q("plain_clothes"),
            q("police_actions", exclusive=("none", "not_observed")),
            q("warned_before_dispersal"),
        ),
        section(
            "detentions",
            q("detained", counter=True, unknown="detained_unknown", width="short", required=True),
            q("in_the_name_of_the_law", show_when=_DETAINED),
            Group(
                "",
                q("detained_minors", width="short", show_when=_DETAINED),
                q("detained_before", width="short", show_when=_DETAINED),
                q("released_without_report", width="short", show_when=_DETAINED),
            ),
            q("injured", width="short"),
        ),
        section("narrative", q("description"), q("report_worthy")),
    )


_DETAINED = "detained>0|detained_unknown=True"


def _conditional(name: str, **kwargs) -> Question:
    """A question of ``validators.CONDITIONAL``, shown when the answer it hangs on is given."""
    rule = next(rule for rule in validators.CONDITIONAL if rule.field == name)
    required = rule.required or name in validators.REQUIRED
    return Question(
        name, show_when=f"{rule.on}={','.join(rule.values)}", required=required, **kwargs
    )


def _basis(subject: str) -> Question:
    """Where a number comes from: asked as soon as a number is given."""
    given = "|".join(f"{subject}{end}" for end in ("", "_low", "_high"))
    return Question(f"{subject}_basis", show_when=given, required=True)


class CardForm(TakesErrors, forms.Form):
    """The card in the browser. ``user`` limits the cities to the regions of their scope."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, user, card: Card | None = None, **kwargs):
        if card is not None:
            stored = {**answers_of(card), "uuid": card.uuid, "version": card.version}
            kwargs["initial"] = {**stored, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name in ANSWERS:
            self.fields[name] = self._reference(name, user, card) or _field(name)
            if name in validators.REQUIRED:
                self.fields[name].widget.attrs["data-required"] = True
        self.fields["latitude"] = self._degrees("latitude", LATITUDE)
        self.fields["longitude"] = self._degrees("longitude", LONGITUDE)
        self.fields["source_links"].widget.attrs["inputmode"] = "url"
        self.fields["date_precision"].initial = "exact"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False  # the summary at the top of the page has them
        self.helper.layout = _layout()

    def clean(self):
        """What not even a draft can hold is refused at its field; everything else is kept."""
        data = super().clean()
        for problem in validators.unstorable(data):
            self.add_error(problem.field, problem.as_error())
            if problem.code == "together":
                # The one without the other would be refused by the database.
                data.pop("latitude", None)
                data.pop("longitude", None)
        return data

    def show_threads(self, threads: Iterable) -> list:
        """Put questions of the review (``cards.desk.Thread``) at their fields.

        Returns those that have no place there: about the whole card, or about a field that the
        other answers do not ask for now.
        """
        asked = {
            name
            for section in self.helper.layout.fields
            for question in section.questions()
            if question.is_asked(self)
            for name in question.fields
        }
        self.threads: dict[str, list] = {}
        rest = []
        for thread in threads:
            if thread.query.field in asked:
                self.threads.setdefault(thread.query.field, []).append(thread)
            else:
                rest.append(thread)
        return rest

    def progress(self) -> list:
        """How far each section is (cards.forms.layout.Progress)."""
        return progress(self, self.helper.layout)

    def answers(self) -> dict[str, Any]:
        """What was typed and could be read: field -> value, references as codes."""
        read = {}
        for name in ANSWERS:
            if name not in self.cleaned_data:
                continue
            value = self.cleaned_data[name]
            if name in REFERENCES:
                value = value.pk if value else None
            elif isinstance(value, list):
                value = tuple(value)
            read[name] = value
        return read

    def add_problems(self, problems) -> None:
        """Put problems of ``cards.validators`` at their fields."""
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, problem.as_error())

    @staticmethod
    def _degrees(name: str, bounds: tuple[float, float]) -> PlainDecimalField:
        return PlainDecimalField(
            label=Card._meta.get_field(name).verbose_name,
            required=False,
            min_value=bounds[0],
            max_value=bounds[1],
            max_digits=8,
            decimal_places=5,
        )

    @staticmethod
    def _reference(name: str, user, card: Card | None) -> LabelledChoiceField | None:
        if name not in REFERENCES:
            return None
        label = Card._meta.get_field(name).verbose_name
        model = {"city": City, "form": Form, "topic": Topic}[name]
        current = getattr(card, f"{name}_id", None)
        rows = model.offered(current)
        if name == "city" and not user.all_regions:
            rows = rows.filter(region__in=user.region_codes()) | model.with_codes([current])
        group = {"city": "region", "topic": "group"}.get(name)
        return LabelledChoiceField(rows, group=group, label=label, empty_label=CHOOSE)
