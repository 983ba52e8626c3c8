"""Forms of the pages of an edition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from reports.editions import lookup
from reports.types import LANGUAGES


class NewEditionForm(forms.Form):
    """Which period, and in which languages."""

    period = forms.ChoiceField(label=_("Period"))
    region = forms.ChoiceField(label=_("Region"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages in which it is to appear"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._periods = {period.pk: period for period in lookup.periods()}
        choices = [(pk, str(period)) for pk, period in self._periods.items()]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]
        self._regions = {region.pk: region for region in lookup.regions()}
        whole = [("", _("The whole country"))]
        known = [(pk, str(region)) for pk, region in self._regions.items()]
        self.fields["region"].choices = whole + known  # type: ignore[attr-defined]
        self.fields["languages"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.fields["languages"].initial = list(LANGUAGES)

    def clean_region(self) -> Any:
        return self._regions.get(self.cleaned_data["region"])

    def clean_period(self) -> Any:
        return self._periods[self.cleaned_data["period"]]


class LanguagesForm(forms.Form):
    """The languages of a draft."""

    languages = NewEditionForm.base_fields["languages"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = settings.LANGUAGES  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """A chapter's text in one language; ``version`` is that of the text that was read."""

    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea, strip=False)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Browsers send line ends of their own kind."""
        return normalize_newlines(self.cleaned_data["text"])


class ReasonForm(forms.Form):
    """Why a frozen edition becomes a draft again."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
