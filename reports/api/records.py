"""The addresses of figures, described."""

from __future__ import annotations

from typing import get_args

from django.utils.translation import gettext_lazy as _

from monitoring.api.records import LANGUAGES, Column, Endpoint, Pages, Parameter, labels
from reports.codes import Basis, Source, Unit

UNITS, BASES, SOURCES = get_args(Unit), get_args(Basis), get_args(Source)
OF_PERIOD = Parameter(
    "period", _("code of the report's period; without it, the last one that has counted cards")
)
#: Of which report the rows are.
REPORT = (Column("period", _("code of the report's period"), always=True),)

PERIODS = Endpoint(
    "periods",
    "periods/",
    _("Periods in their order, with what their figures rest on"),
    right="report.view",
    columns=(
        Column("code", _("code"), always=True),
        *labels("name", _("name")),
        Column("start", _("first day"), kind="date"),
        Column("end", _("last day"), kind="date"),
        Column("months", _("months"), kind="number", always=True),
        Column("basis", _("basis of the figures"), codes=BASES, always=True),
    ),
)
PLACES = Endpoint(
    "places",
    "places/",
    _("Reporting places in the order of the register: rows of many tables"),
    right="report.view",
    columns=(Column("code", _("code"), always=True), *labels("name", _("name"))),
)
INDICATORS = Endpoint(
    "indicators",
    "indicators/",
    _("Every quantity: definition, formula, unit, how unknown answers are treated, source"),
    right="report.view",
    columns=(
        Column("code", _("code"), always=True),
        *labels("name", _("name")),
        *labels("definition", _("definition")),
        *labels("formula", _("formula")),
        Column("unit", _("unit"), codes=UNITS, always=True),
        Column("decimals", _("decimals that are printed"), kind="integer", always=True),
        *labels("missing", _("where answers are missing")),
        *labels("source", _("source of the definition")),
        Column("tables", _("codes of the tables that print it"), several=True),
        Column("category", _("question of the card, where it is computed for each of its answers")),
    ),
)
TABLES = Endpoint(
    "tables",
    "tables/",
    _("Tables of a report: title, codes of their columns and rows"),
    right="report.view",
    scope="values",
    conditional=True,
    about=REPORT,
    parameters=(OF_PERIOD,),
    columns=(
        Column("code", _("code"), always=True),
        Column("number", _("printed number")),
        *labels("title", _("title")),
        Column("columns", _("codes of the columns"), several=True),
        Column("rows", _("codes of the rows"), several=True),
        Column("cells", _("number of values"), kind="integer", always=True),
    ),
)
VALUE_COLUMNS = (
    Column("table", _("code of the table"), always=True),
    Column("period", _("period that the value is of"), always=True),
    Column("row", _("code of the row; TOTAL for all"), always=True),
    Column("column", _("code of the column"), always=True),
    Column("unit", _("unit"), codes=UNITS, always=True),
    Column("value", _("the value, unrounded"), kind="number"),
    Column("numerator", _("numerator"), kind="number"),
    Column("denominator", _("denominator"), kind="number"),
    Column("n", _("cards that it rests on"), kind="integer"),
    Column("unknown", _("cards left out because the answer is unknown"), kind="integer"),
    Column("low", _("value by the low counts"), kind="number"),
    Column("high", _("value by the high counts"), kind="number"),
    Column("source", _("computed from cards, or published earlier"), codes=SOURCES, always=True),
)
LABEL_COLUMNS = (
    Column("table_label", _("title of the table; only if a language is asked for")),
    Column("row_label", _("name of the row; only if a language is asked for")),
    Column("column_label", _("name of the column; only if a language is asked for")),
    Column("unit_label", _("unit in words; only if a language is asked for")),
)
VALUES = Endpoint(
    "values",
    "values/",
    _("Values of a report, one for each cell: the lines of values.csv"),
    right="report.download",
    scope="values",
    conditional=True,
    about=REPORT,
    pages=Pages(usual=1000, most=10_000),
    parameters=(
        OF_PERIOD,
        Parameter("table", _("code of a table: only its values")),
        Parameter("source", _("only values computed, or published"), codes=SOURCES),
        Parameter("language", _("names beside the codes, in this language"), codes=LANGUAGES),
    ),
    columns=VALUE_COLUMNS,
    extra=LABEL_COLUMNS,
)
