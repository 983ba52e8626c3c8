"""Texts on their way out of the report: in every language, and harmless to spreadsheets."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from cards.files.cells import safe
from reports.types import Report, Text

LANGUAGES = ("ru", "kk", "en")


def in_languages(text: Text) -> dict[str, str]:
    """The text in each language of the product, by code."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = str(text)
    return found


def safe_text(text: str) -> str:
    """The text of a CSV field that no spreadsheet takes for a formula; numbers stay numbers."""
    return text if _is_number(text) else safe(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()


def title_of(report: Report) -> str:
    """What the report is about, in the active language: the country, or one region of it."""
    if report.region is None:
        return _("Freedom of peaceful assembly in Kazakhstan")
    about = _("Freedom of peaceful assembly in Kazakhstan: %(region)s")
    return about % {"region": report.region.name}
