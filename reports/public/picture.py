"""The picture that other sites show beside a link to an edition: title, period, main figures."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.render import style

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (1200, 630)
_EDGE = 72
_SHORT = re.compile(r"\b(\w{1,3}) ")


def card(organisation: str, title: str, period: str, figures: Sequence[tuple[str, str]]) -> bytes:
    """A PNG, the same bytes for the same words. figures: (name, value), at most four."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, style.colour("paper"))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 14), fill=style.colour("accent"))
    width = SIZE[0] - 2 * _EDGE
    y = _lines(pen, organisation, (_EDGE, 64), 26, width, "ink-2")
    y = _lines(pen, title, (_EDGE, y + 22), 54, width, "ink", strong=True)
    _lines(pen, period, (_EDGE, y + 14), 40, width, "accent", strong=True)
    shown = list(figures)[:4]
    column = width // max(len(shown), 1)
    pen.line((_EDGE, 418, SIZE[0] - _EDGE, 418), fill=style.colour("rule"), width=2)
    for at, (name, value) in enumerate(shown):
        left = _EDGE + at * column
        _lines(pen, value, (left, 436), 52, column - 16, "accent", strong=True)
        _lines(pen, name, (left, 506), 22, column - 24, "ink-2")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _lines(
    pen: ImageDraw,
    text: str,
    at: tuple[int, int],
    size: int,
    width: int,
    colour: str,
    strong: bool = False,
) -> int:
    """Writes words in lines of that width; gives the lower edge of the last."""
    font = _font(size, strong)
    x, y = at
    for line in _broken(text, font, width):
        pen.text((x, y), line, font=font, fill=style.colour(colour))
        y += round(size * 1.22)
    return y


def _broken(text: str, font: Any, width: int) -> list[str]:
    lines = [""]
    # A short word stays with the one behind it.
    for word in _SHORT.sub("\\1\u00a0", text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font(size: int, strong: bool) -> Any:
    from PIL import ImageFont

    normal, bold = style.font_files()
    engine = ImageFont.Layout.BASIC
    return ImageFont.truetype(str(bold if strong else normal), size, layout_engine=engine)
