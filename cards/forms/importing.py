"""Choosing files to load."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cards.files.applications import SHEET as APPLICATIONS
from cards.files.columns import CARDS, OUTCOMES
from cards.files.coverage import SHEET as COVERAGE
from cards.files.pending import MAX_BYTES
from cards.vocabularies import Review, Status

_ACCEPTED = ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableField(forms.FileField):
    """A CSV or Excel file of bearable size."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.FileInput(attrs={"accept": _ACCEPTED})
        super().__init__(**kwargs)

    def to_python(self, data):
        file = super().to_python(data)
        if file is not None and file.size > MAX_BYTES:
            text = _("The file is larger than %(size)s.") % {"size": filesizeformat(MAX_BYTES)}
            raise ValidationError(text, code="too_large")
        return file


class ImportForm(forms.Form):
    """Files of one kind of import; each field is named as the sheet that it brings."""

    def files_read(self) -> dict[str, bytes]:
        """Name of the field -> content, for every file that was chosen."""
        return {
            name: self.cleaned_data[name].read()
            for name, field in self.fields.items()
            if isinstance(field, TableField) and self.cleaned_data[name]
        }

    def options(self) -> dict[str, str]:
        """What else was chosen."""
        return {"status": self.cleaned_data.get("status", "")}

    def refuse(self, name: str, message) -> None:
        """Tell at the file that it cannot be read."""
        self.add_error(name if name in self.fields else None, message)


class CardsForm(ImportForm):
    """A file of cards, one of court outcomes beside it, and the status of the cards."""

    cards = TableField(
        label=_("Cards"), help_text=_("CSV or Excel (.xlsx). A workbook may hold both sheets.")
    )
    outcomes = TableField(
        label=_("Court outcomes"),
        required=False,
        help_text=_("Only if they are in a file of their own."),
    )
    status = forms.ChoiceField(
        label=_("Status of rows that do not say theirs"),
        required=False,
        choices=[("", _("New cards: submitted. Others: as they are")), *Status.choices],
    )

    field_order = [CARDS, OUTCOMES, "status"]


class CoverageForm(ImportForm):
    """A file of the coverage register."""

    coverage = TableField(
        label=_("Coverage"),
        help_text=_("CSV or Excel (.xlsx) with the columns place, month (2018-03) and state."),
    )

    field_order = [COVERAGE]


class ApplicationsForm(ImportForm):
    """A file of permit applications, and the review of rows that do not say theirs."""

    applications = TableField(
        label=_("Permit applications"), help_text=_("CSV or Excel (.xlsx), one row for each.")
    )
    status = forms.ChoiceField(
        label=_("Review of new rows that do not say theirs"),
        required=False,
        choices=[
            ("", Review.PENDING.label),
            (Review.APPROVED.value, Review.APPROVED.label),
        ],
    )

    field_order = [APPLICATIONS, "status"]
