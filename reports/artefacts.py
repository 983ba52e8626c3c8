"""Pages, drawings and files of a report, made once and kept by what they show.

The name of a thing holds the fingerprint of its source and the version of the code that made it,
so nothing ever has to be thrown away because it is old: what changes gets another name.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from reports.links import DrillTo
from reports.render import (
    CONTENT_TYPES,
    html,
    render_pdf,
    render_svg,
    render_xlsx,
    report_json,
    table_csv,
    values_csv,
)
from reports.source import Source
from reports.types import Figure, Report

T = TypeVar("T")
#: What the look and the words of a report hang on, beside its source.
_CODE = ("reports/**/*.py", "cards/vocabularies.py", "cards/sections.py", "cards/validators.py")
_LOOK = ("templates/reports/*.html", "static/css/*.css", "locale/*/LC_MESSAGES/*.mo")
#: In a ZIP file nothing is older than this.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@once
def code_version() -> str:
    """SHA-256 over the code, templates, styles and translations of the reports; read once."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for pattern in (*_CODE, *_LOOK):
        for path in sorted(root.glob(pattern)):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def version(source: Source) -> str:
    """What everything made from ``source`` is kept under; hexadecimal."""
    return digest((source.fingerprint, code_version()))


def digest(parts: Iterable[str]) -> str:
    """A short name for several texts in their order; hexadecimal."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def kept(version: str, name: str, make: Callable[[], T]) -> T:
    """What is kept under the version and name; made now if there is none."""
    key = f"report:{version}:{name}"
    thing: T | None = cache.get(key)
    if thing is None:
        thing = make()
        cache.set(key, thing)
    return thing


def look_up(version: str, name: str) -> bytes | None:
    """What is kept, or None; makes nothing."""
    thing: bytes | None = cache.get(f"report:{version}:{name}")
    return thing


@dataclass(frozen=True, slots=True)
class Article:
    """A report as a piece of a page, and what the page around it has to know."""

    html: SafeString
    title: str
    period: str
    chapters: tuple[tuple[str, str, str], ...]


def article(source: Source, language: str, drill: DrillTo | None) -> Article:
    """The whole report in the active language, its numbers linked to cards by ``drill``."""
    made_by = version(source)

    def drawing(figure: Figure) -> str:
        address = reverse("reports:figure", args=[source.period.code, figure.number, language])
        return f"{address}?v={made_by}"

    def make() -> Article:
        context = html.context(source.report, language, drill_base=drill, figure_base=drawing)
        context["tables_at"] = reverse("reports:period", args=[source.period.code]) + "tables/"
        return Article(
            render_to_string("reports/_article.html", context),
            context["document_title"],
            str(source.period.name),
            tuple((each.code, each.number, str(each.title)) for each in source.report.chapters),
        )

    return kept(made_by, f"article-{language}-{'linked' if drill else 'plain'}", make)


def figure(source: Source, number: str, language: str) -> bytes:
    """A figure as SVG; KeyError if the report has none of that number."""

    def draw() -> bytes:
        for each in source.report.figures:
            if each.number == number:
                return render_svg(each, language)
        raise KeyError(number)

    return kept(version(source), figure_name(number, language), draw)


def figure_name(number: str, language: str) -> str:
    return f"figure-{number}-{language}"


def document(source: Source, form: str, language: str) -> bytes:
    """The report as a file; ``form`` is one of ``FORMS``."""
    _name, _type, make, _spoken = FORMS[form]
    return kept(version(source), f"{form}-{language}", lambda: make(source.report, language))


def file_name(source: Source, form: str, language: str) -> str:
    """``report-2018-ru.pdf``; forms that hold all languages do not name one."""
    ending, _type, _make, spoken = FORMS[form]
    middle = f"-{language}" if spoken else ""
    return f"report-{source.period.code}{middle}{ending}"


def _workbook(report: Report, language: str) -> bytes:
    from reports.codebook import codebook

    return render_xlsx(report, language, codebook())


def _archive(report: Report, language: str) -> bytes:
    """values.csv and a CSV of each table, in one ZIP file."""
    files = {"values.csv": values_csv(report)}
    files |= {f"table-{table.code}.csv": table_csv(table) for table in report.tables}
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


Make = Callable[[Report, str], bytes]
#: Form of a download -> ending of its name, content type, maker, and whether it has one language.
FORMS: dict[str, tuple[str, str, Make, bool]] = {
    "pdf": (".pdf", CONTENT_TYPES["pdf"], render_pdf, True),
    "xlsx": (".xlsx", CONTENT_TYPES["xlsx"], _workbook, True),
    "csv": ("-csv.zip", "application/zip", _archive, False),
    "json": (".json", CONTENT_TYPES["json"], lambda report, language: report_json(report), False),
}
