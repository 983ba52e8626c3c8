"""What a printed number stands for: exactly itself, or anything that rounds to it.

31.2 % stands for anything from 31.15 to 31.25 if it was rounded right, and for anything between
31.1 and 31.3 if it may have been cut off, or rounded the wrong way. A number of people is itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from reports.numbers import decimals_of
from reports.types import Cell

Kind = Literal["contradiction", "rounding", "missing"]
NEARLY = 1e-9
#: Units of what is counted: a printed whole number of them is no rounded one.
COUNTED = frozenset({"count", "people", "officers", "assemblies"})
#: A share in brackets after the number that it is of: "21 (63.6%)".
BRACKETS = re.compile(r"(\(\s*)(\d+(?:[.,]\d+)?)(\s*%\s*\))")
_PERCENTAGE = re.compile(r"\s*[\d.,]+\s*%")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its bounds: rounded right (low, high); cut off (least, most; these excluded)."""

    value: float
    low: float
    high: float
    least: float
    most: float

    def left_of(self, whole: float) -> Amount:
        """What this part leaves of a whole."""
        return Amount(
            whole - self.value,
            whole - self.high,
            whole - self.low,
            whole - self.most,
            whole - self.least,
        )

    def times(self, factor: float) -> Amount:
        """The same part of something larger or smaller; the factor is above 0."""
        return Amount(
            self.value * factor,
            self.low * factor,
            self.high * factor,
            self.least * factor,
            self.most * factor,
        )


def exact(value: float) -> Amount:
    """A number that is itself."""
    return Amount(value, value, value, value, value)


def rounded(value: float, decimals: int) -> Amount:
    """A number that was printed with so many decimal places."""
    unit = 10.0**-decimals
    return Amount(value, value - unit / 2, value + unit / 2, value - unit, value + unit)


def amount(cell: Cell) -> Amount | None:
    """What a printed cell stands for; ``None`` for a dash."""
    value, decimals = cell.value.value, decimals_of(cell.printed)
    if value is None:
        return None
    counted = cell.unit in COUNTED and not decimals and not _PERCENTAGE.match(cell.printed)
    return exact(value) if counted else rounded(value, decimals)


def judge(printed: float, expected: float | Amount, decimals: int) -> Kind | None:
    """How a printed number with so many decimal places stands to what it should be.

    31.2 agrees with anything that it may stand for. Off by less than one unit of the last place
    it was cut off, or rounded the wrong way; further off it contradicts.
    """
    should = expected if isinstance(expected, Amount) else exact(expected)
    unit = 10.0**-decimals
    if should.low - unit / 2 - NEARLY <= printed <= should.high + unit / 2 + NEARLY:
        return None
    off = max(should.least - printed, printed - should.most)
    return "rounding" if off < unit - NEARLY else "contradiction"
