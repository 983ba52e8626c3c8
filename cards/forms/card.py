"""The card as a form: one page, in the sections of the paper card.

The form only reads what was typed, field by field; rules across fields are in
``cards.validators`` and speak when the card is submitted, so that a draft can be saved at any
point. ``answers()`` holds what could be read: one slip of the finger loses nothing else.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable
from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import validators
from cards.forms.decisions import TakesErrors
from cards.forms.fields import (
    ClockField,
    DayField,
    LabelledChoiceField,
    PeopleField,
    PlainDecimalField,
    RowField,
)
from cards.forms.layout import Duration, Group, More, Question, Section, progress
from cards.models import Card, City, Form, Law, Topic
from cards.models.reference import LATITUDE, LONGITUDE, Labelled
from cards.reference import asked_under, called_under, law_on
from cards.rows import of_codes
from cards.sections import ANSWERS, SECTIONS
from cards.serialise import REFERENCES, answers_of

#: Answers with so many choices that a list serves better than buttons.
SELECTS = ("place_type", "participants_basis", "police_basis", "date_precision")
#: Answers that name a row of a reference table.
_ROWS: dict[str, type[Labelled]] = {"city": City, "form": Form, "topic": Topic}
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
    if kind == "DecimalField":
        low, high = {"latitude": LATITUDE, "longitude": LONGITUDE}[name]
        return PlainDecimalField(
            min_value=low, max_value=high, max_digits=8, decimal_places=5, **common
        )
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


def _record() -> dict[str, forms.Field]:
    """Fields of what a form says of the card as a whole."""
    return {
        "uuid": forms.UUIDField(widget=forms.HiddenInput),
        "version": forms.IntegerField(widget=forms.HiddenInput, min_value=0),
    }


@cache
def _shared() -> dict[str, forms.Field]:
    """Every field of a reader; texts in them are translated when they are shown."""
    answers = {name: RowField(_ROWS[name]) if name in _ROWS else _field(name) for name in ANSWERS}
    return _record() | answers


@cache
def _of_nothing() -> dict[str, Any]:
    """Field -> what it makes of an answer that was not sent."""
    sent = QueryDict()
    return {
        name: field.clean(field.widget.value_from_datadict(sent, {}, name))
        for name, field in _shared().items()
        if name in ANSWERS
    }


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


class CardReader(TakesErrors, forms.Form):
    """What was typed, read field by field; no page is made of it.

    ``user`` limits the cities to the regions of their scope.
    """

    def __init__(self, *args, user, card: Card | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self._user, self._card = user, card
        self._ask()

    def _ask(self) -> None:
        # Reading changes nothing in a field, so that all readers share them.
        self.fields = dict(_shared())

    def _clean_fields(self) -> None:
        """As a form does, without what only a page needs of each field."""
        nothing, rows = _of_nothing(), self._rows()
        for name, field in self.fields.items():
            if name in nothing and name not in self.data:
                self.cleaned_data[name] = nothing[name]
                continue
            try:
                if name in _ROWS:
                    value = self._within_reach(name, rows[_ROWS[name]])
                else:
                    value = field.widget.value_from_datadict(self.data, self.files, name)
                    value = field.clean(value)
            except ValidationError as error:
                self.add_error(name, error)
            else:
                self.cleaned_data[name] = value

    def _rows(self) -> dict[type[Labelled], Labelled | None]:
        """Register -> its row that was named; one query, none where nothing was named."""
        # No code has a zero byte, and PostgreSQL takes none.
        codes = {name: self.data.get(name) or None for name in _ROWS}
        asked = {
            _ROWS[name]: None if code and "\0" in code else code for name, code in codes.items()
        }
        return of_codes(asked) if any(asked.values()) else dict.fromkeys(asked)

    def _within_reach(self, name: str, row: Labelled | None) -> Labelled | None:
        """The row that was named; one that is not on offer to the person is as good as unknown."""
        if not self.data.get(name):
            return None
        if row is None:
            raise RowField.unknown()
        if row.pk == getattr(self._card, f"{name}_id", None):
            return row
        user = self._user
        elsewhere = name == "city" and not (
            user.all_regions or row.region_id in user.region_codes()
        )
        if elsewhere or not row.active:
            raise RowField.unknown()
        return row

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

    def on_page(self) -> CardForm:
        """The same, with what was read and found wrong, as a page shows it."""
        page = CardForm(self.data, user=self._user, card=self._card)
        page._errors, page.cleaned_data = self.errors, self.cleaned_data
        return page

    def references(self) -> dict[str, City | Form | Topic | None]:
        """The rows that the answers refer to, by field, as far as they could be read."""
        return {name: self.cleaned_data.get(name) for name in REFERENCES}


class CardForm(CardReader):
    """The card in the browser."""

    def __init__(self, *args, user, card: Card | None = None, **kwargs):
        if card is not None:
            stored = {**answers_of(card), "uuid": card.uuid, "version": card.version}
            kwargs["initial"] = {**stored, **kwargs.get("initial", {})}
        super().__init__(*args, user=user, card=card, **kwargs)
        for name in validators.REQUIRED:
            self.fields[name].widget.attrs["data-required"] = True
        self._speak_of(law_on(self._day(card)))
        self.fields["source_links"].widget.attrs["inputmode"] = "url"
        self.fields["date_precision"].initial = "exact"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False  # the summary at the top of the page has them
        self.helper.layout = _layout()

    def _ask(self) -> None:
        self.fields |= _record()
        for name in ANSWERS:
            self.fields[name] = self._reference(name) or _field(name)

    def _clean_fields(self) -> None:
        forms.Form._clean_fields(self)

    def _reference(self, name: str) -> LabelledChoiceField | None:
        if name not in _ROWS:
            return None
        label = Card._meta.get_field(name).verbose_name
        model = _ROWS[name]
        current = getattr(self._card, f"{name}_id", None)
        rows = model.offered(current)
        if name == "city" and not self._user.all_regions:
            mine = rows.filter(region__in=self._user.region_codes())
            rows = mine | model.with_codes([current])
        group = {"city": "region", "topic": "group"}.get(name)
        return LabelledChoiceField(rows, group=group, label=label, empty_label=CHOOSE)

    def _day(self, card: Card | None) -> datetime.date:
        """The day whose law the questions speak of: the typed one, the stored one, or today."""
        with contextlib.suppress(ValidationError):
            typed = DayField(required=False).clean(self.data.get(self.add_prefix("date")))
            if typed:
                return typed
        return (card.date if card else None) or timezone.localdate()

    def _speak_of(self, law: Law | None) -> None:
        """Put the questions on the permit in the words of a law; every answer stays on offer."""
        if law is None:
            return
        for name in ("legal_status", "reason_not_requested"):
            field = self.fields[name]
            field.label = asked_under(law, name) or field.label
        status = self.fields["legal_status"]
        status.choices = [(code, called_under(law, code) or text) for code, text in status.choices]
        status.help_text = _("In force on that day: %(law)s. It asks for: %(what)s.") % {
            "law": law.label,
            "what": law.get_regime_display() or "–",
        }

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
