"""Rebuild golos-text-{400,600}.{woff2,ttf} from the npm packages; see README.md.

    npm pack @fontsource/golos-text@5.3.0 @fontsource/noto-sans-math@5.3.0
    (unpack each into a folder of its own)
    python build.py GOLOS_FOLDER NOTO_MATH_FOLDER OUT_FOLDER

Needs fonttools and brotli.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

SIGNS = "≥≤‡ΣΔ→←≈≠✓●■▲○"
"""Signs that Golos Text lacks and formulas, tables and the interface need."""
FROM_EXTENDED_LATIN = "₸†₺₽€ŞşĞğİıŌō"
KEEP_FEATURES = ["kern", "ccmp", "locl", "mark", "tnum", "frac"]
BUILT = 3786912000
"""A fixed moment, in seconds since 1904: building again gives the same bytes."""
ALIASES = {0x2011: 0x2D, 0x202F: 0x2009}
"""Non-breaking hyphen and narrow space, drawn as their breaking sisters."""


def plain(path: Path, target: Path, unicodes: list[int] | None = None) -> str:
    """Unpack one woff2 file; with ``unicodes``, only those characters and no layout tables."""
    font = TTFont(path)
    if unicodes is not None:
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        options.drop_tables += ["MATH", "GDEF", "GPOS", "GSUB"]
        chosen = subset.Subsetter(options)
        chosen.populate(unicodes=unicodes)
        chosen.subset(font)
    for table in ("vhea", "vmtx", "STAT"):
        if table in font:
            del font[table]
    font.flavor = None
    font.save(target)
    return str(target)


def build(golos: Path, noto: Path, out: Path, weight: int) -> None:
    """Merge the subsets of one weight and write both formats."""
    parts = [
        plain(path, out / f"part-{path.stem}.ttf")
        for part in ("latin", "cyrillic", "cyrillic-ext")
        for path in [golos / f"files/golos-text-{part}-{weight}-normal.woff2"]
    ]
    extended = golos / f"files/golos-text-latin-ext-{weight}-normal.woff2"
    parts.append(plain(extended, out / "part-ext.ttf", [ord(c) for c in FROM_EXTENDED_LATIN]))
    signs = noto / "files/noto-sans-math-latin-400-normal.woff2"
    parts.append(plain(signs, out / "part-signs.ttf", [ord(sign) for sign in SIGNS]))
    font = Merger().merge(parts)
    for path in parts:
        Path(path).unlink()
    cmap = font.getBestCmap()
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({new: cmap[old] for new, old in ALIASES.items()})
    options = subset.Options(layout_features=KEEP_FEATURES, hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    kept = subset.Subsetter(options)
    kept.populate(unicodes=font.getBestCmap())
    kept.subset(font)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = BUILT
    font.save(out / f"golos-text-{weight}.ttf")
    font.flavor = "woff2"
    font.save(out / f"golos-text-{weight}.woff2")


if __name__ == "__main__":
    for each in (400, 600):
        build(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), each)
