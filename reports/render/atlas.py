"""The outline and regions of Kazakhstan, and the projection that they are drawn in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import asin, cos, degrees, hypot, radians, sin

from django.conf import settings

Point = tuple[float, float]

#: Albers' equal-area projection: standard parallels, and the middle of the country; degrees.
_SOUTH, _NORTH, _MIDDLE, _FOOT = 43.0, 53.0, 67.0, 40.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map, projected. ``outline``: of the country, not between two regions."""

    outline: bool
    points: tuple[Point, ...]


@cache
def lines() -> tuple[Line, ...]:
    """Every line of fixtures/map/kazakhstan.json; read once."""
    path = settings.BASE_DIR / "fixtures" / "map" / "kazakhstan.json"
    return tuple(
        Line(len(line["regions"]) < 2, tuple(project(x, y) for x, y in line["points"]))
        for line in json.loads(path.read_text())["lines"]
    )


def project(longitude: float, latitude: float) -> Point:
    """Degrees -> the map's plane, on which equal areas are equal; a unit is about a degree."""
    south, north = sin(radians(_SOUTH)), sin(radians(_NORTH))
    cone = (south + north) / 2
    constant = cos(radians(_SOUTH)) ** 2 + 2 * cone * south
    angle = cone * radians(longitude - _MIDDLE)
    radius = (constant - 2 * cone * sin(radians(latitude))) ** 0.5 / cone
    foot = (constant - 2 * cone * sin(radians(_FOOT))) ** 0.5 / cone
    return degrees(radius * sin(angle)), degrees(foot - radius * cos(angle))


def degrees_of(point: Point) -> Point:
    """The inverse of ``project``: longitude and latitude."""
    south, north = sin(radians(_SOUTH)), sin(radians(_NORTH))
    cone = (south + north) / 2
    constant = cos(radians(_SOUTH)) ** 2 + 2 * cone * south
    foot = (constant - 2 * cone * sin(radians(_FOOT))) ** 0.5 / cone
    x, y = radians(point[0]), foot - radians(point[1])
    radius = hypot(x, y)
    latitude = degrees(asin((constant - (radius * cone) ** 2) / (2 * cone)))
    return _MIDDLE + degrees(asin(x / radius)) / cone, latitude


def extent() -> tuple[Point, Point]:
    """Lower left and upper right corner of the outline, in the map's plane."""
    xs, ys = zip(*(point for line in lines() for point in line.points), strict=True)
    return (min(xs), min(ys)), (max(xs), max(ys))
