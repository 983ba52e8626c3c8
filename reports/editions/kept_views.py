"""Views of the explorer as a frozen edition keeps them: tables and figures as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise

from reports import types
from reports.render.text import in_languages
from reports.types import Block, Label

_KNOWN = {
    kind.__name__: kind
    for kind in vars(types).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
}


def write(blocks: Sequence[Block]) -> Any:
    """Blocks as values that JSON has; texts in each language."""
    return _written(tuple(blocks))


def read(known: Any) -> tuple[Block, ...]:
    """What ``write`` gave. KeyError for a kind that is not known any more."""
    blocks: tuple[Block, ...] = _read(known)
    return blocks


def _written(value: Any) -> Any:
    if isinstance(value, Label | Promise):
        return {"text": list(in_languages(value).values())}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            each.name: _written(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.init
        }
        return {"is": type(value).__name__, "parts": parts}
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    if isinstance(value, Mapping):
        return {"map": {str(name): _written(each) for name, each in value.items()}}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(each) for each in value)
    if not isinstance(value, dict):
        return value
    if "text" in value:
        return Label(*value["text"])
    if "map" in value:
        return {name: _read(each) for name, each in value["map"].items()}
    parts = {name: _read(each) for name, each in value["parts"].items()}
    return _KNOWN[value["is"]](**parts)
