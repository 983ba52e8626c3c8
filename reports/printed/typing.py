"""What people type where a printed figure stands: its text as printed, and the number in it."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 60
DASHES = frozenset({"-", "–", "—", "−"})
_NUMBER = re.compile(r"\d(?:[\d \u00a0\u202f]*\d)?(?:[.,]\d+)?")
_BEFORE = re.compile(r"\s*[~≈<>≤≥+]?\s*")


def number_of(printed: str) -> float | None:
    """The number that a printed text begins with; ``None`` for a dash.

    >>> number_of("21 (63,6 %)")
    21.0

    Raises ValidationError for a text without a number, or a negative one.
    """
    text = printed.strip()
    if text in DASHES:
        return None
    if len(text) > LONGEST:
        raise ValidationError(_("The text is longer than %(n)s characters.") % {"n": LONGEST})
    start = _BEFORE.match(text)
    found = _NUMBER.match(text, start.end() if start else 0)
    if found is None:
        raise ValidationError(
            _("Type it as printed: a number first, or a dash where nothing is printed.")
        )
    return float(re.sub(r"[\s\u00a0\u202f]", "", found[0]).replace(",", "."))
