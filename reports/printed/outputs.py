"""The list of a printed report as files: the erratum sheet (PDF/UA), CSV and Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from reports.printed.findings import Entry, Listing, groups
from reports.printed.typing import DASHES
from reports.reconcile import RULES
from reports.reconcile.advice import of_a_column
from reports.render import CONTENT_TYPES
from reports.render.style import static_dir
from reports.render.text import safe_text
from reports.types import Text
from reports.wording import together

#: Form of a download -> content type.
FORMS = {form: CONTENT_TYPES[form] for form in ("pdf", "csv", "xlsx")}
STYLESHEETS = ("css/tokens.css", "css/fonts.css", "css/erratum-print.css")


@dataclass(frozen=True, slots=True)
class Erratum:
    """A line of the sheet: a figure, what is printed, what it should read, and why."""

    cell: Text
    period: str
    printed: str
    reads: Text
    why: Text
    rounding: bool


def file(listing: Listing, form: str, language: str) -> bytes:
    """The list as a file, in words of that language."""
    with override(language):
        return _MAKERS[form](listing, language)


def file_name(edition: str, form: str, language: str) -> str:
    """``errata-2018-ru.pdf``; what no file system bears is left out of the name."""
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in edition)
    return f"errata-{plain}-{language}.{form}"


def errata(entries: Iterable[Entry]) -> list[Erratum]:
    """The entries of one table, those about one figure together."""
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.key, of_a_column(entry.finding)), []).append(entry)
    return [_erratum(its) for its in found.values()]


#: Rules that only say what a figure is at most: another one about it says what it is.
_BOUNDS = frozenset({"hundred", "most"})


def _erratum(entries: list[Entry]) -> Erratum:
    first = min(entries, key=lambda entry: entry.finding.rule in _BOUNDS)
    rules = dict.fromkeys(entry.finding.rule for entry in entries)
    return Erratum(
        first.cell,
        first.finding.period,
        first.finding.printed,
        _settling(entries) or first.reads or _("to be checked"),
        together(RULES[rule] for rule in rules),
        all(entry.finding.kind == "rounding" for entry in entries),
    )


def _settling(entries: list[Entry]) -> str:
    """How the figure reads once all that is found in it is settled; "" if no one reading does."""
    readings = [
        {each.reads: each.raises for each in entry.mendings if each.key == entry.key}
        for entry in entries
    ]
    common = set(readings[0]).intersection(*readings)
    return min(common, key=lambda reads: (readings[0][reads], reads), default="")


def sheet_html(listing: Listing, language: str) -> str:
    """The erratum sheet before it is set in pages."""
    entries = listing.entries()
    tables = [(each.title, errata(each.entries)) for each in groups(entries)]
    values = {
        "report": listing.report,
        "language": language,
        "organisation": settings.ORGANISATION,
        "tables": tables,
        "lines": sum(len(lines) for _title, lines in tables),
        "figures": len(listing.cells),
        "stylesheets": STYLESHEETS,
    }
    return render_to_string("reports/reconciliation/erratum.html", values)


def _pdf(listing: Listing, language: str) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    document = HTML(
        string=sheet_html(listing, language),
        base_url=f"{static_dir().as_uri()}/",
        url_fetcher=URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True),
    )
    return document.write_pdf(pdf_variant="pdf/ua-1")


def _lines(listing: Listing) -> list[list[str | float | None]]:
    head = [
        _("Table"), _("Period"), _("Row"), _("Column"), _("Figure"), _("Printed"),
        _("Should read"), _("Exact value"), _("Difference"), _("Kind"), _("Rule"),
        _("How to mend it"), _("What would settle it"),
    ]  # fmt: skip
    lines: list[list[str | float | None]] = [[*head]]
    for entry in listing.entries():
        each = entry.finding
        words = [str(entry.cell), each.printed, str(entry.reads)]
        lines.append(
            [
                each.table, each.period, each.row, each.column, *words, each.expected,
                each.difference, str(entry.kind), str(entry.rule), str(entry.way),
                "; ".join(_settled(entry)),
            ]
        )  # fmt: skip
    return lines


def _settled(entry: Entry) -> Iterable[str]:
    nothing = pgettext("figure", "nothing")
    for where, each in entry.candidates:
        yield f"{where}: {each.printed or nothing} → {each.reads}"


def _csv(listing: Listing, language: str) -> bytes:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for line in _lines(listing):
        writer.writerow([harmless(_text(part)) for part in line])
    # A mark by which spreadsheets know the letters.
    return b"\xef\xbb\xbf" + output.getvalue().encode()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a dash that stands alone is none."""
    return text if text in DASHES else safe_text(text)


def _text(part: str | float | None) -> str:
    if isinstance(part, float | int):
        return f"{part:.10g}"
    return part or ""


def _xlsx(listing: Listing, language: str) -> bytes:
    import xlsxwriter

    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    plain, head = (
        book.add_format({"font_size": 10, "valign": "top", "text_wrap": True, "bold": bold})
        for bold in (False, True)
    )
    page = book.add_worksheet(_("Findings")[:31])
    for column, width in enumerate((7, 12, 18, 22, 30, 16, 14, 12, 11, 14, 34, 60, 60)):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for number, line in enumerate(_lines(listing)):
        for column, part in enumerate(line):
            if isinstance(part, float | int):
                page.write_number(number, column, part, plain)
            elif part:
                page.write_string(number, column, part, head if not number else plain)
    book.close()
    return output.getvalue()


_MAKERS = {"pdf": _pdf, "csv": _csv, "xlsx": _xlsx}
