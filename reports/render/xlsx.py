"""The report as a workbook: a sheet per table, indicators, codebook, data quality. No formulas.

Every text goes through ``write_string``: a cell that begins with ``=`` is a text, never a formula.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from reports.render import style
from reports.render.text import title_of
from reports.types import TOTAL, Cell, Column, Report, Table, Text, Value

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

CodebookRow = tuple[Text, Text, Text, Text, Text, Text]
"""Section, field, label, type, values, rule."""

_EXCEL_LONGEST = 32767


def render_xlsx(report: Report, language: str, codebook: Iterable[CodebookRow] = ()) -> bytes:
    """The workbook; numbers unrounded with the number format of print, absent values left blank."""
    import xlsxwriter

    output = io.BytesIO()
    with override(language):
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        book.set_properties(_properties(report))
        sheets = _Sheets(book)
        _contents(sheets, report)
        for table in report.tables:
            _table(sheets, table)
        _indicators(sheets, report)
        _codebook(sheets, codebook)
        _data_quality(sheets, report)
        book.close()
    return output.getvalue()


def _properties(report: Report) -> dict[str, Any]:
    """Whose and what; the date is the report's, so that the same report gives the same bytes."""
    end = report.period.end or datetime.date(2000, 1, 1)
    return {
        "title": f"{title_of(report)}. {report.period.name}",
        "author": str(settings.ORGANISATION),
        "created": datetime.datetime(end.year, end.month, end.day, tzinfo=datetime.UTC),
    }


class _Exact(float):
    """A number that writes itself with all its digits: XlsxWriter formats to sixteen, one short."""

    def __format__(self, _specification: str) -> str:
        return repr(float(self))


