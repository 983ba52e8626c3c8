"""What printed figures contradict: each other (``check``), the cards (``compare``); and a report
its own (``of_report``).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.reconcile.amounts import judge
from reports.reconcile.checking import across, check, compare
from reports.reconcile.own import of_report
from reports.types import Text

RULES: dict[str, Text] = {
    "total": _("A total is the sum of its rows."),
    "parts": _("A whole is the sum of its parts."),
    "most": _("A part is no more than its whole."),
    "hundred": _("The shares of a whole add up to 100 %."),
    "whole_numbers": _("Shares of assemblies are those of whole numbers of assemblies."),
    "share": _("A share is the part divided by the whole."),
    "index": _("An index is its numerator divided by its denominator."),
    "index_without_assemblies": _("There is no index without assemblies behind it."),
    "assemblies_without_index": _("Where there are assemblies there is an index."),
    "mean": _("A mean is the sum divided by the number of assemblies."),
    "same": _("One and the same quantity is the same wherever it is printed."),
    "row_missing": _("What one table counts, the other tables of the period list too."),
    "editions": _("A figure that is printed again is the one printed before."),
    "computed": _("The printed figure is the one that the cards give."),
}
"""Code of a rule -> what it says."""

KINDS: dict[str, Text] = {
    "contradiction": _("Contradiction"),
    "rounding": _("Cut off or wrongly rounded"),
    "missing": _("Missing"),
}

__all__ = ["KINDS", "RULES", "across", "check", "compare", "judge", "of_report"]
