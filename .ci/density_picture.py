"""Draws static/guide/density.svg: people seen from above at four densities of a crowd.

.venv/bin/python .ci/density_picture.py

The lines of the ground are a metre apart. It has no words, so it serves every language; drawn again
it has the same bytes.
"""

import math
import random
from pathlib import Path

PICTURE = Path(__file__).resolve().parent.parent / "static" / "guide" / "density.svg"
#: People per square metre, as in the table below the picture.
DENSITIES = (0.5, 1, 2, 4)
COLUMNS, ROWS = 6, 4  # metres of ground in a field
METRE = 24  # units of the drawing
GAP = 12
CLOSEST = 0.36  # metres between two heads in the thickest crowd
GROUND, LINE, BODY, HEAD = "#eaeeec", "#d5dcda", "#0b5560", "#073d46"


def people(density: float, chance: random.Random) -> list[tuple[float, float, int]]:
    """Place in metres and turn in degrees of everybody, as far from each other as people stand."""
    placed: list[tuple[float, float, int]] = []
    while len(placed) < density * COLUMNS * ROWS:
        tried = [
            (chance.uniform(0.25, COLUMNS - 0.25), chance.uniform(0.25, ROWS - 0.25))
            for _try in range(30)
        ]
        x, y = max(tried, key=lambda spot: room(spot, placed))
        if room((x, y), placed) >= CLOSEST:
            placed.append((x, y, chance.randrange(-25, 26)))
    return placed


def room(spot: tuple[float, float], placed: list[tuple[float, float, int]]) -> float:
    """Metres to the nearest person; from three metres on it makes no difference."""
    return min([3.0, *(math.dist(spot, (x, y)) for x, y, _turn in placed)])


def field(left: int, density: float, chance: random.Random) -> str:
    wide, high = COLUMNS * METRE, ROWS * METRE
    lines = "".join(f"M{left + n * METRE} 0v{high}" for n in range(1, COLUMNS))
    lines += "".join(f"M{left} {n * METRE}h{wide}" for n in range(1, ROWS))
    crowd = "".join(
        f'<use href="#p" transform="translate({left + x:.1f} {y:.1f}) rotate({turn})"/>'
        for x, y, turn in ((x * METRE, y * METRE, turn) for x, y, turn in people(density, chance))
    )
    ground = f'<rect x="{left}" width="{wide}" height="{high}" fill="{GROUND}"/>'
    return f'{ground}<path d="{lines}" stroke="{LINE}" fill="none"/>{crowd}\n'


def main() -> None:
    chance = random.Random(2)  # noqa: S311  (the same drawing every time)
    width = len(DENSITIES) * (COLUMNS * METRE + GAP) - GAP
    fields = [
        field(number * (COLUMNS * METRE + GAP), density, chance)
        for number, density in enumerate(DENSITIES)
    ]
    person = (
        f'<defs><g id="p"><ellipse rx="{0.22 * METRE:.1f}" ry="{0.12 * METRE:.1f}" fill="{BODY}"/>'
        f'<circle r="{0.1 * METRE:.1f}" fill="{HEAD}"/></g></defs>\n'
    )
    size = f'width="{width}" height="{ROWS * METRE}" viewBox="0 0 {width} {ROWS * METRE}"'
    PICTURE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{person}{"".join(fields)}</svg>\n'
    )


if __name__ == "__main__":
    main()
