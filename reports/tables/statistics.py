"""Tables 18 and 19: participants and duration."""

from django.utils.translation import gettext_lazy as _

from reports.indicators import authorities, statistics
from reports.tables.context import (
    ALL,
    PLACE,
    Context,
    Line,
    by_period,
    name,
    place_rows,
    places_by_period,
)
from reports.types import TOTAL, Column, Table
from reports.wording import in_words, say


def participants(context: Context) -> Table:
    """Table 18: participants per place, their share and the mean per assembly."""
    columns = (
        ("participants", authorities.PARTICIPANTS),
        ("share", statistics.PARTICIPANTS_SHARE),
        ("mean_participants", statistics.MEAN_PARTICIPANTS),
    )
    return Table(
        code="18",
        number="18",
        title=say(_("Participants in %(period)s by place"), period=in_words(context.period)),
        stub=PLACE,
        columns=(
            Column("participants", _("Participants")),
            Column("share", _("Share of all participants")),
            Column("mean_participants", _("Mean per assembly")),
        ),
        rows=place_rows(context, "18", columns, context.places("18")),
    )


def duration(context: Context) -> Table:
    """Table 19: mean duration per place and period, in minutes."""
    lines = [
        Line(place, name(context.vocabulary.places, place), statistics.MEAN_DURATION, place)
        for place in places_by_period(context, "19", "mean_duration")
    ]
    lines.append(Line(TOTAL, ALL, statistics.MEAN_DURATION, total=True))
    columns, rows, extra = by_period(context, "19", "mean_duration", lines)
    return Table(
        code="19",
        number="19",
        title=_("Mean duration of an assembly by place and period, minutes"),
        stub=PLACE,
        columns=columns,
        rows=rows,
        extra=extra,
    )
