"""Texts on their way out of the report: in every language, and harmless to spreadsheets."""

from __future__ import annotations

from django.utils.translation import override

from reports.types import Text

LANGUAGES = ("ru", "kk", "en")

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def in_languages(text: Text) -> dict[str, str]:
    """The text in each language of the product, by code."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = str(text)
    return found


def safe_text(text: str) -> str:
    """The text of a CSV field that no spreadsheet takes for a formula; numbers stay numbers.

    What could start one gets an apostrophe, which spreadsheets read as "this is text".
    """
    if not text.lstrip(" ").startswith(_STARTS_FORMULA) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
