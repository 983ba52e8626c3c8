"""Which printed report, and which of its tables, somebody is about to type in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reports.printed.layouts import KNOWN, LAYOUTS
from reports.wording import say

OWN = "own"
#: Periods of one table that are typed in at once.
MOST_PERIODS = 20
_LABEL = re.compile(r"\w[^/\\]*")
_CODE = re.compile(r"[\w.-]*\w[\w.-]*")


def known_tables() -> list[tuple[str, Any]]:
    """Tables to choose from, each with its number and title."""
    return [
        (code, say("%(name)s. %(title)s", name=each.name, title=each.title) if each.number
         else each.title)
        for code in KNOWN
        if (each := LAYOUTS[code])
    ]  # fmt: skip


class TableForm(forms.Form):
    """A table of a report that is on record, its periods, and its columns if it is not known."""

    table = forms.ChoiceField(label=_("Table"))
    code = forms.CharField(
        label=_("Number or name of the other table"),
        max_length=20,
        required=False,
        help_text=_("Only for a table that is not in the list: a short word such as A1."),
    )
    columns = forms.CharField(
        label=_("Columns of the other table"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. A column of shares ends in a percent sign: “Share, %”."),
    )
    periods = forms.CharField(
        label=_("Periods"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "As printed, one a line or parted by commas: 2018; or 2016, 2017, 2018 for a table"
            " over the years."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = (OWN, _("Another table"))
        self.fields["table"].choices = [("", "—"), *known_tables(), own]  # type: ignore[attr-defined]

    def clean_periods(self) -> list[str]:
        """The labels, each once."""
        parts = re.split(r"[\n,;]", self.cleaned_data["periods"])
        periods = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if not periods:
            raise ValidationError(_("Name at least one period."))
        if any(len(period) > 40 for period in periods):
            raise ValidationError(_("The name of a period has 40 characters at most."))
        if len(periods) > MOST_PERIODS:
            raise ValidationError(_("Type %(n)s periods at once at most.") % {"n": MOST_PERIODS})
        return periods

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("table") == OWN:
            code = data.get("code", "").strip()
            if not _CODE.fullmatch(code):
                self.add_error("code", _("Give it a short word of letters and digits."))
            elif code in LAYOUTS:
                self.add_error("code", _("That table is in the list: choose it there."))
            if not data.get("columns", "").strip():
                self.add_error("columns", _("Name the columns."))
        return data

    def table_code(self) -> str:
        """Code of the chosen table."""
        chosen: str = self.cleaned_data["table"]
        return self.cleaned_data["code"].strip() if chosen == OWN else chosen


class ReportForm(TableForm):
    """A report that is not on record yet, and its first table."""

    edition = forms.CharField(
        label=_("Short name of the report"),
        max_length=20,
        help_text=_("For a yearly report its year: 2018."),
    )
    title = forms.CharField(label=_("Title of the report"), max_length=200, required=False)
    whose = forms.ChoiceField(
        label=_("Whose report it is"),
        choices=[
            ("apart", _("Another report: it is only checked")),
            ("series", _("A report of this bureau: its figures join the tables over the years")),
        ],
    )
    field_order = ["edition", "title", "whose", "table", "code", "columns", "periods"]

    def clean_edition(self) -> str:
        """A name that can stand in an address."""
        edition: str = " ".join(self.cleaned_data["edition"].split())
        if not _LABEL.fullmatch(edition):
            raise ValidationError(_("Begin with a letter or digit; no slashes."))
        return edition
