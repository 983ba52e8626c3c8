"""Tables 13 to 15: who came and warned, and the police-control index."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.indicators import authorities
from reports.tables.context import ALL, PLACE, Context, Line, by_period, place_rows
from reports.types import TOTAL, Column, Indicator, Row, Table, Text
from reports.wording import count, in_words, say

#: Rows of table 13: who, and the indicators of its two columns.
BODIES: tuple[tuple[str, Text, Indicator, Indicator], ...] = (
    (
        "prosecutor",
        _("Prosecutor's office"),
        authorities.PROSECUTOR_PRESENT,
        authorities.PROSECUTOR_WARNED,
    ),
    ("akimat", _("Akimat"), authorities.AKIMAT_PRESENT, authorities.AKIMAT_WARNED),
    ("police", _("Police"), authorities.POLICE_PRESENT, authorities.POLICE_WARNED),
)


def presence(context: Context) -> Table:
    """Table 13: at how many assemblies each authority was present, and warned."""
    rows = tuple(
        Row(
            code,
            label,
            (
                context.cell("13", code, "present", present),
                context.cell("13", code, "warned", warned),
            ),
        )
        for code, label, present, warned in BODIES
    )
    return Table(
        code="13",
        number="13",
        title=say(
            _("Presence and warnings of the authorities in %(period)s, assemblies"),
            period=in_words(context.period),
        ),
        stub=_("Authority"),
        columns=(
            Column("present", pgettext_lazy("authority", "Present")),
            Column("warned", pgettext_lazy("authority", "Warned")),
        ),
        rows=rows,
        notes=tuple(_unknown_note(row) for row in rows if any(_unknown(row))),
    )


def _unknown(row: Row) -> list[int]:
    return [(cell.value.unknown or 0) if cell else 0 for cell in row.cells]


def _unknown_note(row: Row) -> Text:
    present, warned = _unknown(row)
    return say(
        _("%(who)s: presence not known for %(present)s, warning not known for %(warned)s."),
        who=row.label,
        present=count(present),
        warned=count(warned),
    )


def police_control(context: Context) -> Table:
    """Table 14: participants, police and the index per place, with the median of ratios."""
    columns = (
        ("participants", authorities.PARTICIPANTS),
        ("police", authorities.POLICE),
        ("police_control_index", authorities.POLICE_CONTROL),
        ("median_police_per_participant", authorities.MEDIAN_POLICE_PER_PARTICIPANT),
    )
    return Table(
        code="14",
        number="14",
        title=say(
            _("Police-control index in %(period)s by place"), period=in_words(context.period)
        ),
        stub=PLACE,
        columns=(
            Column("participants", _("Participants")),
            Column("police", _("Police officers")),
            Column("police_control_index", _("Police-control index")),
            Column("median_police_per_participant", _("Median of single assemblies")),
        ),
        rows=place_rows(context, "14", columns, context.places("14")),
    )


def police_control_by_period(context: Context) -> Table:
    """Table 15: the index by period."""
    line = Line(TOTAL, ALL, authorities.POLICE_CONTROL)
    columns, rows, extra = by_period(context, "15", "police_control_index", [line])
    return Table(
        code="15",
        number="15",
        title=_("Police-control index by period, officers per participant"),
        stub=_("Assemblies"),
        columns=columns,
        rows=rows,
        extra=extra,
    )
