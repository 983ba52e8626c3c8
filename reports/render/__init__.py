"""Renderers: they print a Report and compute nothing.

``write`` makes the files of ``build_report``; views call the single renderers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reports.render.charts import render_svg
from reports.render.csv import figure_csv, table_csv, values_csv
from reports.render.docx import render_docx
from reports.render.html import render_html
from reports.render.json import report_json
from reports.render.package import data_package
from reports.render.pdf import render_pdf
from reports.render.png import figure_png
from reports.render.xlsx import CodebookRow, render_xlsx
from reports.types import Report

FORMATS = ("pdf", "docx", "xlsx", "csv", "json", "html", "package")
"""What can be written, in the order in which it is offered."""

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "package": "application/zip",
    "svg": "image/svg+xml",
    "png": "image/png",
}

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "data_package",
    "figure_csv",
    "figure_png",
    "render_docx",
    "render_html",
    "render_pdf",
    "render_svg",
    "render_xlsx",
    "report_json",
    "stem_of",
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

    ``report-PERIOD-LANG.pdf|docx|xlsx|html`` per language (``report-PERIOD-REGION-LANG…`` where it
    is on one region), figures as ``figure-N-LANG.svg`` and ``.png``, ``values.csv`` with
    ``table-CODE.csv`` and ``figure-N.csv``, ``report.json``, and
    ``report-PERIOD-datapackage.zip``. A file appears under its name only when it is complete;
    ``progress`` is told of each. ValueError for an unknown format.
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


def stem_of(report: Report) -> str:
    """``report-2018`` or, on one region, ``report-2018-KZ-75``: how names of files begin."""
    where = f"-{report.region.code}" if report.region else ""
    return f"report-{report.period.code}{where}"


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
            yield f"table-{table.code}.csv", table_csv(table, report.region)
        for figure in report.figures:
            yield f"figure-{figure.number}.csv", figure_csv(figure, report.region)
    if "json" in formats:
        yield "report.json", report_json(report)
    if "package" in formats:
        yield f"{stem_of(report)}-datapackage.zip", data_package(report, codebook)
    for language in languages:
        stem = f"{stem_of(report)}-{language}"
        for figure in report.figures:
            yield f"figure-{figure.number}-{language}.svg", render_svg(figure, language)
            yield f"figure-{figure.number}-{language}.png", figure_png(report, figure, language)
        if "html" in formats:
            yield f"{stem}.html", render_html(report, language)
        if "xlsx" in formats:
            yield f"{stem}.xlsx", render_xlsx(report, language, codebook)
        if "pdf" in formats:
            yield f"{stem}.pdf", render_pdf(report, language)
        if "docx" in formats:
            yield f"{stem}.docx", render_docx(report, language)
