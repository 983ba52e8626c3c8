"""Where a page of the reports leads: to what is behind a figure, and to the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.accounts.access import allowed
from reports.source import Source
from reports.types import Cell, Figure, Region

DrillTo = Callable[[Cell], str]
FilesOf = Callable[[Figure], list[dict[str, str]]]

#: Who may list cards may follow a figure to the cards behind it, as far as they see them.
LIST_RIGHTS = ("card.export", "card.queue")


def address(made_from: Source, name: str, *args: str) -> str:
    """Address of a page or file of a report: ``period``, ``table``, ``download`` and so on."""
    region = made_from.region
    where = [made_from.period.code, *([region.code] if region else []), *args]
    return reverse(f"reports:{'region_' if region else ''}{name}", args=where)


def drill(user: Any, region: Region | None = None) -> DrillTo | None:
    """Gives the address of the cards, or permit applications, behind a cell.

    None for those who may not list cards. ``region``: the one that the cells are of.
    """
    if not any(allowed(user, right) for right in LIST_RIGHTS):
        return None
    cards, applications = reverse("cards:all"), reverse("cards:applications")

    where = {"region": region.code} if region else {}

    def behind(cell: Cell) -> str:
        chosen = {**where, **(cell.drill or {})}
        period = {"period": cell.key.period} if cell.key.period else {}
        if "linked" in chosen:
            return f"{applications}?{urlencode({**period, **chosen})}"
        prevented = chosen.get("course") == "prevented"
        which = {"status": "approved"} if prevented else {"counted": "yes"}
        return f"{cards}?{urlencode({**period, **chosen, **which})}"

    return behind


def downloads(user: Any, made_from: Source, language: str) -> dict[str, Any]:
    """The buttons: each form in the language of the page, the document in the others too."""
    if not allowed(user, "report.download"):
        return {}
    names = {
        "pdf": (_("Report as PDF"), _("A4, for reading and printing")),
        "docx": (_("Report for Word"), _("DOCX, for quoting and working on")),
        "xlsx": (_("Excel workbook"), _("a sheet for each table, codebook")),
        "csv": (_("CSV"), _("all values and each table, in a ZIP file")),
        "json": (_("JSON"), _("all values, for programs")),
        "package": (_("Data package"), _("values, definitions and codebook, described")),
    }

    return {
        "downloads": [
            {"url": address(made_from, "download", form, language), "what": what, "how": how}
            for form, (what, how) in names.items()
        ],
        "other_languages": [
            {"url": address(made_from, "download", "pdf", code), "code": code, "name": name}
            for code, name in settings.LANGUAGES
            if code != language
        ],
    }


def figure_files(user: Any, made_from: Source, language: str) -> FilesOf | None:
    """Gives the files of a figure, each with its address; None for those who may take none."""
    if not allowed(user, "report.download"):
        return None

    def files(figure: Figure) -> list[dict[str, str]]:
        return [
            {
                "url": address(made_from, "figure_file", figure.number, language, form),
                "name": str(name),
            }
            for form, name in (("svg", "SVG"), ("png", "PNG"), ("csv", _("Data (CSV)")))
        ]

    return files
