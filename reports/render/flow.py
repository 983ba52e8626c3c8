"""How much of a page something takes, guessed from its length: what is kept whole, what begins a
page. A wrong guess costs white space and nothing else."""

from __future__ import annotations

from math import ceil

from reports.render.charts import height
from reports.types import Block, Chapter, Table

PAGE = 46
"""Lines of running text on a printed page."""
_SHORT = 39
"""A chapter of so many lines is not parted: it stands below another one if there is room."""
_WHOLE = 42
"""A table of so many lines is not parted: it goes to the next page."""
_LETTERS = 82
"""Letters in a line of running text."""
_SMALL_LETTERS = 115
"""Letters in a line of a table of words."""
_INCH = 4.8
"""Lines of text in an inch of a drawing."""


def is_short(chapter: Chapter) -> bool:
    """Whether the chapter, its heading included, fits on a page with others."""
    return 4 + sum(map(_block, chapter.blocks)) <= _SHORT


def table_lines(table: Table, ranges: bool = False) -> float:
    """Height of a table with its caption and notes; ``ranges``: small figures under the others."""
    return 5 + len(table.rows) * (1.75 if ranges else 1.15) + len(table.notes)


def table_whole(lines: float) -> bool:
    """Whether something so high is kept on one page."""
    return lines <= _WHOLE


def grid_lines(block: Block) -> float:
    """Height of a table of words: its columns share a line of small type by what they hold."""
    held = [6.0 + max(len(word) for word in f"{title} ".split(" ")) for title in block.items]
    for line in block.lines:
        for column, text in enumerate(line):
            held[column] += len(str(text)) / len(block.lines)
    rooms = [_SMALL_LETTERS * each / sum(held) for each in held]
    return 5 + sum(
        0.55
        + 0.72 * max(ceil(len(str(text)) / room) for text, room in zip(line, rooms, strict=True))
        for line in block.lines
    )


def _block(block: Block) -> float:
    if block.table is not None:
        ranges = any(cell.value.low is not None for cell in block.table.cells())
        return 2 + table_lines(block.table, ranges)
    if block.figure is not None:
        return 5 + height(block.figure) * _INCH
    if block.box is not None:
        return 6 + _text(str(block.box.text)) + 15 * len(block.box.pictures)
    if block.kind == "grid":
        return 2 + grid_lines(block)
    if block.kind == "heading":
        return 3
    items = sum(ceil(len(str(item)) / _LETTERS) + 0.3 for item in block.items)
    return items + _text(str(block.text))


def _text(text: str) -> float:
    return sum(ceil(len(part) / _LETTERS) + 0.6 for part in text.split("\n\n") if part)
