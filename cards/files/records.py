"""What reading a file gives: its lines, the cells that are broken, or that it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise

#: Number of a line, as a spreadsheet shows it, and its cells from the left.
Record = tuple[int, Sequence[Any]]
#: Line and position (from 0) of a cell that a workbook could not give -> why.
Broken = dict[tuple[int, int], str | Promise]


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message is for the person who chose it.

    ``about``: which of several files is meant, where there are several.
    """

    about = ""
