"""What follows a card for weeks: court outcomes, files, and their reviews."""

from __future__ import annotations

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import reminders
from cards.forms.decisions import TakesErrors
from cards.forms.fields import DayField, MomentField, PeopleField, PlainDecimalField
from cards.forms.layout import Group, More, Question
from cards.models import Attachment, Card, CaseUpdate
from cards.sections import OUTCOME_SECTION
from cards.vocabularies import Appeal, TakenBy, YesNoUnknown

_COLUMNS = {name: CaseUpdate._meta.get_field(name) for name in OUTCOME_SECTION.fields[1:]}


def _choice(name: str, **how: Any) -> forms.ChoiceField:
    column, widget = _COLUMNS[name], forms.RadioSelect
    return forms.ChoiceField(
        label=column.verbose_name, choices=column.choices, widget=widget, required=False, **how
    )


class OutcomeForm(TakesErrors, forms.Form):
    """Section 8 of the card: what a court decided about one person.

    ``codes``: person codes that the card has already; one of them, however it is typed, updates
    that person's case. What must be answered is said by ``validators.outcome_problems``. First
    comes what a monitor knows at the door of a court; the rest is folded away.
    """

    case_code = forms.CharField(
        label=_("person code"),
        max_length=40,
        required=False,
        help_text=_("A code such as A-01, never a name. The same code again updates the case."),
        widget=forms.TextInput(attrs={"list": "case-codes", "autocomplete": "off"}),
    )
    decided_on = DayField(label=_COLUMNS["decided_on"].verbose_name, required=False)
    court = forms.CharField(label=_COLUMNS["court"].verbose_name, max_length=200, required=False)
    article = _choice("article")
    outcome = _choice("outcome")
    fine_mci = PlainDecimalField(
        label=_COLUMNS["fine_mci"].verbose_name,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        required=False,
    )
    fine_kzt = PeopleField(
        label=_COLUMNS["fine_kzt"].verbose_name,
        help_text=_("Only if the number of indices is not known."),
        max_value=2_000_000_000,
        required=False,
    )
    arrest_days = PeopleField(label=_COLUMNS["arrest_days"].verbose_name, required=False)
    observed_by_monitor = _choice("observed_by_monitor", initial=YesNoUnknown.UNKNOWN.value)
    appeal = _choice("appeal", initial=Appeal.UNKNOWN.value)

    def __init__(self, *args, codes: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.codes = codes
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Question("case_code", width="medium", required=True),
            Question("decided_on", fill="today", width="medium"),
            Question("outcome", required=True),
            Group(
                "",
                Question("fine_mci", show_when="outcome=fine", width="medium", required=True),
                Question("fine_kzt", show_when="outcome=fine", width="medium"),
            ),
            Question("arrest_days", show_when="outcome=arrest", width="short", required=True),
            Question("article", required=True),
            More(
                _("More: court, was the trial observed, appeal"),
                Question("court"),
                Question("observed_by_monitor", required=True),
                Question("appeal", required=True),
            ),
        )

    def clean_case_code(self) -> str:
        typed = self.cleaned_data["case_code"].strip()
        known = {code.casefold(): code for code in self.codes}
        return known.get(typed.casefold(), typed)

    def values(self) -> dict[str, Any]:
        """The outcome as ``services.add_outcome`` takes it; unasked amounts left out."""
        values = {name: self.cleaned_data.get(name) for name in OUTCOME_SECTION.fields}
        if values["outcome"] != "fine":
            values["fine_mci"] = values["fine_kzt"] = None
        if values["outcome"] != "arrest":
            values["arrest_days"] = None
        return values


class RemindForm(forms.Form):
    """When to be reminded: one of a few spans, or a day."""

    days = forms.TypedChoiceField(
        choices=[(days, days) for days in reminders.LATER], coerce=int, required=False
    )
    on = DayField(label=_("On this day"), required=False)

    def day(self, card: Card) -> datetime.date:
        """The day meant; ValidationError where nothing, or no day, was chosen."""
        if not self.is_valid():
            raise forms.ValidationError(list(self.errors.as_data().values())[0])
        if self.cleaned_data["days"]:
            return reminders.later(card, self.cleaned_data["days"])
        if self.cleaned_data["on"] is None:
            raise forms.ValidationError(_("Choose a day."), code="required")
        return self.cleaned_data["on"]


class ReviewForm(TakesErrors, forms.Form):
    """Accept or refuse what was added to a card."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("accept", _("Accept")), ("refuse", _("Refuse"))]
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        if not files:
            files = [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class FactsForm(forms.Form):
    """What is said of a file: what it shows, when and by whom it was taken.

    ``zone``: the time zone of the card's city. Nothing is filled in beforehand: what nobody says
    stays unknown.
    """

    caption = forms.CharField(
        label=_("Caption"),
        max_length=300,
        required=False,
        help_text=_("What is to be seen. No names of people."),
    )
    taken_at = MomentField(
        label=_("Taken at"),
        required=False,
        help_text=_("By the clock of the place. Leave it empty if you do not know."),
    )
    taken_by = forms.ChoiceField(
        label=_("Taken by"), choices=[("", "—"), *TakenBy.choices], required=False
    )

    def __init__(self, *args, zone: datetime.tzinfo, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["taken_at"].zone = zone

    @classmethod
    def of(cls, row: Attachment, zone: datetime.tzinfo) -> FactsForm:
        """The form for a file of the card, beside those of the others on one page."""
        initial = {name: getattr(row, name) for name in cls.base_fields}
        return cls(initial=initial, zone=zone, auto_id=f"id_{row.pk}_%s")

    def clean_taken_at(self):
        moment = self.cleaned_data["taken_at"]
        if moment is not None and moment > timezone.now():
            raise forms.ValidationError(_("This lies in the future."), code="future")
        return moment

    def facts(self) -> dict[str, Any]:
        """The facts that were sent; what a form did not ask stays as it is."""
        return {
            name: self.cleaned_data[name] for name in FactsForm.base_fields if name in self.data
        }


class AttachForm(FactsForm):
    """Files for a card; what is said of them is said of each."""

    files = FilesField(
        label=_("Files"),
        help_text=_(
            "Photographs, video, PDF. Several at once if you like: they stay in the order chosen."
        ),
        widget=FilesInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,video/mp4,video/quicktime,video/webm,"
                "application/pdf"
            }
        ),
        allow_empty_file=True,
    )
    field_order = ["files"]
