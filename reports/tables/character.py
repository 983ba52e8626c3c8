"""Tables 4 to 8 and the lists of topics: what about, organised by whom, in which form."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from reports.indicators import character
from reports.tables.context import (
    ALL,
    Context,
    Line,
    by_number,
    by_period,
    in_order,
    name,
)
from reports.types import TOTAL, Column, Indicator, Period, Row, Table, Text
from reports.wording import in_words, say

PUBLIC_ORGANISATIONS = _("Public organisations")
SPONTANEOUS_GROUPS = _("Spontaneous groups of citizens")
INDIVIDUALS = _("Individuals")

ASSEMBLIES, SHARE = _("Assemblies"), _("Share")

#: Rows of table 6: code of the row, its label, and the organiser that it counts.
ORGANISERS: tuple[tuple[str, Text, str], ...] = (
    ("public_organisation", PUBLIC_ORGANISATIONS, "public_organisations"),
    ("spontaneous_group", SPONTANEOUS_GROUPS, "spontaneous_group"),
    ("individual", INDIVIDUALS, "individual"),
)


def topic_groups(context: Context) -> Table:
    """Table 4: share of the topic groups by period."""
    lines = [
        Line(group, label, character.TOPIC_GROUP_SHARE, category=group)
        for group, label in context.vocabulary.topic_groups.items()
    ]
    return _shares_by_period(
        context, "4", _("Topics of the assemblies by period"), _("Topics"), lines
    )


def topics(context: Context) -> Table:
    """The lists of topics, group by group, each topic with its number of assemblies."""
    vocabulary = context.vocabulary
    numbers = _topics_found(context)
    rows: list[Row] = []
    for group, label in vocabulary.topic_groups.items():
        rows.append(_topic_row(context, group, label, character.TOPIC_GROUP_ASSEMBLIES, group))
        mine = [code for code in numbers if vocabulary.group_of_topic.get(code) == group]
        for topic in by_number(mine, vocabulary.topics, numbers):
            path, its_name = f"{group}/{topic}", name(vocabulary.topics, topic)
            rows.append(_topic_row(context, path, its_name, character.TOPIC_ASSEMBLIES, topic))
    return Table(
        code="topics",
        number="",
        title=say(_("Topics of the assemblies in %(period)s"), period=in_words(context.period)),
        stub=_("Topic"),
        columns=(Column("assemblies", ASSEMBLIES),),
        rows=tuple(rows),
    )


def _topics_found(context: Context) -> Mapping[str, float]:
    """Topic -> assemblies, as the basis of the period gives them."""
    printed = context.printed_rows("topics").get("assemblies", {})
    if printed:
        return {path.rpartition("/")[2]: n for path, n in printed.items() if "/" in path and n}
    return {topic: n for topic, n in context.own.values(TOTAL, "topic").items() if topic and n}


def _topic_row(context: Context, row: str, label: Text, what: Indicator, category: str) -> Row:
    cell = context.cell("topics", row, "assemblies", what, category=category)
    nested = "/" in row
    return Row(row, label, (cell,), total=not nested, level=int(nested))


def public_organisations(context: Context) -> Table:
    """Table 5: share of assemblies organised by public organisations, by period."""
    line = Line(
        "public_organisations",
        PUBLIC_ORGANISATIONS,
        character.ORGANISER_SHARE,
        category="public_organisations",
    )
    title = _("Share of assemblies organised by public organisations, by period")
    return _shares_by_period(context, "5", title, _("Organiser"), [line])


def organisers(context: Context) -> Table:
    """Table 6: organisers by period."""
    lines = [
        Line(row, label, character.ORGANISER_SHARE, category=category)
        for row, label, category in ORGANISERS
    ]
    return _shares_by_period(
        context, "6", _("Organisers of the assemblies by period"), _("Organiser"), lines
    )


def _shares_by_period(
    context: Context, table: str, title: Text, stub: Text, lines: list[Line]
) -> Table:
    columns, rows, extra = by_period(context, table, "share", lines)
    return Table(table, table, title, stub, columns, rows, extra=extra)


def forms(context: Context) -> Table:
    """Table 7: forms that occurred in the period, the most frequent first."""
    numbers = _numbers_printed(context, "7", context.period)
    order = by_number(numbers, context.vocabulary.forms, numbers)
    columns = (("assemblies", character.FORM_ASSEMBLIES), ("share", character.FORM_SHARE))
    rows = [
        Row(
            form,
            name(context.vocabulary.forms, form),
            tuple(context.cell("7", form, column, what, category=form) for column, what in columns),
        )
        for form in order
    ]
    total = tuple(context.cell("7", TOTAL, column, what) for column, what in columns)
    rows.append(Row(TOTAL, ALL, total, total=True))
    return Table(
        code="7",
        number="7",
        title=say(_("Forms of the assemblies in %(period)s"), period=in_words(context.period)),
        stub=_("Form"),
        columns=(Column("assemblies", ASSEMBLIES), Column("share", SHARE)),
        rows=tuple(rows),
    )


def forms_compared(context: Context) -> Table:
    """Table 8: forms in the period beside the one before; forms that occurred in either."""
    beside = [period for period in (context.previous, context.period) if period is not None]
    measures = (("assemblies", character.FORM_ASSEMBLIES), ("share", character.FORM_SHARE))
    numbers = {period.code: _numbers_printed(context, "8", period) for period in beside}
    seen = {form for found in numbers.values() for form in found}
    order = in_order(seen, context.vocabulary.forms)
    for period in beside:
        order.sort(key=lambda form, n=numbers[period.code]: -n.get(form, 0))  # type: ignore[misc]
    rows, extra = [], []
    for form in order:
        pairs = [
            context.joined(period, "8", form, column, what, category=form)
            for period in beside
            for column, what in measures
        ]
        label = name(context.vocabulary.forms, form)
        rows.append(Row(form, label, tuple(shown for shown, _hidden in pairs)))
        extra += [hidden for _shown, hidden in pairs if hidden]
    return Table(
        code="8",
        number="8",
        title=_("Forms of the assemblies compared with the period before"),
        stub=_("Form"),
        columns=tuple(
            Column(f"{period.code}:{column}", title, span=period.name)
            for period in beside
            for column, title in (("assemblies", ASSEMBLIES), ("share", SHARE))
        ),
        rows=tuple(rows),
        extra=tuple(extra),
    )


def _numbers_printed(context: Context, table: str, period: Period) -> Mapping[str, float]:
    """Form -> assemblies that the table prints for a period, where there were any."""
    found: dict[str, float] = {}
    if context.computes(period):
        values = context.facts[period.code].values(TOTAL, "form")
        found |= {form: n for form, n in values.items() if form and n}
    if period.basis == "published":
        printed = {
            row: cell.value.value
            for (its_table, code, row, column), cell in context.published.items()
            if (its_table, code, column) == (table, period.code, "assemblies") and row != TOTAL
        }
        found |= {form: n for form, n in printed.items() if n}
    return found
