"""The form of a permit application, and the small ones of its page."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from cards.forms.card import CHOOSE
from cards.forms.decisions import TakesErrors
from cards.forms.fields import DayField, LabelledChoiceField
from cards.forms.layout import Group, More, Question
from cards.models import City, Form, PermitApplication, Topic
from cards.permits import FIELDS, answers_of
from cards.serialise import REFERENCES

_MODELS = {"city": City, "form": Form, "topic": Topic}
_GROUPS = {"city": "region", "topic": "group"}


def _field(name: str) -> forms.Field:
    """The form field for a field of an application; what must be answered the rules say."""
    column = PermitApplication._meta.get_field(name)
    common = {"required": False, "label": column.verbose_name, "help_text": column.help_text}
    kind = column.get_internal_type()
    if kind == "DateField":
        return DayField(**common)
    if column.choices:
        return forms.ChoiceField(choices=column.choices, widget=forms.RadioSelect, **common)
    if kind == "TextField":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(max_length=column.max_length, **common)


def _layout() -> Layout:
    return Layout(
        Question("applied_on", fill="today", width="medium", required=True),
        Question("city", required=True),
        Question("planned_for", fill="today", width="medium"),
        Question("place"),
        Question("applicant_type", required=True),
        Question("applicant_code", width="medium"),
        Question("form"),
        Question("topic"),
        Question("decision", required=True),
        Question("answered_on", fill="today", width="medium"),
        Question("ground", show_when="decision=refused,other_place"),
        Question("other_place", show_when="decision=other_place", required=True),
        Question("appeal", required=True),
        More(_("Sources and notes"), Question("source_links"), Question("note")),
        Group("", Question("reason", required=True)),
    )


class ApplicationForm(TakesErrors, forms.Form):
    """One application to an akimat. ``user`` limits the cities to the regions of their scope.

    ``reason`` is asked only where a reviewed application is changed.
    """

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    card = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args, user, application: PermitApplication | None = None, **kwargs):
        if application is not None:
            stored = {"uuid": application.uuid, "version": application.version}
            stored |= answers_of(application)
            kwargs["initial"] = {**stored, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            if name in REFERENCES:
                current = getattr(application, f"{name}_id", None)
                self.fields[name] = _reference(name, user, current)
            else:
                self.fields[name] = _field(name)
        for name in ("applicant_type", "decision", "appeal"):
            self.fields[name].initial = PermitApplication._meta.get_field(name).default.value
        self.fields["source_links"].widget.attrs["inputmode"] = "url"
        if application is not None and application.review != "pending":
            self.fields["reason"] = forms.CharField(
                label=_("Why it is changed"),
                help_text=_("It was reviewed already: another person has to look at it again."),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False  # the summary at the top of the page has them
        self.helper.layout = _layout()

    def answers(self) -> dict[str, Any]:
        """What was typed and could be read: field -> value, references as codes."""
        read = {}
        for name in FIELDS:
            if name in self.cleaned_data:
                value = self.cleaned_data[name]
                read[name] = getattr(value, "pk", None) if name in REFERENCES else value
        return read


def _reference(name: str, user, current: str | None) -> LabelledChoiceField:
    model = _MODELS[name]
    rows = model.offered(current)
    if name == "city" and not user.all_regions:
        rows = rows.filter(region__in=user.region_codes()) | model.with_codes([current])
    label = PermitApplication._meta.get_field(name).verbose_name
    return LabelledChoiceField(rows, group=_GROUPS.get(name), label=label, empty_label=CHOOSE)


class LinkForm(TakesErrors, forms.Form):
    """The card of the assembly, by its number or chosen among likely ones."""

    card = forms.CharField(label=_("Number of the card"), required=False, max_length=80)


class UnlinkForm(TakesErrors, forms.Form):
    """Why no assembly came of the application after all."""

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
