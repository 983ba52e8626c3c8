"""The report as a tagged PDF (PDF/UA-1): the same report gives the same bytes."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import override

from reports.render import html
from reports.render.style import static_dir
from reports.types import Report

STYLESHEETS = (*html.STYLESHEETS, "css/print.css")


def render_pdf(report: Report, language: str) -> bytes:
    """A4, with contents, outline and alternative texts, fonts embedded, dates from the report."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    document = HTML(
        string=print_html(report, language),
        # Ends in a slash: addresses in the page are relative to the static folder.
        base_url=f"{static_dir().as_uri()}/",
        url_fetcher=URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True),
    )
    return document.write_pdf(pdf_variant="pdf/ua-1")


def print_html(report: Report, language: str) -> str:
    """The document that is printed, before it is set in pages."""
    with override(language):
        end = report.period.end
        values = html.context(report, language) | {
            "stylesheets": STYLESHEETS,
            "chart_text": "text",
            "created": end.isoformat() if end else "",
        }
        return render_to_string("reports/print.html", values)
