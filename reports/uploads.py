"""Figures of a printed report loaded in the browser: the kind of file, and its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards.files.previews import FIRST, KINDS, Kind, table
from cards.forms.importing import ImportForm, TableField
from reports import importing


class PublishedForm(ImportForm):
    """A file of printed figures, and the year of the report that printed them."""

    published = TableField(
        label=gettext_lazy("Printed figures"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx) with the columns table, period, row, column, unit, printed and "
            "value."
        ),
    )
    edition = forms.CharField(
        label=gettext_lazy("Year of the report that printed them"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Left empty: the last period that the file names."),
    )

    apart = forms.BooleanField(
        label=gettext_lazy("Keep this report apart"),
        required=False,
        help_text=gettext_lazy(
            "For a report that is not the bureau's own: it is checked, but its figures join no "
            "table. Its periods need not be known here; name the report above."
        ),
    )

    def options(self) -> dict[str, str]:
        """The year of the report, and whether it joins the series."""
        apart = {"apart": "yes"} if self.cleaned_data["apart"] else {}
        return {"edition": self.cleaned_data["edition"].strip(), **apart}


def _check(
    files: dict[str, bytes], *, user: Any, edition: str = "", apart: str = ""
) -> importing.Checked:
    return importing.check(files[importing.SHEET], edition, apart == "yes")


def _load(checked: importing.Checked, *, user: Any) -> None:
    importing.load(checked, user)


def _tallies(checked: importing.Checked) -> list[tuple[Any, Any]]:
    name = _("Printed figures, report %(edition)s") % {"edition": checked.edition or "—"}
    return [(name, checked)]


def _first(checked: importing.Checked) -> dict[str, Any]:
    head = [_("Table"), _("Period"), _("Row"), _("Column"), _("Printed")]
    return table(
        head,
        [
            [each.table, each.period_label, each.row, each.column, each.printed]
            for each in checked.changed[:FIRST]
        ],
    )


def _work(checked: importing.Checked) -> list:
    return [[checked.edition, *each.address, each.printed] for each in checked.changed]


KINDS[importing.SHEET] = Kind(
    importing.SHEET,
    "published.import",
    "reports:import_published",
    _check,
    _load,
    _tallies,
    _first,
    _work,
)
