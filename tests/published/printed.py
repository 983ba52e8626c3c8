"""Printed figures: their parts as numbers, and when a computed value is what was printed."""

import re
from fractions import Fraction

NOTHING = "-"
_FIRST_NUMBER = re.compile(r"\d+(?:\.(\d+))?")


def number(printed: str) -> Fraction:
    """The first number of the text: ``"21 (63.6%)"`` is 21, "-" is 0."""
    return Fraction(0) if printed == NOTHING else Fraction(_match(printed).group())


def last_place(printed: str) -> Fraction:
    """The worth of the last printed digit: 1/10 for ``"31.2 %"``."""
    return Fraction(1, 10 ** len(_match(printed).group(1) or ""))


def how_printed(printed: str, computed: Fraction | None) -> str | None:
    """``exact``, ``rounded`` (half up) or ``truncated``; None where the value was not printed so.

    "-" stands for nothing: no value, or 0.
    """
    if printed == NOTHING:
        return None if computed else "exact"
    if computed is None:
        return None
    figure, place = number(printed), last_place(printed)
    if computed == figure:
        return "exact"
    if -place / 2 <= computed - figure < place / 2:
        return "rounded"
    return "truncated" if 0 <= computed - figure < place else None


def _match(printed: str) -> re.Match[str]:
    found = _FIRST_NUMBER.match(printed)
    if found is None:
        raise ValueError(f"no number in {printed!r}")
    return found
