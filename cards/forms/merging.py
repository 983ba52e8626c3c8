"""The choice between two cards, question by question, and the reason for taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards import comparison, merging
from cards.forms.decisions import TakesErrors
from cards.models import Card
from cards.reading import label_of
from cards.vocabularies import Side

APART = "apart"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question in which two cards differ, with the field that asks which answer stands."""

    row: comparison.Row
    field: forms.BoundField


class MergeForm(TakesErrors, forms.Form):
    """A radio for every difference of ``first`` and ``second``, each with a proposal.

    ``pairs``: the differences in the order of the card; ``equal``: what both say alike; ``cases``:
    fields that ask of a person code on both cards whether it is one person.
    """

    versions = forms.CharField(widget=forms.HiddenInput)
    lead = forms.ChoiceField(
        label=gettext_lazy("Whose card leads"), choices=Side.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, first: Card, second: Card, **kwargs):
        self.versions_now = f"{first.version},{second.version}"
        lead = comparison.leading(first, second)
        initial = {"versions": self.versions_now, "lead": lead}
        super().__init__(*args, initial=initial, **kwargs)
        self.differing, self.equal = comparison.rows(first, second)
        for row in self.differing:
            self.fields[row.name] = _choice(row.label, _answers(row), row.default)
        self.codes = {
            f"case_{n}": code for n, code in enumerate(merging.shared_codes(first, second))
        }
        for name, code in self.codes.items():
            same = [("same", _("The same person")), (APART, _("Different people"))]
            self.fields[name] = _choice(code, same, "same")

    @property
    def pairs(self) -> list[Pair]:
        return [Pair(row, self[row.name]) for row in self.differing]

    @property
    def cases(self) -> list[forms.BoundField]:
        return [self[name] for name in self.codes]

    def clean_versions(self) -> tuple[int, int]:
        try:
            first, second = map(int, self.cleaned_data["versions"].split(","))
        except ValueError:
            raise forms.ValidationError(_("Please look at both cards again.")) from None
        return first, second

    def values(self) -> dict:
        """What ``merging.merge`` takes beside the cards and the actor."""
        given = self.cleaned_data
        return {
            "choices": {row.name: given[row.name] for row in self.differing},
            "lead": given["lead"],
            "apart": [code for name, code in self.codes.items() if given[name] == APART],
            "versions": given["versions"],
        }

    def look_again(self) -> None:
        """The same choices over the cards as they are now."""
        self.data = self.data.copy()
        self.data["versions"] = self.versions_now

    def take(self, error) -> None:
        """Errors of an answer go to the choice that it is part of; of one that nobody chose, since
        both cards say the same, to the head of the form."""
        for field, problems in error.error_dict.items():
            name = comparison.unit_of(field)
            for message in (message for each in problems for message in each.messages):
                asked = name in self.fields
                self.add_error(
                    name if asked else None, message if asked else f"{label_of(field)}: {message}"
                )


class UnmergeForm(TakesErrors, forms.Form):
    """Why a merge is taken back, and which card gets what was added since."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    receiver = forms.ChoiceField(
        label=gettext_lazy("Which card takes what was added"), widget=forms.RadioSelect
    )

    def __init__(self, *args, made, added, **kwargs):
        super().__init__(*args, initial={"receiver": made.lead}, **kwargs)
        self.fields["receiver"].choices = [
            (side, str(original)) for side, original in made.sides.items()
        ]
        if not added:
            del self.fields["receiver"]


def _choice(label, choices: list[tuple[str, str]], proposed: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=proposed,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )


def _answers(row: comparison.Row) -> list[tuple[str, str]]:
    both = [(comparison.BOTH, row.both)] if row.both else []
    return [(comparison.FIRST, row.first), (comparison.SECOND, row.second), *both]
