"""The report as a tagged PDF (PDF/UA-1): the same report gives the same bytes."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import override

from reports.render import html, tagging
from reports.render.style import static_dir
from reports.types import Report

if TYPE_CHECKING:
    from weasyprint import HTML

STYLESHEETS = (*html.STYLESHEETS, "css/print.css")


#: Tagged; of photographs in cases as many dots as are seen on paper.
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "dpi": 200, "jpeg_quality": 85}


def render_pdf(report: Report, language: str) -> bytes:
    """A4, with contents, outline and alternative texts, fonts embedded, dates from the report."""
    return set_in_pages(to_print(report, language))


def set_in_pages(document: HTML) -> bytes:
    """The PDF of a document.

    Boxes and styles live until it is made: looking for garbage among them takes a seventh of the
    time and finds next to nothing.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        content = document.write_pdf(finisher=tagging.finish, **OPTIONS)
    finally:
        if collects:
            gc.enable()
    return bytes(content or b"")


def to_print(report: Report, language: str) -> HTML:
    """The document as WeasyPrint takes it; it may read our static files and nothing else."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    return HTML(
        string=print_html(report, language),
        # Ends in a slash: addresses in the page are relative to the static folder.
        base_url=f"{static_dir().as_uri()}/",
        url_fetcher=URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True),
    )


def print_html(report: Report, language: str) -> str:
    """The document that is printed, before it is set in pages."""
    with override(language):
        end = report.period.end
        values = html.context(report, language) | {
            "stylesheets": STYLESHEETS,
            "chart_text": "text",
            "paper": True,
            "created": end.isoformat() if end else "",
        }
        return render_to_string("reports/print.html", values)
