"""Small forms of the card's page: a transition's reason, inclusion, another count."""

from __future__ import annotations

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from cards.forms.fields import ClockField, PeopleField
from cards.vocabularies import CountBasis, CountSubject, Inclusion, SourceKind


class TakesErrors:
    """Puts the errors of a service or the workflow at the fields of the form."""

    def take(self, error) -> None:
        errors = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for name, problems in errors.items():
            for problem in problems:
                self.add_error(name if name in self.fields else None, problem)


#: Transition -> its key at the desk (static/js/desk.js).
KEYS = {"approve": "a", "return": "r", "reject": "x", "duplicate": "d"}


class TransitionForm(TakesErrors, forms.Form):
    """What a transition of ``workflow.TRANSITIONS`` asks: a reason, the card repeated.

    The card repeated is typed as a number, or tapped among those that look alike (``twin``).
    """

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    duplicate_of = forms.CharField(
        label=_("Number of the card that it repeats"), required=False, max_length=80
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, auto_id=f"id_{row.name}_%s", **kwargs)
        self.row = row
        self.key = KEYS.get(row.name, "")
        if row.name != "duplicate":
            del self.fields["duplicate_of"]
        if not row.reason_needed:
            del self.fields["reason"]

    def clean_duplicate_of(self) -> str:
        return self.data.get("twin") or self.cleaned_data["duplicate_of"]


class InclusionForm(TakesErrors, forms.Form):
    """Whether the card counts, and why if that departs from the rule."""

    inclusion = forms.ChoiceField(
        label=_("Counted in the statistics"), choices=Inclusion.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def take(self, error) -> None:
        if hasattr(error, "error_dict") and "inclusion_reason" in error.error_dict:
            error.error_dict["reason"] = error.error_dict.pop("inclusion_reason")
        super().take(error)


class CountForm(forms.Form):
    """Another count of participants or police; all counts are kept, one is used."""

    subject = forms.ChoiceField(label=_("Who was counted"), choices=CountSubject.choices)
    best = PeopleField(label=_("Best estimate"), required=False)
    low = PeopleField(label=_("At least"), required=False)
    high = PeopleField(label=_("At most"), required=False)
    basis = forms.ChoiceField(label=_("Where the number comes from"), choices=CountBasis.choices)
    source = forms.ChoiceField(
        label=_("Source"), choices=[("", "—"), *SourceKind.choices], required=False
    )
    counted_at = ClockField(label=_("Counted at"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    use = forms.BooleanField(label=_("Use this count in the tables"), required=False)

    def clean(self):
        data = super().clean()
        known = [data.get(name) for name in ("low", "best", "high")]
        given = [number for number in known if number is not None]
        if not given and not {"low", "best", "high"} & set(self.errors):
            self.add_error("best", _("Give at least one number."))
        elif given != sorted(given):
            self.add_error("best", _("The numbers must grow from the minimum to the maximum."))
        return data
