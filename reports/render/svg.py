"""Matplotlib's SVG without inline styles, so that a strict content policy cannot strip its look."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_PLACES = {"d", "points", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"}
_LONG = re.compile(r"-?\d+\.\d{3,}(?![\de])")
_TRANSLATE = re.compile(r"translate\([^)]*\)")
_FONT = re.compile(r"(?:(\d{3}|bold)\s+)?([\d.]+)px\s+(.+)")


def plain_attributes(document: bytes, title: str) -> bytes:
    """Turn every ``style`` attribute and the ``<style>`` element into presentation attributes.

    ``title`` names the drawing where it is opened by itself. The result is an SVG document,
    UTF-8, with the same bytes for the same input.
    """
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(document)  # noqa: S314 - Matplotlib's own output, not a user's
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt"}
    for parent in root.iter():
        _settle(parent.attrib)
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"):
                parent.remove(child)
        for name, value in _declarations(parent.attrib.pop("style", "")):
            parent.attrib.update(_font(value) if name == "font" else {name: value})
    heading = ElementTree.Element(f"{{{_SVG}}}title")
    heading.text = title
    root.insert(0, heading)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _settle(attributes: dict[str, str]) -> None:
    """Round where things stand to hundredths of a point: the layout's last bits hang on the order
    in which its solver meets the parts, and the same figure has to give the same bytes."""
    for name in _PLACES & attributes.keys():
        attributes[name] = _LONG.sub(_hundredths, attributes[name])
    if "transform" in attributes:
        attributes["transform"] = _TRANSLATE.sub(
            lambda found: _LONG.sub(_hundredths, found[0]), attributes["transform"]
        )


def _hundredths(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2) + 0.0:.10g}"


def _declarations(style: str) -> list[tuple[str, str]]:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _font(shorthand: str) -> dict[str, str]:
    """``font: 600 8px 'Golos Text', …`` as the attributes that SVG has for it."""
    found = _FONT.fullmatch(shorthand)
    if found is None:
        raise ValueError(f"Unexpected font shorthand in a chart: {shorthand}")
    weight, size, family = found.groups()
    return {"font-size": f"{size}px", "font-family": family} | (
        {"font-weight": weight} if weight else {}
    )
