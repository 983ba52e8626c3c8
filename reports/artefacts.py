"""Pages, drawings and files of a report, made once and kept by what they show.

The name of a thing holds the fingerprint of its source and the version of the code that made it,
so nothing ever has to be thrown away because it is old: what changes gets another name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string

from monitoring import packing
from monitoring.packing import Piece
from reports import shelf
from reports.links import DrillTo, FilesOf, address
from reports.render import (
    CONTENT_TYPES,
    data_package,
    figure_csv,
    figure_png,
    html,
    render_docx,
    render_pdf,
    render_svg,
    render_xlsx,
    report_json,
    stem_of,
    table_csv,
    values_csv,
)
from reports.render.archive import zipped
from reports.source import Source
from reports.types import Figure, Report

T = TypeVar("T")
#: What the look and the words of a report hang on, beside its source.
_CODE = ("reports/**/*.py", "cards/vocabularies.py", "cards/sections.py", "cards/validators.py")
_LOOK = ("templates/reports/*.*", "static/css/*.css", "locale/*/LC_MESSAGES/*.mo")


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
    """A report with all that stands around it, as a piece of a page, and how the page is called."""

    piece: Piece
    title: str
    period: str


def article(
    source: Source,
    language: str,
    drill: DrillTo | None,
    files: FilesOf | None = None,
    offered: Mapping[str, Any] | None = None,
) -> Article:
    """The whole report in the active language, its numbers linked to cards by ``drill``.

    ``files``: the downloads that stand below each figure; ``offered``: those of the report. Whoever
    has the ones has the others.
    """
    made_by = version(source)

    def drawing(figure: Figure) -> str:
        return f"{address(source, 'figure', figure.number, language)}?v={made_by}"

    def make() -> Article:
        context = html.context(source.report, language, drill_base=drill, figure_base=drawing)
        context["figure_files"] = files
        context["tables_at"] = address(source, "period") + "tables/"
        context["article"] = render_to_string("reports/_article.html", context)
        context |= {
            "period_code": source.period.code,
            "region": source.region,
            "regions": source.regions,
            **(offered or {}),
        }
        return Article(
            packing.piece(render_to_string("reports/_period.html", context)),
            context["document_title"],
            str(source.period.name),
        )

    shown = f"{'linked' if drill else 'plain'}{'-files' if files else ''}"
    name = f"article-{language}-{shown}"
    if name not in source.at_hand:
        source.at_hand[name] = kept(made_by, name, make)
    return cast(Article, source.at_hand[name])


def figure(source: Source, number: str, language: str) -> bytes:
    """A figure as SVG; KeyError if the report has none of that number."""

    def draw() -> bytes:
        return render_svg(_figure(source, number), language)

    return kept(version(source), figure_name(number, language), draw)


def figure_file(source: Source, number: str, form: str, language: str) -> bytes:
    """A figure to take away; ``form`` is one of ``FIGURE_FORMS``. KeyError as above."""
    if form == "svg":
        return figure(source, number, language)

    def draw() -> bytes:
        chosen = _figure(source, number)
        if form == "csv":
            return figure_csv(chosen, source.report.region)
        return figure_png(source.report, chosen, language)

    return kept(version(source), f"{figure_name(number, language)}-{form}", draw)


def _figure(source: Source, number: str) -> Figure:
    for each in source.report.figures:
        if each.number == number:
            return each
    raise KeyError(number)


def figure_name(number: str, language: str) -> str:
    return f"figure-{number}-{language}"


def document(source: Source, form: str, language: str) -> IO[bytes]:
    """The report as an open file; ``form`` is one of ``FORMS``."""
    _name, _type, make, _spoken = FORMS[form]
    return shelf.kept(_name_of(source, form, language), lambda: make(source.report, language))


def is_kept(source: Source, form: str, language: str) -> bool:
    """Whether the file is there already, so that nobody has to wait for it."""
    found = shelf.look_up(_name_of(source, form, language))
    if found is None:
        return False
    found.close()
    return True


def _name_of(source: Source, form: str, language: str) -> str:
    return f"{version(source)}-{form}-{language}"


def file_name(source: Source, form: str, language: str) -> str:
    """``report-2018-ru.pdf``; forms that hold all languages do not name one."""
    ending, _type, _make, spoken = FORMS[form]
    middle = f"-{language}" if spoken else ""
    return f"{stem_of(source.report)}{middle}{ending}"


def _workbook(report: Report, language: str) -> bytes:
    from reports.codebook import codebook

    return render_xlsx(report, language, codebook())


def _archive(report: Report, language: str) -> bytes:
    """values.csv and a CSV of each table and figure, in one ZIP file."""
    files = {"values.csv": values_csv(report)}
    files |= {f"table-{table.code}.csv": table_csv(table, report.region) for table in report.tables}
    files |= {
        f"figure-{each.number}.csv": figure_csv(each, report.region) for each in report.figures
    }
    return zipped(files)


def _package(report: Report, language: str) -> bytes:
    from reports.codebook import codebook

    return data_package(report, codebook())


Make = Callable[[Report, str], bytes]
#: Form of a download -> ending of its name, content type, maker, and whether it has one language.
FORMS: dict[str, tuple[str, str, Make, bool]] = {
    "pdf": (".pdf", CONTENT_TYPES["pdf"], render_pdf, True),
    "docx": (".docx", CONTENT_TYPES["docx"], render_docx, True),
    "xlsx": (".xlsx", CONTENT_TYPES["xlsx"], _workbook, True),
    "csv": ("-csv.zip", "application/zip", _archive, False),
    "json": (".json", CONTENT_TYPES["json"], lambda report, language: report_json(report), False),
    "package": ("-datapackage.zip", CONTENT_TYPES["package"], _package, False),
}
#: Forms that take longer than a moment to make.
SLOW = ("pdf", "docx")
#: Forms of a figure to take away, in the order in which they are offered.
FIGURE_FORMS = ("svg", "png", "csv")
