"""The report as a Word document, for those who quote it: the words and numbers of page and PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import override

from reports.render import html
from reports.types import Report

if TYPE_CHECKING:
    from docx.document import Document


def render_docx(report: Report, language: str) -> bytes:
    """A4, with styles, contents, real tables, alternative texts; the same bytes every time."""
    from docx import Document as new

    from reports.render.docx import front, look, pack
    from reports.render.docx.chapters import Chapters

    with override(language):
        said = html.context(report, language)
        document: Document = new()
        look.prepare(document, language)
        places = front.Places(report, said)
        front.cover(document, report, said)
        front.about(document, report, said, places)
        chapters = Chapters(document, said, places, language)
        front.turn(document, said, chapters=True)
        for chapter in report.chapters:
            chapters.add(chapter)
        pack.describe(document, report, language, said["document_title"], _subject(said))
        return pack.packed(document)


def _subject(said: dict[str, Any]) -> str:
    return f"{said['subtitle']}, {said['report'].period.name}"
