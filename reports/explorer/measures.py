"""MEASURES: what is shown of the cards in a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import DurationField, ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from reports.types import Text, Unit
from reports.wording import say

Kind = Literal["count", "row", "column", "all", "mean", "sum"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number on the card. ``known``: the parameter of the card filter that takes "known"."""

    code: str
    label: Text
    known: str
    unit: Unit
    per_assembly: Unit
    decimals: int = 1

    @property
    def expression(self) -> Any:
        """What the database sums."""
        if self.code != "answer_days":
            return F(self.code)
        return ExpressionWrapper(
            F("answer_date") - F("application_date"), output_field=DurationField()
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to fill cells; ``quantity``: of means and sums."""

    code: str
    kind: Kind
    label: Text
    unit: Unit
    decimals: int = 0
    quantity: Quantity | None = None

    @property
    def share(self) -> bool:
        """Whether cells are parts of a whole, in percent."""
        return self.kind in ("row", "column", "all")

    @property
    def adds_up(self) -> bool:
        """Whether the parts of a row may be laid end to end."""
        return self.kind in ("count", "row", "all", "sum")


QUANTITIES: tuple[Quantity, ...] = (
    Quantity("participants", _("Participants"), "participants", "people", "people per assembly"),
    Quantity("police", _("Police officers"), "police", "officers", "officers per assembly"),
    Quantity("duration_minutes", _("Duration, minutes"), "duration", "minutes", "minutes", 0),
    Quantity("detained", _("People detained"), "detained", "people", "people per assembly"),
    Quantity(
        "detained_minors", _("Minors detained"), "detained_minors", "people", "people per assembly"
    ),
    Quantity(
        "detained_before",
        _("People taken before the assembly"),
        "detained_before",
        "people",
        "people per assembly",
    ),
    Quantity(
        "released_without_report",
        _("People released without a report"),
        "released",
        "people",
        "people per assembly",
    ),
    Quantity("injured", _("People hurt by officers"), "injured", "people", "people per assembly"),
    Quantity("answer_days", _("Days to the answer"), "answered", "days", "days"),
)
COUNT = Measure("count", "count", _("Number of assemblies"), "count")
MEASURES: tuple[Measure, ...] = (
    COUNT,
    Measure("row", "row", _("Share of the row"), "percent", 1),
    Measure("column", "column", _("Share of the column"), "percent", 1),
    Measure("all", "all", _("Share of all"), "percent", 1),
    *(
        Measure(
            f"mean-{each.code}",
            "mean",
            say(_("%(quantity)s: mean per assembly"), quantity=each.label),
            each.per_assembly,
            each.decimals,
            each,
        )
        for each in QUANTITIES
    ),
    *(
        Measure(
            f"sum-{each.code}",
            "sum",
            say(_("%(quantity)s: sum"), quantity=each.label),
            each.unit,
            0,
            each,
        )
        for each in QUANTITIES
    ),
)
_BY_CODE = {measure.code: measure for measure in MEASURES}


def get(code: str) -> Measure:
    """The measure with that code; KeyError if there is none."""
    return _BY_CODE[code]
