"""Tables 9 to 12: permits, why none was sought, and the law-abidance index."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from reports.indicators import activity, permits
from reports.legal import words
from reports.tables.context import ALL, PLACE, Context, Line, by_period, place_rows
from reports.types import TOTAL, Column, Table, Terms, Text
from reports.wording import in_words, say

INDEX = _("Law-abidance index")


def reasons_of(terms: Terms) -> tuple[tuple[str, Text], ...]:
    """Rows of table 10, in the order of the card."""
    told = words(terms)
    return (
        ("principled_refusal", told.refused),
        ("no_point_will_be_refused", _("Saw no point, as it would be refused")),
        ("did_not_know", told.did_not_know),
        ("spontaneous", _("Gathered spontaneously and had no time to ask")),
        ("unknown", _("Reason not known")),
    )


def _laws(context: Context, columns: Iterable[Column]) -> tuple[Text, ...]:
    """A note where the periods of a table fall under acts that ask for different things."""
    shown = {column.code for column in columns}
    dated = [each for each in context.periods if each.code in shown and each.start]
    asked = {context.vocabulary.terms_of(each).regime for each in dated}
    if len(asked) < 2:
        return ()
    return (
        _(
            "The periods fall under acts that ask for different things; each assembly is read by"
            " the law of its day."
        ),
    )


def unsanctioned(context: Context) -> Table:
    """Table 9: share of unsanctioned assemblies by period."""
    line = Line(TOTAL, _("Unsanctioned assemblies"), permits.UNSANCTIONED_SHARE)
    columns, rows, extra = by_period(context, "9", "unsanctioned_share", [line])
    return Table(
        code="9",
        number="9",
        title=_("Share of unsanctioned assemblies by period"),
        stub=_("Assemblies"),
        columns=columns,
        rows=rows,
        notes=_laws(context, columns),
        extra=extra,
    )


def reasons(context: Context) -> Table:
    """Table 10: why no permit was sought, by period; an unknown reason is a row."""
    lines = [
        Line(code, label, permits.REASON_SHARE, category=code)
        for code, label in reasons_of(context.terms)
    ]
    columns, rows, extra = by_period(context, "10", "share", lines)
    return Table(
        code="10",
        number="10",
        title=words(context.terms).why,
        stub=_("Reason"),
        columns=columns,
        rows=rows,
        notes=_laws(context, columns),
        extra=extra,
    )


def law_abidance(context: Context) -> Table:
    """Table 11: assemblies by permit and the index, per place."""
    columns = (
        ("assemblies", activity.ASSEMBLIES),
        ("unsanctioned", permits.UNSANCTIONED),
        ("sanctioned", permits.SANCTIONED),
        ("law_abidance_index", permits.LAW_ABIDANCE),
    )
    return Table(
        code="11",
        number="11",
        title=say(_("Law-abidance index in %(period)s by place"), period=in_words(context.period)),
        stub=PLACE,
        columns=(
            Column("assemblies", _("Assemblies")),
            Column("unsanctioned", _("Unsanctioned")),
            Column("sanctioned", _("Sanctioned")),
            Column("law_abidance_index", INDEX),
        ),
        rows=place_rows(context, "11", columns, context.places("11")),
    )


def law_abidance_by_period(context: Context) -> Table:
    """Table 12: the index by period."""
    line = Line(TOTAL, ALL, permits.LAW_ABIDANCE)
    columns, rows, extra = by_period(context, "12", "law_abidance_index", [line])
    return Table(
        code="12",
        number="12",
        title=_("Law-abidance index by period"),
        stub=_("Assemblies"),
        columns=columns,
        rows=rows,
        notes=_laws(context, columns),
        extra=extra,
    )
