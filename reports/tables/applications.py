"""The table of the annex: applications for a permit that never became an assembly."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.indicators import applications as quantities
from reports.tables.context import ALL, PLACE, Context, name
from reports.types import TOTAL, Cell, Column, Indicator, Row, Table
from reports.wording import in_words, say

CODE = "applications"
#: Column, what computes it, and the decision that it counts.
PRINTED: tuple[tuple[str, Indicator, str], ...] = (
    ("applications", quantities.APPLICATIONS, ""),
    ("refused", quantities.APPLICATIONS_BY_DECISION, "refused"),
    ("no_answer", quantities.APPLICATIONS_BY_DECISION, "no_answer"),
    ("other_place", quantities.APPLICATIONS_BY_DECISION, "other_place"),
    ("permitted", quantities.APPLICATIONS_BY_DECISION, "permitted"),
    ("withdrawn", quantities.APPLICATIONS_BY_DECISION, "withdrawn"),
    ("pending_or_unknown", quantities.APPLICATIONS_OPEN, ""),
    ("mean_days", quantities.APPLICATIONS_MEAN_DAYS, ""),
)
#: In values.csv only.
BESIDE: tuple[tuple[str, Indicator, str], ...] = (
    ("pending", quantities.APPLICATIONS_BY_DECISION, "pending"),
    ("unknown", quantities.APPLICATIONS_BY_DECISION, "unknown"),
    ("answered_late", quantities.APPLICATIONS_LATE, ""),
    ("appealed", quantities.APPLICATIONS_APPEALED, ""),
)


def applications(context: Context) -> Table:
    """Applications per place by decision, with the mean days to an answer; empty without any."""
    facts = context.own
    places = [place for place in context.vocabulary.places if facts.sum(place, "applications").n]
    table = Table(
        code=CODE,
        number="",
        title=say(
            _("Applications for a permit in %(period)s that never became an assembly, by place"),
            period=in_words(context.period),
        ),
        stub=PLACE,
        columns=(
            Column("applications", _("Applications")),
            Column("refused", pgettext_lazy("applications", "Refused")),
            Column("no_answer", pgettext_lazy("applications", "No answer")),
            Column("other_place", _("Other place offered")),
            Column("permitted", pgettext_lazy("applications", "Permitted")),
            Column("withdrawn", pgettext_lazy("applications", "Withdrawn")),
            Column("pending_or_unknown", _("Pending or not known")),
            Column("mean_days", _("Mean days to the answer")),
        ),
        rows=(),
        notes=(_("The mean rests on the applications whose day of the answer is known."),),
    )
    if not places:
        return table
    rows = tuple(
        Row(place, name(context.vocabulary.places, place), _cells(context, place, PRINTED))
        for place in places
    )
    total = Row(TOTAL, ALL, _cells(context, TOTAL, PRINTED), total=True)
    extra = [cell for place in (*places, TOTAL) for cell in _cells(context, place, BESIDE)]
    return replace(table, rows=(*rows, total), extra=tuple(extra))


def _cells(
    context: Context, place: str, columns: tuple[tuple[str, Indicator, str], ...]
) -> tuple[Cell, ...]:
    return tuple(
        context.cell(CODE, place, column, indicator, place, category)
        for column, indicator, category in columns
    )
