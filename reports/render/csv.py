"""Values as CSV (UTF-8, comma, a line feed): all of them tidy, and each table as it is laid out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from reports.render.text import LANGUAGES, in_languages, safe_text
from reports.types import Cell, Report, Table

HEADER = (
    "table",
    "period",
    "row",
    "column",
    "unit",
    "value",
    "numerator",
    "denominator",
    "n",
    "unknown",
    "low",
    "high",
    "source",
)


def values_csv(report: Report) -> bytes:
    """Every cell of the report, unrounded; a value that does not exist is empty, never 0."""
    return _written([HEADER, *(_line(cell) for cell in report.cells())])


def table_csv(table: Table) -> bytes:
    """One table: a line per row, unrounded, labels in all languages.

    ``published`` names the columns whose figure in this row comes from an earlier report.
    """
    codes = column_codes(table)
    labels = [f"label_{language}" for language in LANGUAGES]
    lines: list[Sequence[str]] = [["row", *labels, *codes, "published"]]
    for row in table.rows:
        old = [
            code
            for code, cell in zip(codes, row.cells, strict=True)
            if cell is not None and cell.source == "published" and cell.value
        ]
        lines.append(
            [
                row.code,
                *in_languages(row.label).values(),
                *(number(cell.value.value if cell is not None else None) for cell in row.cells),
                ";".join(old),
            ]
        )
    return _written(lines)


def column_codes(table: Table) -> list[str]:
    """A code per column, told apart by its period where columns of several periods share one."""
    codes = [column.code for column in table.columns]
    if len(set(codes)) == len(codes):
        return codes
    return [
        f"{_period(table, index) or str(column.span)}:{column.code}"
        for index, column in enumerate(table.columns)
    ]


def number(value: float | None) -> str:
    """The shortest text that reads back as the same number; "" for none; 12, not 12.0."""
    if value is None:
        return ""
    return repr(int(value)) if float(value).is_integer() else repr(float(value))


def _line(cell: Cell) -> list[str]:
    key, value = cell.key, cell.value
    return [
        key.table,
        key.period,
        key.row,
        key.column,
        cell.unit,
        number(value.value),
        number(value.numerator),
        number(value.denominator),
        number(value.n),
        number(value.unknown),
        number(value.low),
        number(value.high),
        cell.source,
    ]


def _period(table: Table, index: int) -> str:
    found = {row.cells[index].key.period for row in table.rows if row.cells[index] is not None}  # type: ignore[union-attr]
    return found.pop() if len(found) == 1 else ""


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerows([safe_text(text) for text in line] for line in lines)
    return output.getvalue().encode("utf-8")
