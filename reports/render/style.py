"""Colours and fonts of print and charts, read from the same CSS custom properties as the site."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings

FAMILY = "Golos Text"
DAGGER = "\N{DAGGER}"
"""The mark of a published figure, in tables and on the axes of charts."""
DASH = "\N{EN DASH}"
"""Printed where a value does not exist."""

_ROOT = re.compile(r":root\s*\{(.*?)\}", re.DOTALL)
_PROPERTY = re.compile(r"--([\w-]+):\s*([^;]+);")


def static_dir() -> Path:
    """The folder of the site's own static files."""
    return Path(settings.BASE_DIR) / "static"


@cache
def tokens() -> dict[str, str]:
    """Custom properties of the first (light) ``:root`` block of ``css/tokens.css``, by name."""
    css = (static_dir() / "css" / "tokens.css").read_text(encoding="utf-8")
    block = _ROOT.search(css)
    if block is None:
        raise ValueError("css/tokens.css has no :root block")
    return {name: value.strip() for name, value in _PROPERTY.findall(block.group(1))}


def colour(name: str) -> str:
    """The ``#rrggbb`` of a token; KeyError if there is none, ValueError if it is not a colour."""
    value = tokens()[name]
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValueError(f"--{name} is not a plain colour: {value}")
    return value


def series_colours() -> tuple[str, ...]:
    """Colours of a chart's series, in their order."""
    return tuple(colour(f"chart-{number}") for number in range(1, 7))


def font_files() -> tuple[Path, ...]:
    """The TrueType files that Matplotlib measures text with."""
    return tuple(static_dir() / "fonts" / f"golos-text-{weight}.ttf" for weight in (400, 600))
