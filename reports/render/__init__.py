"""Renderers: they print a Report and compute nothing.

``write`` makes the files of ``build_report``; views call the single renderers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reports.render.charts import render_svg
from reports.render.csv import table_csv, values_csv
from reports.render.html import render_html
from reports.render.json import report_json
from reports.render.pdf import render_pdf
from reports.render.xlsx import CodebookRow, render_xlsx
from reports.types import Report

FORMATS = ("pdf", "xlsx", "csv", "json", "html")
"""What can be written, in the order in which it is offered."""

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
}

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "render_html",
    "render_pdf",
    "render_svg",
    "render_xlsx",
    "report_json",
    "table_csv",
    "values_csv",
    "write",
]


def write(
    report: Report,
    out_dir: Path,
    languages: Sequence[str] = ("ru",),
    formats: Sequence[str] = FORMATS,
    codebook: Sequence[CodebookRow] = (),
    progress: Callable[[Path], object] | None = None,
) -> list[Path]:
    """Write the report's files into ``out_dir`` and return their paths in the order of writing.

    ``report-PERIOD-LANG.pdf|xlsx|html`` per language, figures as ``figure-N-LANG.svg``,
    ``values.csv`` with ``table-CODE.csv`` for each table, and ``report.json``. A file appears under
    its name only when it is complete; ``progress`` is told of each. ValueError for an unknown
    format.
    """
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise ValueError(f"Unknown formats: {', '.join(unknown)}")
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in _files(report, languages, formats, codebook):
        path = out_dir / name
        part = path.with_name(f".{name}.part")
        part.write_bytes(content)
        part.replace(path)
        written.append(path)
        if progress:
            progress(path)
    return written


def _files(
    report: Report,
    languages: Sequence[str],
    formats: Sequence[str],
    codebook: Sequence[CodebookRow],
) -> Iterable[tuple[str, bytes]]:
    """Names and contents, one at a time: a report of many languages need not fit in memory."""
    if "csv" in formats:
        yield "values.csv", values_csv(report)
        for table in report.tables:
            yield f"table-{table.code}.csv", table_csv(table)
    if "json" in formats:
        yield "report.json", report_json(report)
    for language in languages:
        stem = f"report-{report.period.code}-{language}"
        for figure in report.figures:
            yield f"figure-{figure.number}-{language}.svg", render_svg(figure, language)
        if "html" in formats:
            yield f"{stem}.html", render_html(report, language)
        if "xlsx" in formats:
            yield f"{stem}.xlsx", render_xlsx(report, language, codebook)
        if "pdf" in formats:
            yield f"{stem}.pdf", render_pdf(report, language)
