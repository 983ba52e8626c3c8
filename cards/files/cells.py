"""Text in the cells of files for spreadsheets, where it must never run as a formula.

A cell runs if it begins with one of ``= + - @``. A cell may also begin inside a text: a program
that takes the semicolon for the separator breaks a comma-separated line there, and a line break
begins a new row. So the apostrophe that makes a cell text stands at each such place.
"""

from __future__ import annotations

import re
from typing import Any

_BEGINS = r"(?:^|(?<=[;,\t\r\n|]))"
_FORMULA = r"[ \u00a0\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]"
#: Where an apostrophe is put; PostgreSQL reads it the same way.
RUNS = rf"{_BEGINS}(?='*(?:{_FORMULA}))"
#: A text without any of these runs nowhere.
MAY_RUN = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_RUNS = re.compile(RUNS)
_SAFE = re.compile(rf"{_BEGINS}'(?='*(?:{_FORMULA}))")


def safe(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could begin a formula."""
    return _RUNS.sub("'", text)


def plain(value: Any) -> Any:
    """What ``safe`` was given; other values as they are."""
    return _SAFE.sub("", value) if isinstance(value, str) else value
