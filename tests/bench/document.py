"""From the rows that are kept to ``docs/performance.md``: its tables, and one plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench import SECTIONS, rows
from tests.bench.rows import ROOT, Row

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "performance.svg"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
#: What a section is about, as the document heads it.
TITLES = {
    "tables": "Reports, the explorer and facts",
    "approving": "Approving cards",
    "submitting": "Submitting cards",
    "importing": "Loading files",
    "lists": "Lists",
    "searching": "Search",
    "pages": "Pages",
    "printing": "PDF",
    "exporting": "Files",
    "starting": "Starting",
}
#: Of the plot: what it shows, and how each engine is drawn.
PLOTTED = "Every value of a report"


def write(kept: Path = rows.KEPT, page: Path = PAGE, plot: Path = PLOT) -> None:
    """Put the figures into the page between their marks, and draw the plot beside it."""
    found = rows.read(kept)
    text = page.read_text(encoding="utf-8")
    before, mark, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{page} has no place for figures")
    body = "\n\n".join(_parts(found, rows.about(kept)))
    page.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")
    draw(found, plot)


def line(row: Row) -> str:
    """A row in one line, for whoever watches a run."""
    parts = [f"{row.section}: {row.what}, {row.cards:,} cards, {row.engine}: {measured(row)}"]
    if row.ratio is not None:
        parts.append(f"{_number(row.ratio)} × {row.against}".strip())
    if row.limit is not None:
        parts.append(f"{_goal(row)}: {_said(row)}")
    return "; ".join(parts)


def measured(row: Row) -> str:
    """What was measured, with its unit."""
    if row.seconds is not None:
        if row.seconds < 1:
            return f"{row.seconds * 1000:.3g} ms"
        return f"{row.seconds:,.2f} s" if row.seconds < 100 else f"{row.seconds:,.0f} s"
    if row.amount is None:
        return ""
    amount = f"{row.amount:.2f}" if abs(row.amount) < 10 else f"{row.amount:,.0f}"
    return f"{amount} {row.unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _goal(row: Row) -> str:
    if row.limit is None:
        return ""
    return f"{'at least' if row.at_least else 'at most'} {row.limit:g}"


def _said(row: Row) -> str:
    return {True: "reached", False: "**not reached**", None: ""}[row.reached]


def _parts(found: Sequence[Row], about: dict[str, dict[str, str]]) -> Iterable[str]:
    yield "## What was to be reached"
    yield _table(
        ("What", "Cards", "On", "Median", "Ratio", "Against", "To reach", ""),
        (
            (row.what, f"{row.cards:,}", row.engine, measured(row), _ratio(row), row.against,
             _goal(row), _said(row))
            for row in _ordered(found)
            if row.limit is not None
        ),
        right=(1, 3, 4),
    )  # fmt: skip
    for section in SECTIONS:
        own = [row for row in found if row.section == section]
        if own:
            yield f"## {TITLES[section]}"
            yield _circumstances(about.get(section, {}))
            if section == "tables":
                yield f"![Median seconds by number of cards](images/{PLOT.name})"
            yield from _tables(own)


def _ordered(found: Iterable[Row]) -> list[Row]:
    order = {section: n for n, section in enumerate(SECTIONS)}
    return sorted(found, key=lambda row: order[row.section])


def _ratio(row: Row) -> str:
    return "" if row.ratio is None else _number(row.ratio)


def _circumstances(about: dict[str, str]) -> str:
    if not about:
        return ""
    told = {name: value for name, value in about.items() if name not in ("date", "processor")}
    versions = ", ".join(f"{name} {value}" for name, value in told.items())
    return f"Measured on {about['date']}, {about['processor']}; {versions}."


def _tables(found: Sequence[Row]) -> Iterable[str]:
    """Each thing measured: engines down, numbers of cards across; notes under it."""
    for what in dict.fromkeys(row.what for row in found):
        own = [row for row in found if row.what == what]
        sizes = sorted({row.cards for row in own})
        cell = {(row.engine, row.cards): row for row in own}
        ratios = any(row.ratio is not None for row in own)
        heads = [
            head for size in sizes for head in ([f"{size:,}", "ratio"] if ratios else [f"{size:,}"])
        ]
        lines = []
        for engine in dict.fromkeys(row.engine for row in own):
            line_: list[str] = [engine]
            for size in sizes:
                row = cell.get((engine, size))
                line_.append(measured(row) if row else "")
                if ratios:
                    line_.append(_ratio(row) if row else "")
            lines.append(line_)
        against = dict.fromkeys(row.against for row in own if row.against)
        yield f"### {what}"
        if against:
            yield f"Ratio to {', '.join(against)}."
        yield _table(["On", *heads], lines, right=range(1, len(heads) + 1))
        notes = {row.note: row.engine for row in own if row.note}
        if notes:
            yield "\n".join(f"- {engine}: {note}" for note, engine in notes.items())


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]], right: Iterable[int]) -> str:
    marks = ["--:" if n in set(right) else "---" for n in range(len(heads))]
    told = [heads, marks, *lines]
    return "\n".join(f"| {' | '.join(each)} |" for each in told)


# --- The plot ----------------------------------------------------------------------------------


def draw(found: Iterable[Row], path: Path = PLOT) -> None:
    """Median seconds against the number of cards, both logarithmic, a line for each engine."""
    own = [row for row in found if row.what == PLOTTED and row.seconds is not None]
    if not own:
        return
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style = _style()
    for file in style.font_files():
        font_manager.fontManager.addfont(str(file))
    settings = {
        "font.family": style.FAMILY,
        "font.size": 10,
        "svg.hashsalt": "zhinalys",
        "svg.fonttype": "path",
        "text.color": style.colour("ink"),
        "axes.labelcolor": style.colour("ink"),
        "xtick.color": style.colour("ink"),
        "ytick.color": style.colour("ink"),
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        _lines(axes, own, style)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})


def _style() -> Any:
    """Colours and fonts of the product's own charts."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(BASE_DIR=ROOT)
    from reports.render import style

    return style


