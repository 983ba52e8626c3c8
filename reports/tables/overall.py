"""Tables 1 to 3: assemblies per place, over the periods, and in a month."""

from django.utils.translation import gettext_lazy as _

from reports.indicators import activity
from reports.tables.context import (
    ALL,
    PLACE,
    Context,
    Line,
    by_number,
    by_period,
    name,
    place_rows,
    places_by_period,
)
from reports.types import TOTAL, Column, Indicator, Table, Text
from reports.wording import in_words, say


def assemblies_per_place(context: Context) -> Table:
    """Table 1: assemblies and their share, the place with most first."""
    printed = context.printed_rows("1").get("assemblies")
    numbers = printed or {place: context.own.assemblies(place) for place in context.own.places()}
    order = by_number(context.places("1"), context.vocabulary.places, numbers)
    columns = (("assemblies", activity.ASSEMBLIES), ("share", activity.ASSEMBLIES_SHARE))
    return Table(
        code="1",
        number="1",
        title=say(_("Assemblies in %(period)s by place"), period=in_words(context.period)),
        stub=PLACE,
        columns=(
            Column("assemblies", _("Assemblies")),
            Column("share", _("Share of all assemblies")),
        ),
        rows=place_rows(context, "1", columns, order),
    )


def assemblies_by_period(context: Context) -> Table:
    """Table 2: assemblies per place and period."""
    return _per_place_and_period(
        context, "2", "assemblies", activity.ASSEMBLIES, _("Assemblies by place and period")
    )


def rally_activity(context: Context) -> Table:
    """Table 3: the rally activity index per place and period."""
    return _per_place_and_period(
        context,
        "3",
        "rally_activity_index",
        activity.RALLY_ACTIVITY,
        _("Rally activity index by place and period, assemblies per month"),
    )


def _per_place_and_period(
    context: Context, table: str, column: str, indicator: Indicator, title: Text
) -> Table:
    lines = [
        Line(place, name(context.vocabulary.places, place), indicator, place)
        for place in places_by_period(context, table, column)
    ]
    lines.append(Line(TOTAL, ALL, indicator, total=True))
    columns, rows, extra = by_period(context, table, column, lines)
    return Table(table, table, title, PLACE, columns, rows, extra=extra)
