"""Values as CSV (UTF-8, comma, a line feed): all of them tidy, and each table as it is laid out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from reports.render.text import LANGUAGES, in_languages, safe_text
from reports.types import Cell, Figure, Region, Report, Table

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
    """Every cell of the report, unrounded; a value that does not exist is empty, never 0.

    A report on one region names it in one more column.
    """
    lines: list[Sequence[str]] = [HEADER, *(cell_line(cell) for cell in report.cells())]
    return written(_with_region(lines, report.region))


def table_csv(table: Table, region: Region | None = None) -> bytes:
    """One table: a line per row, unrounded, labels in all languages.

    ``published`` names the columns whose figure in this row comes from an earlier report,
    ``region`` the region that the figures are of, if they are not of the whole country.
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
    return written(_with_region(lines, region))


def figure_csv(figure: Figure, region: Region | None = None) -> bytes:
    """What a figure draws: a line per mark, unrounded, names in all languages.

    ``region`` names the region that the marks are of, if they are not of the whole country.
    """
    names = [f"{what}_{language}" for what in ("category", "series") for language in LANGUAGES]
    lines: list[Sequence[str]] = [[*names, "unit", "value", "source"]]
    for series in figure.series:
        flags = series.published or (False,) * len(series.values)
        for category, value, old in zip(figure.categories, series.values, flags, strict=True):
            lines.append(
                [
                    *in_languages(category).values(),
                    *in_languages(series.label).values(),
                    figure.unit,
                    number(value),
                    "published" if old else "computed",
                ]
            )
    return written(_with_region(lines, region))


def _with_region(lines: list[Sequence[str]], region: Region | None) -> Iterable[Sequence[str]]:
    if region is None:
        return lines
    head, *rest = lines
    return [[*head, "region"], *([*line, region.code] for line in rest)]


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


def cell_line(cell: Cell) -> list[str]:
    """The texts of a cell under ``HEADER``."""
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


def written(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines of texts as a file, in which no field starts a formula."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerows([safe_text(text) for text in line] for line in lines)
    return output.getvalue().encode("utf-8")
