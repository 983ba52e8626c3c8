"""The tables of the data package: what stands in them, and what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.render.csv import HEADER, cell_line, number
from reports.render.text import LANGUAGES, in_languages
from reports.types import TOTAL, Cell, Period, Report, Table, Text, Unit
from reports.wording import say

#: Tables whose rows are places.
BY_PLACE = frozenset({"1", "2", "3", "11", "14", "16", "18", "19", "court", "applications"})
_IN = {
    "ru": _("%(what)s, in Russian."),
    "kk": _("%(what)s, in Kazakh."),
    "en": _("%(what)s, in English."),
}
_NAME = pgettext_lazy("of a code", "Name")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type and constraints as in a Table Schema, and what it means.

    ``what``: of a column that has neighbours in other languages, what all of them hold.
    """

    name: str
    meaning: Text
    type: str = "string"
    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: int | None = None
    what: Text = ""

    def described(self) -> dict[str, Any]:
        """The field of a Table Schema."""
        limits: dict[str, Any] = {}
        if self.required:
            limits["required"] = True
        if self.enum:
            limits["enum"] = list(self.enum)
        if self.minimum is not None:
            limits["minimum"] = self.minimum
        told = {"name": self.name, "type": self.type, "description": str(self.meaning)}
        return told | ({"constraints": limits} if limits else {})