class _Sheets:
    """A workbook with this report's formats; a sheet is a list of lines."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def form(self, **properties: Any) -> Any:
        """The cell format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
            self._formats[key] = self.book.add_format(base | properties)
        return self._formats[key]

    def add(self, name: str, widths: Sequence[int]) -> Worksheet:
        """A sheet with columns of these widths, in characters; the last goes for the rest."""
        sheet = self.book.add_worksheet(name[:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def title(self, sheet: Worksheet, text: Text) -> None:
        """The sheet's title, in its first line."""
        look = self.form(bold=True, font_size=14, font_color=style.colour("accent"))
        self.text(sheet, 0, 0, text, look)

    def heading(self, sheet: Worksheet, row: int, texts: Iterable[Text]) -> None:
        """A line of column headings."""
        look = self.form(bold=True, bottom=1, text_wrap=True, bg_color=style.colour("paper-3"))
        for column, text in enumerate(texts):
            self.text(sheet, row, column, text, look)

    def text(self, sheet: Worksheet, row: int, column: int, text: Text, form: Any = None) -> None:
        """A text that stays a text whatever it begins with."""
        words = str(text)[:_EXCEL_LONGEST]
        sheet.write_string(row, column, words, form or self.form(text_wrap=True))

    def number(
        self, sheet: Worksheet, row: int, column: int, value: float | None, form: Any = None
    ) -> None:
        """An unrounded number, or a blank where there is none."""
        if value is None:
            sheet.write_blank(row, column, None, form or self.form())
        else:
            sheet.write_number(row, column, _Exact(value), form or self.form())


def _contents(sheets: _Sheets, report: Report) -> None:
    sheet = sheets.add("contents", (14, 90))
    sheets.title(sheet, f"{title_of(report)}. {report.period.name}")
    sheets.text(sheet, 1, 0, settings.ORGANISATION, sheets.form())
    row = 2
    if report.demonstration:
        notice = sheets.form(bold=True, font_color=style.colour("state-returned"))
        sheets.text(sheet, row, 0, _("Demonstration: reconstructed cards."), notice)
        row += 1
    sheets.text(sheet, row, 0, f"{_('Checksum of the values')}: {report.checksum}", sheets.form())
    row += 2
    names = [(_sheet_name(table), table.title) for table in report.tables]
    names += [
        ("indicators", _("Indicators: definitions, formulas and values")),
        ("codebook", _("Codebook: the fields of the observation card")),
        ("data_quality", _("Data quality: what the values rest on")),
    ]
    link = sheets.form(font_color=style.colour("accent"), underline=1)
    for name, title in names:
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheets.text(sheet, row, 1, title)
        row += 1


def _sheet_name(table: Table) -> str:
    """``T01``, ``T19``, ``court``: the table's code, fit for a sheet's name."""
    return f"T{int(table.code):02d}" if table.code.isdigit() else table.code


def _table(sheets: _Sheets, table: Table) -> None:
    """The table as printed, then a line per cell with all that a value carries."""
    sheet = sheets.add(_sheet_name(table), (34, *(14,) * max(len(table.columns), 12)))
    number = f"{table.number}. " if table.number else ""
    sheets.title(sheet, f"{number}{table.title}")
    sheets.heading(sheet, 2, (table.stub, *(_heading(column) for column in table.columns)))
    row = 3
    for line in table.rows:
        sheets.text(sheet, row, 0, line.label, sheets.form(bold=line.total, indent=line.level))
        for column, cell in enumerate(line.cells, start=1):
            if cell is not None:
                form = sheets.form(**_look(cell, bold=line.total))
                sheets.number(sheet, row, column, cell.value.value, form)
        row += 1
    for note in (*table.notes, *_published_note(table)):
        row += 1
        sheets.text(sheet, row, 0, note, sheets.form(font_color=style.colour("ink-2")))
    _cells(sheets, sheet, row + 2, table)
    sheet.freeze_panes(3, 1)


def _published_note(table: Table) -> tuple[str, ...]:
    if any(cell.source == "published" for cell in table.cells()):
        return (_("Figures in italics were published in an earlier report."),)
    return ()


def _heading(column: Column) -> str:
    return f"{column.span}: {column.title}" if str(column.span) else str(column.title)


def _look(cell: Cell, **more: Any) -> dict[str, Any]:
    """The number format of print over the unrounded number; 31.25 % is kept as 31.25."""
    places = "." + "0" * cell.decimals if cell.decimals else ""
    sign = '" %"' if cell.unit == "percent" else ""
    old = {"italic": True, "font_color": style.colour("ink-2")}
    form = {"num_format": f"#,##0{places}{sign}"} | more
    return form | old if cell.source == "published" else form


def _cells(sheets: _Sheets, sheet: Worksheet, top: int, table: Table) -> None:
    heads = (
        _("Row"),
        _("Period"),
        _("Column"),
        _("Unit"),
        *_value_heads(),
        pgettext("of a value", "Source"),
    )
    sheets.heading(sheet, top, heads)
    for row, cell in enumerate(table.cells(), start=top + 1):
        key = cell.key
        for column, text in enumerate((key.row, key.period, key.column, cell.unit)):
            sheets.text(sheet, row, column, text)
        _value(sheets, sheet, row, 4, cell.value)
        sheets.text(sheet, row, 11, cell.source)


def _value_heads() -> tuple[str, ...]:
    return (
        pgettext("of a cell", "Value"),
        _("Numerator"),
        _("Denominator"),
        "n",
        pgettext("number of cards", "Unknown"),
        pgettext("bound of a range", "Low"),
        pgettext("bound of a range", "High"),
    )


def _value(sheets: _Sheets, sheet: Worksheet, row: int, column: int, value: Value) -> None:
    parts = (
        value.value,
        value.numerator,
        value.denominator,
        value.n,
        value.unknown,
        value.low,
        value.high,
    )
    for at, part in enumerate(parts):
        sheets.number(sheet, row, column + at, part)


def _indicators(sheets: _Sheets, report: Report) -> None:
    sheet = sheets.add("indicators", (26, 32, 48, 36, 18, 40, 30, *(12,) * 7, 14))
    sheets.title(sheet, _("Indicators: definitions, formulas and values"))
    heads = (
        _("Code"),
        pgettext("of an indicator", "Name"),
        _("Definition"),
        _("Formula"),
        _("Unit"),
        _("Missing answers"),
        pgettext("of a definition", "Source"),
        *_value_heads(),
        _("Tables"),
    )
    sheets.heading(sheet, 2, heads)
    for row, (indicator, value) in enumerate(report.indicators, start=3):
        texts = (
            indicator.code,
            indicator.name,
            indicator.definition,
            indicator.formula,
            indicator.unit,
            indicator.missing,
            indicator.source,
        )
        for column, text in enumerate(texts):
            sheets.text(sheet, row, column, text)
        _value(sheets, sheet, row, len(texts), value)
        sheets.text(sheet, row, len(texts) + 7, ", ".join(indicator.tables))
    sheet.freeze_panes(3, 1)


def _codebook(sheets: _Sheets, codebook: Iterable[CodebookRow]) -> None:
    sheet = sheets.add("codebook", (24, 26, 40, 16, 60, 50))
    sheets.title(sheet, _("Codebook: the fields of the observation card"))
    heads = (
        pgettext("of the card", "Section"),
        pgettext("of the card", "Field"),
        pgettext("of a field", "Label"),
        pgettext("of a field", "Type"),
        pgettext("of a field", "Values"),
        pgettext("of a field", "Rule"),
    )
    sheets.heading(sheet, 2, heads)
    for row, line in enumerate(codebook, start=3):
        for column, text in enumerate(line):
            sheets.text(sheet, row, column, text)
    sheet.freeze_panes(3, 2)


def _data_quality(sheets: _Sheets, report: Report) -> None:
    """How many cards each total rests on, and what earlier reports got wrong."""
    sheet = sheets.add("data_quality", (14, 14, 34, 34, 14, 14, 18, 16, 20, 16))
    sheets.title(sheet, _("Data quality: what the values rest on"))
    heads = (
        _("Table"),
        _("Period"),
        _("Row"),
        _("Column"),
        "n",
        pgettext("number of cards", "Unknown"),
        _("Unknown, share of all"),
    )
    sheets.heading(sheet, 2, heads)
    row = 3
    for cell in _with_unknown(report):
        key, n, unknown = cell.key, cell.value.n or 0, cell.value.unknown or 0
        for column, text in enumerate((key.table, key.period, key.row, key.column)):
            sheets.text(sheet, row, column, text)
        sheets.number(sheet, row, 4, n)
        sheets.number(sheet, row, 5, unknown)
        share = unknown / (n + unknown) * 100 if n + unknown else None
        sheets.number(sheet, row, 6, share, sheets.form(num_format='0.0" %"'))
        row += 1
    if report.findings:
        _findings(sheets, sheet, row + 1, report)
    sheet.freeze_panes(3, 0)


def _with_unknown(report: Report) -> list[Cell]:
    """The computed totals, and the cells of tables without a total, that tell their unknowns."""
    found = []
    for table in report.tables:
        cells = [
            cell
            for cell in table.cells()
            if cell.source == "computed" and cell.value.unknown is not None
        ]
        totals = [cell for cell in cells if cell.key.row == TOTAL]
        found += totals or cells
    return found


def _findings(sheets: _Sheets, sheet: Worksheet, top: int, report: Report) -> None:
    look = sheets.form(bold=True, font_size=12, font_color=style.colour("accent"))
    sheets.text(sheet, top, 0, _("Printed figures that other figures contradict"), look)
    heads = (
        _("Table"),
        _("Period"),
        _("Row"),
        _("Column"),
        _("Printed"),
        _("Expected"),
        _("Rule"),
        _("Difference"),
        pgettext("of a contradiction", "Kind"),
    )
    sheets.heading(sheet, top + 1, heads)
    for row, finding in enumerate(report.findings, start=top + 2):
        texts = (finding.table, finding.period, finding.row, finding.column, finding.printed)
        for column, text in enumerate(texts):
            sheets.text(sheet, row, column, text)
        sheets.number(sheet, row, 5, finding.expected)
        sheets.text(sheet, row, 6, finding.rule)
        sheets.number(sheet, row, 7, finding.difference)
        sheets.text(sheet, row, 8, finding.kind)


def table_xlsx(table: Table, language: str, about: Iterable[tuple[Text, Text]]) -> bytes:
    """One table as a workbook, as printed and cell by cell; ``about``: what is said of it."""
    import xlsxwriter

    output = io.BytesIO()
    with override(language):
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheets = _Sheets(book)
        _table(sheets, table)
        sheet = sheets.add(_("About"), (24, 100))
        sheets.title(sheet, table.title)
        for row, (name, text) in enumerate(about, start=2):
            sheets.text(sheet, row, 0, name)
            sheets.text(sheet, row, 1, text)
        book.close()
    return output.getvalue()
