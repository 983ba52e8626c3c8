"""The data of the report's six figures, taken from its tables; how they look is the renderer's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from django.utils.translation import gettext_lazy as _

from reports.tables import Context
from reports.types import TOTAL, Cell, Figure, Row, Series, Table, Text, Unit
from reports.wording import Number, in_words, say, together

Tables = Mapping[str, Table]


def assemblies_per_place(context: Context, tables: Tables) -> Figure:
    """Figure 1: assemblies per place, in the order of table 1."""
    title = say(_("Assemblies in %(period)s by place"), period=in_words(context.period))
    return _bars("1", title, tables["1"], _("Assemblies"))


def topic_groups(context: Context, tables: Tables) -> Figure:
    """Figure 2: topic groups by period."""
    return _over_time("2", "stacked", _("Topics of the assemblies by period"), tables["4"])


def public_organisations(context: Context, tables: Tables) -> Figure:
    """Figure 3: share of assemblies by public organisations."""
    title = _("Share of assemblies organised by public organisations, by period")
    return _over_time("3", "columns", title, tables["5"])


def organisers(context: Context, tables: Tables) -> Figure:
    """Figure 4: organisers by period."""
    return _over_time("4", "columns", _("Organisers of the assemblies by period"), tables["6"])


def forms(context: Context, tables: Tables) -> Figure:
    """Figure 5: assemblies by form, in the order of table 7."""
    title = say(_("Forms of the assemblies in %(period)s"), period=in_words(context.period))
    return _bars("5", title, tables["7"], _("Assemblies"))


def unsanctioned(context: Context, tables: Tables) -> Figure:
    """Figure 6: share of unsanctioned assemblies by period.

    A period of which only the law-abidance index was printed shows what that leaves of 100 %.
    """
    table = tables["9"]
    shares = dict(_by_column(table, table.rows[0]))
    indices = dict(_by_column(tables["12"], tables["12"].rows[0]))
    values: list[float | None] = []
    published: list[bool] = []
    categories: list[Text] = []
    decimals = 1
    for period in context.periods:
        share, index = shares.get(period.code), indices.get(period.code)
        if share is None and index is None:
            continue
        categories.append(period.name)
        if share is not None and share.value:
            values.append(share.value.value)
            published.append(share.source == "published")
        else:
            known = index.value.value if index is not None else None
            values.append(None if known is None else 100 - known)
            published.append(index is not None and index.source == "published")
    series = (Series(table.rows[0].label, tuple(values), tuple(published)),)
    title = _("Share of unsanctioned assemblies by period")
    alt = _alt(title, categories, series, "percent", decimals)
    return Figure("6", "columns", title, tuple(categories), series, "percent", alt, "9", decimals)


FIGURES: dict[str, Callable[[Context, Tables], Figure]] = {
    "1": assemblies_per_place,
    "2": topic_groups,
    "3": public_organisations,
    "4": organisers,
    "5": forms,
    "6": unsanctioned,
}

#: What each figure answers, by its number: said above its title where there is room for both.
QUESTIONS: Mapping[str, Text] = {
    "1": _("Where did people assemble?"),
    "2": _("What did people assemble for?"),
    "3": _("How often were public organisations the organisers?"),
    "4": _("Who organised the assemblies?"),
    "5": _("What forms did the assemblies take?"),
    "6": _("What share of the assemblies was unsanctioned?"),
}


def _bars(number: str, title: Text, table: Table, label: Text) -> Figure:
    """Bars of the first column of a table, without its total."""
    rows = [row for row in table.rows if row.code != TOTAL]
    categories = tuple(row.label for row in rows)
    series = (_series(label, (row.cells[0] for row in rows)),)
    alt = _alt(title, categories, series, "count", 0)
    return Figure(number, "bars", title, categories, series, "count", alt, table.code)


def _over_time(
    number: str, kind: Literal["stacked", "columns", "lines"], title: Text, table: Table
) -> Figure:
    """A series for each row of a table by period."""
    categories = tuple(column.title for column in table.columns)
    series = tuple(_series(row.label, row.cells) for row in table.rows)
    unit: Unit = "percent"
    alt = _alt(title, categories, series, unit, 1)
    return Figure(number, kind, title, categories, series, unit, alt, table.code, 1)


def _series(label: Text, cells: Iterable[Cell | None]) -> Series:
    listed = list(cells)
    return Series(
        label,
        tuple(cell.value.value if cell is not None else None for cell in listed),
        tuple(cell is not None and cell.source == "published" for cell in listed),
    )


def _by_column(table: Table, row: Row) -> Iterable[tuple[str, Cell | None]]:
    return zip((column.code for column in table.columns), row.cells, strict=True)


def _alt(
    title: Text, categories: Iterable[Text], series: Iterable[Series], unit: Unit, decimals: int
) -> Text:
    """The chart in words: its title and every number, gaps named as such."""
    names = list(categories)
    parts: list[Text] = [say(_("Chart: %(title)s."), title=title)]
    for each in series:
        points = [
            say(_("%(name)s: no figure"), name=name)
            if value is None
            else say(_("%(name)s: %(value)s"), name=name, value=Number(value, unit, decimals))
            for name, value in zip(names, each.values, strict=True)
        ]
        if points:
            numbers = together(points, "; ")
            parts.append(say(_("%(series)s: %(numbers)s."), series=each.label, numbers=numbers))
    if not names:
        parts.append(_("There is nothing to show."))
    return together(parts)
