"""Pixels of pictures: drawn anew from what was uploaded, and parts of them made unrecognisable.

What is blurred cannot be won back: every pixel of an area comes from the averages of a few large
cells of that area and from nothing else (``blur``).
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cards.attachments import HEAD, Refused, check_size, redrawn, type_of

if TYPE_CHECKING:
    from PIL.Image import Image

Area = Sequence[float]
"""Left, top, width, height as parts of the picture, from 0 to 1."""

#: The longer side of a picture as it is kept, in pixels: enough for the width of a page.
LONGEST = 2000
#: The longer side of an area has so many cells at most, and a cell so many pixels at least; it is
#: never less than that part of the picture's longer side.
CELLS = 4
SMALLEST_CELL = 8
SMALLEST_PART = 0.012
_JPEG, _PNG = "image/jpeg", "image/png"


def drawn_anew(file: Any) -> tuple[bytes, str, tuple[int, int]]:
    """An uploaded photograph as bytes, content type and size: upright, opaque, at most ``LONGEST``.

    It is decoded in a process of its own (``cards.drawing``), nothing but pixels survives. Raises
    Refused with a message for whoever sent it.
    """
    check_size(file)
    file.seek(0)
    found = type_of(file.read(HEAD))
    if not found.pillow:
        raise Refused(_("Only photographs are taken here: JPEG, PNG or WebP."), code="type")
    image = _opaque(_opened(redrawn(file, found)))
    image.thumbnail((LONGEST, LONGEST))
    content, content_type = encoded(image, may_be_png=found.content_type == _PNG)
    return content, content_type, image.size


def blurred(
    content: bytes, content_type: str, areas: Sequence[Area], longest: int = LONGEST
) -> tuple[bytes, str, tuple[int, int]]:
    """A kept picture with its areas blurred; ``longest``: of the result, smaller for a preview."""
    image = _opened(content).convert("RGB")
    image.thumbnail((longest, longest))
    blur(image, areas)
    made, made_type = encoded(image, may_be_png=content_type == _PNG)
    return made, made_type, image.size


def blur(image: Image, areas: Sequence[Area]) -> None:
    """Replace each area of an RGB picture by a smooth surface through the averages of its cells."""
    from PIL.Image import Resampling

    for area in areas:
        box = pixels_of(area, image.size)
        part = image.crop(box)
        few = _averages(part, _cells(part.size, image.size))
        image.paste(few.resize(part.size, Resampling.BILINEAR), box)


def _averages(part: Image, cells: tuple[int, int]) -> Image:
    """A tiny picture: a pixel for each cell, its average rounded to whole steps."""
    from PIL import Image, ImageStat

    few = Image.new("RGB", cells)
    across, down = (
        [round(step * side / n) for step in range(n + 1)]
        for side, n in zip(part.size, cells, strict=True)
    )
    for x, y in product(range(cells[0]), range(cells[1])):
        cell = part.crop((across[x], down[y], across[x + 1], down[y + 1]))
        red, green, blue = (round(mean) for mean in ImageStat.Stat(cell).mean)
        few.putpixel((x, y), (red, green, blue))
    return few


def pixels_of(area: Area, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of an area in pixels, rounded outwards and never empty."""
    left, top, width, height = area
    found = []
    for start, length, side in ((left, width, size[0]), (top, height, size[1])):
        first = min(max(0, math.floor(start * side + 1e-6)), side - 1)
        last = min(side, max(first + 1, math.ceil((start + length) * side - 1e-6)))
        found.append((first, last))
    (x0, x1), (y0, y1) = found
    return x0, y0, x1, y1


def _cells(part: tuple[int, int], whole: tuple[int, int]) -> tuple[int, int]:
    cell = max(max(part) / CELLS, SMALLEST_CELL, SMALLEST_PART * max(whole))
    width, height = (max(1, round(side / cell)) for side in part)
    return width, height


def encoded(image: Image, *, may_be_png: bool) -> tuple[bytes, str]:
    """Bytes and content type: JPEG, or PNG where that is allowed and no larger (drawings)."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True)
    content, content_type = out.getvalue(), _JPEG
    if may_be_png:
        out = io.BytesIO()
        image.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= len(content):
            return out.getvalue(), _PNG
    return content, content_type


def _opened(content: bytes) -> Image:
    """A picture that this site has drawn itself."""
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def _opaque(image: Image) -> Image:
    """On white paper, as it will be printed."""
    from PIL import Image

    if image.mode == "RGB":
        return image
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(paper, layer).convert("RGB")
