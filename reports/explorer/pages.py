"""What the page of the explorer shows, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cards.filters import query_string
from monitoring.accounts.access import allowed
from reports import artefacts, pages
from reports.explorer import figures
from reports.explorer.compute import Computed, compute
from reports.explorer.filters import ExplorerFilter
from reports.explorer.forms import ExplorerForm
from reports.explorer.spec import PARAMETERS, Spec, parameters, serialise
from reports.links import drill
from reports.numbers import format_date
from reports.types import Figure
from reports.wording import count

#: Cells of a table whose values are told one by one under it; the CSV file has every table's.
TOLD = 240
FORMS = ("png", "svg", "xlsx", "csv")


@dataclass(frozen=True)
class View:
    """A person's view by the parameters of an address; ``spec`` is None if they cannot be read."""

    user: Any
    data: QueryDict
    language: str

    @cached_property
    def form(self) -> ExplorerForm:
        return ExplorerForm(_plain(self.data))

    @cached_property
    def filter(self) -> ExplorerFilter:
        asked = {n: value for n, value in _plain(self.data).items() if n not in PARAMETERS}
        return ExplorerFilter(asked, self.user)

    @cached_property
    def spec(self) -> Spec | None:
        return self.form.spec(self.filter.given) if self.form.is_valid() else None

    @property
    def query(self) -> str:
        """The address of the view, without "?"."""
        return serialise(self.spec) if self.spec else ""

    @cached_property
    def made(self) -> Computed | None:
        return compute(self.spec, self.user, drill(self.user)) if self.spec else None

    def chips(self) -> list[dict[str, str]]:
        """The conditions in force, each with the address that leaves it out."""
        spec = self.spec
        said = parameters(spec) if spec else {}
        return [
            {
                "label": chip.label,
                "text": chip.text,
                "without": "?" + query_string({k: v for k, v in said.items() if k != chip.name}),
            }
            for chip in self.filter.active
        ]

    def chart(self) -> str:
        """The chart as an element of the page; "" if there is none."""
        if self.made is None or self.made.figure is None:
            return ""
        svg = _inline(self.made.figure, self.language)
        return mark_safe(svg)  # noqa: S308  (our own drawing; its texts are escaped)

    def sources(self) -> list[str]:
        """Where the figures come from, for whoever meets the chart alone."""
        return list(_sources(self))


def _plain(data: QueryDict) -> dict[str, str]:
    """The last value of each parameter."""
    return {name: str(data.get(name, "")) for name in data}


def context(view: View) -> dict[str, Any]:
    """What the template shows of a view."""
    shown: dict[str, Any] = {"view": view, "form": view.form, "filter": view.filter}
    if view.made is None or view.spec is None:
        return shown
    table, drill_to = view.made.table, drill(view.user)
    cells = sum(len(row.cells) for row in table.rows)
    return shown | {
        "table": table,
        "figure": view.made.figure,
        "chart": view.chart(),
        "replaced": figures.replaced(view.spec, view.made.cross),
        "chips": view.chips(),
        "sources": view.sources(),
        "numbers": pages.of_table(table, view.language, drill_to) if cells <= TOLD else (),
        "drill_base": drill_to,
        "files": _files(view),
        "query": view.query,
        "address": address(view),
    }


def _files(view: View) -> list[dict[str, str]]:
    """What may be taken away of the view."""
    if not allowed(view.user, "report.download"):
        return []
    names = {
        "png": (_("Chart as PNG"), _("a picture with title and source")),
        "svg": (_("Chart as SVG"), _("a drawing with title and source")),
        "xlsx": (_("Table as Excel workbook"), _("the table and all that its values rest on")),
        "csv": (_("Table as CSV"), _("a line for each cell")),
    }
    drawn = view.made is not None and view.made.figure is not None
    return [
        {
            "url": f"{reverse('reports:explore_file', args=[form])}?{view.query}",
            "what": what,
            "how": how,
        }
        for form, (what, how) in names.items()
        if drawn or form in ("xlsx", "csv")
    ]


def _sources(view: View) -> Iterator[str]:
    made = view.made
    today = format_date(timezone.localdate(), view.language)
    yield (
        _("Source: %(source)s")
        % {"source": _("Zhinalys, counted observation cards, %(day)s") % {"day": today}}
        + f". {settings.ORGANISATION}"
    )
    chosen = "; ".join(f"{chip['label']}: {chip['text']}" for chip in view.chips())
    yield _("Chosen: %(conditions)s") % {"conditions": chosen or _("all counted cards")} + (
        f". n = {count(made.cross.at().n)}" if made else ""
    )
    if not view.user.all_regions:
        yield _("Only the cards that this account may see.")
    if settings.DEMO:
        yield _("Demonstration: reconstructed cards.")


def _inline(figure: Figure, language: str) -> str:
    from reports.render import plots

    def draw() -> str:
        return plots.inline_svg(figure, language)

    return artefacts.kept(_print(figure, language), "explorer", draw)


def _print(figure: Figure, language: str) -> str:
    """The fingerprint of what a drawing shows."""
    series = [(str(each.label), each.values, each.urls) for each in figure.series]
    words = [str(each) for each in (figure.title, figure.note, *figure.categories)]
    look = (figure.kind, figure.unit, figure.decimals, figure.points, language)
    return artefacts.digest((artefacts.code_version(), repr((look, words, series))))


def address(view: View) -> str:
    """The view's page."""
    query = view.query
    return reverse("reports:explore") + (f"?{query}" if query else "")
