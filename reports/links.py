"""Where a page of the reports leads: to what is behind a figure, and to the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.accounts.access import allowed
from reports.types import Cell

DrillTo = Callable[[Cell], str]

#: Who may list cards may follow a figure to the cards behind it, as far as they see them.
LIST_RIGHTS = ("card.export", "card.queue")


def drill(user: Any) -> DrillTo | None:
    """Gives the address of the cards, or permit applications, behind a cell.

    None for those who may not list cards.
    """
    if not any(allowed(user, right) for right in LIST_RIGHTS):
        return None
    cards, applications = reverse("cards:all"), reverse("cards:applications")

    def address(cell: Cell) -> str:
        chosen = cell.drill or {}
        if "linked" in chosen:
            return f"{applications}?{urlencode({'period': cell.key.period, **chosen})}"
        prevented = chosen.get("course") == "prevented"
        which = {"status": "approved"} if prevented else {"counted": "yes"}
        return f"{cards}?{urlencode({'period': cell.key.period, **chosen, **which})}"

    return address


def downloads(user: Any, period: str, language: str) -> dict[str, Any]:
    """The buttons: each form in the language of the page, the document in the others too."""
    if not allowed(user, "report.download"):
        return {}
    names = {
        "pdf": (_("Report as PDF"), _("A4, for reading and printing")),
        "xlsx": (_("Excel workbook"), _("a sheet for each table, codebook")),
        "csv": (_("CSV"), _("all values and each table, in a ZIP file")),
        "json": (_("JSON"), _("all values, for programs")),
    }

    def address(form: str, code: str) -> str:
        return reverse("reports:download", args=[period, form, code])

    return {
        "downloads": [
            {"url": address(form, language), "what": what, "how": how}
            for form, (what, how) in names.items()
        ],
        "other_languages": [
            {"url": address("pdf", code), "code": code, "name": name}
            for code, name in settings.LANGUAGES
            if code != language
        ],
    }
