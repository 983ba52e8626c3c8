"""Numbers and dates by the rules of a language: the only place where a value is rounded."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

NOTHING = "–"
"""Printed where there is no value; never a zero."""

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"


def round_half_up(value: float, decimals: int) -> Decimal:
    """The value at ``decimals`` places, halves away from zero, as people round on paper.

    >>> round_half_up(31.25, 1)
    Decimal('31.3')
    """
    # Through the shortest decimal form, so that 0.285 is what it looks like.
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def format_value(value: float | None, unit: str, decimals: int, language: str) -> str:
    """A value as printed in ``language`` (ru, kk, en); percent carries its sign.

    ``None`` gives a dash. Russian and Kazakh take a decimal comma, thousands parted by a narrow
    no-break space, and a no-break space before the percent sign.
    """
    if value is None:
        return NOTHING
    from babel.numbers import format_decimal

    number = format_decimal(
        round_half_up(value, decimals), _pattern(decimals), locale=_locale(language)
    ).replace(NO_BREAK, NARROW_NO_BREAK)
    if unit != "percent":
        return number
    return f"{number}%" if _locale(language) == "en" else f"{number}{NO_BREAK}%"


def format_date(day: datetime.date, language: str) -> str:
    """A date in words: 5 января 2018 года, 2018 ж. 5 қаңтар, 5 January 2018.

    Not the abbreviated "г.": its point would double at the end of a sentence.
    """
    from babel import dates

    pattern = {"ru": "d MMMM y 'года'", "en": "d MMMM y"}.get(_locale(language), "long")
    return dates.format_date(day, pattern, locale=_locale(language))


def format_list(items: list[str], language: str) -> str:
    """Names in a row: a, b and c. English takes no comma before its "and"."""
    from babel import lists

    locale = "en_GB" if _locale(language) == "en" else _locale(language)
    return lists.format_list(items, locale=locale)


def decimals_of(printed: str) -> int:
    """Decimal places of a number as somebody printed it: ``"43.75%"`` has two.

    Only the first number counts (``"21 (63.6%)"`` has none); text without a number has none.
    """
    digits = ""
    for sign in printed.strip():
        if sign.isdigit() or (sign in ".," and digits):
            digits += sign
        elif digits:
            break
    whole, _, fraction = digits.replace(",", ".").partition(".")
    return len(fraction)


def _locale(language: str) -> str:
    code = (language or "ru")[:2]
    return code if code in ("ru", "kk", "en") else "ru"


@lru_cache(maxsize=16)
def _pattern(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
