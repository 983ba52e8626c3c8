"""Rows of figures: plain values in the order of the columns, for JSON and CSV alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import override

from reports.indicators import INDICATORS
from reports.narrative.annex import UNITS
from reports.render.csv import column_codes, number
from reports.render.text import in_languages, safe_text
from reports.types import Cell, Period, Report, Table, Text, Vocabulary

Row = tuple[Any, ...]


def of_periods(periods: Sequence[Period]) -> Iterator[Row]:
    """Columns of ``records.PERIODS``."""
    for each in periods:
        yield (each.code, *_words(each.name), each.start, each.end, _plain(each.months), each.basis)


def of_places(vocabulary: Vocabulary) -> Iterator[Row]:
    """Columns of ``records.PLACES``."""
    for code, label in vocabulary.places.items():
        yield (code, *_words(label))


def of_indicators() -> Iterator[Row]:
    """Columns of ``records.INDICATORS``."""
    for each in INDICATORS:
        yield (
            each.code,
            *_words(each.name),
            *_words(each.definition),
            *_words(each.formula),
            each.unit,
            each.decimals,
            *_words(each.missing),
            *_words(each.source),
            list(each.tables),
            each.category or None,
        )


def of_tables(report: Report) -> list[Row]:
    """Columns of ``records.TABLES``."""
    return [
        (
            table.code,
            table.number or None,
            *_words(table.title),
            column_codes(table),
            [row.code for row in table.rows],
            len(list(table.cells())),
        )
        for table in report.tables
    ]


def of_values(report: Report, language: str = "") -> list[Row]:
    """Columns of ``records.VALUES``, in the order of values.csv; with a language, the names of
    ``records.LABEL_COLUMNS`` too."""
    if not language:
        return [_value(cell) for cell in report.cells()]
    with override(language):
        names = {table.code: _names(table) for table in report.tables}
        return [(*_value(cell), *_named(cell, names)) for cell in report.cells()]


def texts(row: Row) -> list[str]:
    """The row as a CSV line."""
    return [safe_text(_text(value)) for value in row]


Names = tuple[str, dict[str, str], dict[str, str]]


def _names(table: Table) -> Names:
    """Title of a table, its rows and its columns by code."""
    rows = {row.code: str(row.label) for row in table.rows}
    columns = {}
    for column in table.columns:
        span, title = str(column.span), str(column.title)
        columns[column.code] = f"{span}: {title}" if span else title
    return str(table.title), rows, columns


def _named(cell: Cell, names: dict[str, Names]) -> Row:
    title, rows, columns = names.get(cell.key.table, (None, {}, {}))
    return (title, rows.get(cell.key.row), columns.get(cell.key.column), str(UNITS[cell.unit]))


def _value(cell: Cell) -> Row:
    key, value = cell.key, cell.value
    return (
        key.table,
        key.period,
        key.row,
        key.column,
        cell.unit,
        _plain(value.value),
        _plain(value.numerator),
        _plain(value.denominator),
        value.n,
        value.unknown,
        _plain(value.low),
        _plain(value.high),
        cell.source,
    )


def _words(text: Text) -> tuple[str, ...]:
    return tuple(in_languages(text).values())


def _plain(value: float | None) -> float | int | None:
    """Whole numbers without a fraction, as in values.csv."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, int | float):
        return number(value)
    return "" if value is None else str(value)