def _lines(axes: Any, own: Sequence[Row], style: Any) -> None:
    engines = list(dict.fromkeys(row.engine for row in own))
    ends = []
    for n, engine in enumerate(engines):
        mine = engine.startswith("Zhinalys")
        points = sorted((row.cards, row.seconds) for row in own if row.engine == engine)
        colour = style.colour("accent") if mine else style.series_colours()[1 + n % 5]
        axes.plot(
            *zip(*points, strict=True),
            color=colour if mine else style.colour("ink-3"),
            linestyle="-" if mine else ("--", ":", "-.")[n % 3],
            linewidth=2.2 if mine else 1.2,
            marker="o",
            markersize=3.5,
        )
        ends.append((points[-1][1], points[-1][0], engine, mine))
    axes.set_xscale("log")
    axes.set_yscale("log")
    _names(axes, ends, style)
    axes.set_xlabel("Cards")
    axes.set_ylabel("Seconds")
    axes.grid(True, which="major", color=style.colour("rule"), linewidth=0.6)
    axes.xaxis.set_major_formatter(_thousands())
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(style.colour("rule"))
    axes.minorticks_off()


def _names(axes: Any, ends: Sequence[tuple[float, float, str, bool]], style: Any) -> None:
    """Each line's name at its end, none over another."""
    import math

    last = -math.inf
    for seconds, cards, engine, mine in sorted(ends):
        at = max(math.log10(seconds), last + 0.17)
        last = at
        axes.annotate(
            engine,
            (cards, seconds),
            xytext=(1.02, 10**at),
            textcoords=(axes.get_yaxis_transform()),
            va="center",
            color=style.colour("accent" if mine else "ink"),
            annotation_clip=False,
        )


def _thousands() -> Callable[[float, int], str]:
    return lambda value, _place: f"{int(value):,}".replace(",", "\N{NO-BREAK SPACE}")
