"""A card's values as JSON and as the texts of a CSV line."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cards.files.cells import safe
from cards.files.export import COLUMNS
from cards.serialise import as_text


def record(line: list[Any]) -> dict[str, Any]:
    """Column -> plain JSON: ``null`` where there is no answer, arrays for several."""
    return {name: _plain(value) for name, value in zip(COLUMNS, line, strict=True)}


def texts(line: list[Any]) -> list[str]:
    """The line as a card file has it: nothing in it is a formula to a spreadsheet."""
    return [safe(as_text(value)) for value in line]


def _plain(value: Any) -> Any:
    match value:
        case None | "":
            return None
        case tuple() | list():
            return list(value)
        case Decimal():
            return float(value)
        case datetime.date() | datetime.time() | UUID():
            return as_text(value)
    return value