@dataclass(frozen=True, slots=True)
class Resource:
    """A file: its columns, its rows as texts, and how it hangs together with the others.

    foreign: own columns -> the other resource and its columns.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Sequence[str], ...]
    key: tuple[str, ...]
    foreign: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]]

    def lines(self) -> Iterator[Sequence[str]]:
        """The heading and the rows."""
        yield [column.name for column in self.columns]
        yield from self.rows

    def told(self) -> list[tuple[str, str]]:
        """Names and meanings in the active language; columns that differ in theirs as one."""
        found: list[tuple[str, str]] = []
        for what, together in groupby(self.columns, key=lambda column: str(column.what)):
            members = list(together)
            if what:
                found.append((", ".join(f"`{each.name}`" for each in members), f"{what}."))
            else:
                found += [(f"`{each.name}`", str(each.meaning)) for each in members]
        return found

    def schema(self) -> dict[str, Any]:
        """The Table Schema; an empty field is a value that does not exist."""
        described: dict[str, Any] = {
            "fields": [column.described() for column in self.columns],
            "missingValues": [""],
            "primaryKey": list(self.key),
        }
        if self.foreign:
            described["foreignKeys"] = [
                {"fields": list(own), "reference": {"resource": other, "fields": list(theirs)}}
                for own, (other, theirs) in self.foreign.items()
            ]
        return described


def resources(report: Report, codebook: Iterable[Sequence[Text]]) -> tuple[Resource, ...]:
    """Everything of the report as tables; the values first."""
    cells = list(report.cells())
    tables = {table.code: table for table in report.tables}
    places = _places(report)
    return (
        _values(cells, set(places), _indicator_of(cells)),
        _register("places", _("Places that the values speak of."), places),
        _indicators(report),
        _tables(tables, cells),
        _rows(tables, cells),
        _columns(tables, cells),
        _periods(report, cells),
        _codebook(codebook),
    )


def _values(
    cells: Iterable[Cell], places: set[str], indicators: Mapping[tuple[str, ...], str]
) -> Resource:
    meanings: dict[str, Column] = {
        column.name: column
        for column in (
            Column("table", _("Table that the value stands in."), required=True),
            Column(
                "period", _("Period, or the label that an earlier report printed."), required=True
            ),
            Column("row", _("Row of the table; TOTAL for all together."), required=True),
            Column("column", _("Column of the table, in its own words."), required=True),
            Column("unit", _("Unit of the value."), required=True, enum=get_args(Unit)),
            Column("value", _("The value, unrounded; empty if it does not exist."), "number"),
            Column("numerator", _("Numerator of a share, a mean or an index."), "number"),
            Column("denominator", _("Denominator of a share, a mean or an index."), "number"),
            Column("n", _("Cards that the value rests on."), "integer", minimum=0),
            Column(
                "unknown",
                _("Cards left out because the answer is not known."),
                "integer",
                minimum=0,
            ),
            Column("low", _("Lower bound, from the lowest counts."), "number"),
            Column("high", _("Upper bound, from the highest counts."), "number"),
            Column(
                "source",
                _("Computed from cards, or published in an earlier report."),
                required=True,
                enum=("computed", "published"),
            ),
        )
    }
    own = (
        *(meanings[name] for name in HEADER),
        Column("place", _("Place, where the row is one.")),
        Column("indicator", _("Indicator that defines the value.")),
    )
    rows = []
    for cell in cells:
        key = cell.key
        place = key.row if key.table in BY_PLACE and key.row in places else ""
        exact = indicators.get((key.table, key.row, key.column))
        rows.append([*cell_line(cell), place, exact or indicators.get((key.table, key.column), "")])
    return Resource(
        "values",
        _("Every value of the report, a line for each."),
        own,
        tuple(rows),
        ("table", "period", "row", "column", "source"),
        {
            ("table",): ("tables", ("code",)),
            ("period",): ("periods", ("code",)),
            ("place",): ("places", ("code",)),
            ("indicator",): ("indicators", ("code",)),
            ("table", "row"): ("rows", ("table", "row")),
            ("table", "column"): ("columns", ("table", "column")),
        },
    )


def _indicator_of(cells: Iterable[Cell]) -> dict[tuple[str, ...], str]:
    """Table, row and column, and table and column where all rows agree -> code of the indicator.

    So a printed figure finds the definition of the computed one beside it.
    """
    found: dict[tuple[str, ...], str] = {}
    agreed: dict[tuple[str, ...], set[str]] = {}
    for cell in cells:
        if cell.indicator:
            key = cell.key
            found[key.table, key.row, key.column] = cell.indicator
            agreed.setdefault((key.table, key.column), set()).add(cell.indicator)
    return found | {key: codes.pop() for key, codes in agreed.items() if len(codes) == 1}


def _places(report: Report) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for table in report.tables:
        if table.code in BY_PLACE:
            found |= {row.code: row.label for row in table.rows if row.code != TOTAL}
    return found


def _register(name: str, title: Text, names: Mapping[str, Text]) -> Resource:
    """Codes with their names."""
    return Resource(
        name,
        title,
        (Column("code", _("Code."), required=True), *_named(name=_NAME)),
        tuple([code, *in_languages(text).values()] for code, text in names.items()),
        ("code",),
        {},
    )


def _named(**contents: Text) -> tuple[Column, ...]:
    """A column for each content and language: ``name_ru``, ``name_kk``, ``name_en``."""
    return tuple(
        Column(f"{name}_{language}", say(_IN[language], what=what), what=what)
        for name, what in contents.items()
        for language in LANGUAGES
    )


def _spoken(*texts: Text) -> list[str]:
    return [said for text in texts for said in in_languages(text).values()]


def _indicators(report: Report) -> Resource:
    return Resource(
        "indicators",
        _("What each quantity is and how it is computed."),
        (
            Column("code", _("Code."), required=True),
            *_named(
                name=_NAME,
                definition=_("Definition"),
                formula=_("Formula"),
                missing=_("Missing answers"),
                source=pgettext_lazy("of a definition", "Source"),
            ),
            Column("unit", _("Unit of the value."), required=True, enum=get_args(Unit)),
            Column("decimals", _("Decimal places in print."), "integer", True, minimum=0),
            Column("tables", _("Tables that print it, separated by semicolons.")),
        ),
        tuple(
            [
                one.code,
                *_spoken(one.name, one.definition, one.formula, one.missing, one.source),
                one.unit,
                str(one.decimals),
                ";".join(one.tables),
            ]
            for one, _value in report.indicators
        ),
        ("code",),
        {},
    )


def _tables(tables: Mapping[str, Table], cells: Iterable[Cell]) -> Resource:
    codes = dict.fromkeys((*tables, *(cell.key.table for cell in cells)))
    rows = []
    for code in codes:
        table = tables.get(code)
        known: tuple[Text, ...] = (table.title, table.stub) if table else ("", "")
        rows.append([code, table.number if table else "", *_spoken(*known)])
    return Resource(
        "tables",
        _("The tables of the report."),
        (
            Column("code", _("Code."), required=True),
            Column("number", _("Number in print; empty if it has none.")),
            *_named(title=pgettext_lazy("of a table", "Title"), rows=_("What its rows are")),
        ),
        tuple(rows),
        ("code",),
        {},
    )


def _rows(tables: Mapping[str, Table], cells: Iterable[Cell]) -> Resource:
    labels: dict[tuple[str, str], Text] = {
        (table.code, row.code): row.label for table in tables.values() for row in table.rows
    }
    keys = dict.fromkeys((cell.key.table, cell.key.row) for cell in cells)

    def name(key: tuple[str, str]) -> Text:
        return labels.get(key, _("Total") if key[1] == TOTAL else key[1])

    return Resource(
        "rows",
        _("Names of the rows of each table."),
        (
            Column("table", _("Table."), required=True),
            Column("row", _("Code."), required=True),
            *_named(name=_NAME),
        ),
        tuple([*key, *in_languages(name(key)).values()] for key in keys),
        ("table", "row"),
        {("table",): ("tables", ("code",))},
    )


def _columns(tables: Mapping[str, Table], cells: Iterable[Cell]) -> Resource:
    """Names of columns: the heading; the row's name where each row has its own quantity; the
    title of a table whose columns are periods."""
    labels: dict[tuple[str, str], Text] = {}
    for table in tables.values():
        titles = {column.code: column.title for column in table.columns}
        for row in table.rows:
            for cell in filter(None, row.cells):
                key = cell.key
                own = row.label if row.code == key.column else table.title
                labels.setdefault((key.table, key.column), titles.get(key.column, own))
    keys = dict.fromkeys((cell.key.table, cell.key.column) for cell in cells)
    return Resource(
        "columns",
        _("Names of the columns of each table."),
        (
            Column("table", _("Table."), required=True),
            Column("column", _("Code."), required=True),
            *_named(name=_NAME),
        ),
        tuple([*key, *in_languages(labels.get(key, key[1])).values()] for key in keys),
        ("table", "column"),
        {("table",): ("tables", ("code",))},
    )


def _periods(report: Report, cells: Iterable[Cell]) -> Resource:
    known: dict[str, Period] = {each.code: each for each in (*report.periods, report.period)}
    labels = dict.fromkeys(cell.key.period for cell in cells)
    rows = []
    for code, period in known.items():
        days = [day.isoformat() if day else "" for day in (period.start, period.end)]
        rows.append([code, *_spoken(period.name), *days, number(period.months), period.basis])
    rows += [[label, *_spoken(label), "", "", "", ""] for label in labels if label not in known]
    return Resource(
        "periods",
        _("Periods, and labels that earlier reports printed for them."),
        (
            Column("code", _("Code."), required=True),
            *_named(name=_NAME),
            Column("start", _("First day."), "date"),
            Column("end", _("Last day."), "date"),
            Column("months", _("Number of months."), "number", minimum=0),
            Column(
                "basis",
                _("Whether its figures are computed from cards or taken from earlier reports."),
                enum=("cards", "published"),
            ),
        ),
        tuple(rows),
        ("code",),
        {},
    )


def _codebook(lines: Iterable[Sequence[Text]]) -> Resource:
    return Resource(
        "codebook",
        _("The fields of the observation card, from which the values are computed."),
        (
            Column("order", _("Place on the card."), "integer", True, minimum=1),
            Column("field", _("Name of the field."), required=True),
            *_named(
                section=pgettext_lazy("of the card", "Section"),
                label=pgettext_lazy("of a field", "Label"),
                type=pgettext_lazy("of a field", "Type"),
                answers=pgettext_lazy("of a field", "Values"),
                rule=pgettext_lazy("of a field", "Rule"),
            ),
        ),
        tuple(
            [str(order), str(field), *_spoken(section, label, kind, answers, rule)]
            for order, (section, field, label, kind, answers, rule) in enumerate(lines, start=1)
        ),
        ("order",),
        {},
    )
