"""A view as a file: the chart alone with title and source, the table as a workbook or as CSV."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from reports.explorer.pages import View
from reports.render import png
from reports.render.csv import number
from reports.render.text import safe_text
from reports.render.xlsx import table_xlsx
from reports.types import Table

CONTENT_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HEADER = (
    "row", "row_label", "column", "column_label", "unit", "value", "numerator", "denominator",
    "n", "unknown",
)  # fmt: skip


def written(view: View, form: str, address: str) -> bytes:
    """The file of a view, whose page is at ``address``.

    KeyError for another form than those of ``CONTENT_TYPES``, or where there is nothing to draw.
    """
    made = view.made
    if made is None or form not in CONTENT_TYPES:
        raise KeyError(form)
    if form == "csv":
        return table_csv(made.table)
    if form == "xlsx":
        about = [(_("Address"), address), *(("", line) for line in view.sources())]
        return table_xlsx(made.table, view.language, about)
    if made.figure is None:
        raise KeyError(form)
    draw = png.alone_png if form == "png" else png.alone_svg
    return draw(made.figure, view.language, str(made.figure.title), view.sources())


def table_csv(table: Table) -> bytes:
    """A line for each cell, unrounded, labels in the active language; UTF-8 with a mark."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell is None:
                continue
            value = cell.value
            numbers = (value.value, value.numerator, value.denominator, value.n, value.unknown)
            words = (row.code, str(row.label), column.code, str(column.title), cell.unit)
            writer.writerow([safe_text(text) for text in (*words, *map(number, numbers))])
    return output.getvalue().encode("utf-8-sig")
