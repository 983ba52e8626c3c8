"""Tables 16 and 17 and the one of court outcomes: what followed for the participants."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.indicators import courts, detentions
from reports.tables.context import PLACE, Context, Line, by_period, place_rows
from reports.types import TOTAL, Cell, Column, Table
from reports.wording import in_words, say

#: Outcomes that have a column, and those that are in values.csv only.
PRINTED_OUTCOMES = ("warning", "fine", "arrest")
OTHER_OUTCOMES = (
    "community_work",
    "restriction",
    "imprisonment",
    "terminated",
    "acquitted",
    "pending",
)


def detained(context: Context) -> Table:
    """Table 16: assemblies with detentions and people detained, per place."""
    columns = (
        ("assemblies_with_detentions", detentions.ASSEMBLIES_WITH_DETENTIONS),
        ("detained", detentions.DETAINED),
    )
    return Table(
        code="16",
        number="16",
        title=say(_("Detentions in %(period)s by place"), period=in_words(context.period)),
        stub=PLACE,
        columns=(
            Column("assemblies_with_detentions", _("Assemblies with detentions")),
            Column("detained", _("People detained")),
        ),
        rows=place_rows(context, "16", columns, context.places("16")),
    )


def court(context: Context) -> Table:
    """People convicted and their penalties per place; other outcomes as extra cells."""
    places = context.places("court")
    rows = place_rows(context, "court", (("convicted", courts.CONVICTED),), places)
    penalties = tuple(
        replace(row, cells=(*row.cells, *_outcomes(context, row.code, PRINTED_OUTCOMES)))
        for row in rows
    )
    return Table(
        code="court",
        number="",
        title=say(_("Court outcomes in %(period)s by place"), period=in_words(context.period)),
        stub=PLACE,
        columns=(
            Column("convicted", _("People convicted")),
            Column("warning", pgettext_lazy("penalty", "Warning")),
            Column("fine", pgettext_lazy("penalty", "Fine")),
            Column("arrest", pgettext_lazy("penalty", "Arrest")),
        ),
        rows=penalties,
        extra=tuple(cell for row in rows for cell in _outcomes(context, row.code, OTHER_OUTCOMES)),
    )


def _outcomes(context: Context, row: str, outcomes: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(
        context.cell("court", row, outcome, courts.OUTCOME_PEOPLE, row, outcome)
        for outcome in outcomes
    )


def reached_court(context: Context) -> Table:
    """Table 17: share of unsanctioned assemblies that reached court, by period."""
    line = Line(TOTAL, _("Unsanctioned assemblies"), courts.UNSANCTIONED_REACHING_COURT)
    columns, rows, extra = by_period(context, "17", "unsanctioned_reaching_court", [line])
    return Table(
        code="17",
        number="17",
        title=_("Share of unsanctioned assemblies that reached court, by period"),
        stub=_("Assemblies"),
        columns=columns,
        rows=rows,
        extra=extra,
    )
