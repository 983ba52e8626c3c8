"""Pages of printed reports: what is found in them, their tables, and typing them in."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.accounts import access_log
from monitoring.accounts.access import allowed, ask
from monitoring.accounts.models import Action
from reports import source
from reports.printed import findings, outputs, sheet, store
from reports.printed.findings import Listing
from reports.printed.forms import OWN, ReportForm, TableForm
from reports.printed.grid import Grid, make_grid, measures_on_record, own_measures
from reports.printed.layouts import layout_of
from reports.printed.store import Printed


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every printed report on record, with how much was found in it."""
    ask(request.user, "report.view")
    context = {"tallies": findings.tallies(), "may_load": _may_load(request)}
    return render(request, "reports/reconciliation/index.html", context)


@require_safe
def report(request: HttpRequest, edition: str) -> HttpResponse:
    """What is found in one printed report, by table, filtered as asked."""
    ask(request.user, "report.view")
    listing = _listing(edition)
    entries, asked = listing.entries(), request.GET.dict()
    shown = list(findings.chosen(entries, asked))
    context = {
        "report": listing.report,
        "entries": entries,
        "shown": shown,
        "groups": findings.groups(shown),
        "choices": findings.choices(entries, asked),
        "filtered": len(shown) != len(entries),
        "tables": sheet.tables(listing),
        "files": _files(request, edition),
        "may_load": _may_load(request),
    }
    return render(request, "reports/reconciliation/report.html", context)


@require_safe
def table(request: HttpRequest, edition: str, table: str) -> HttpResponse:
    """One table as it was printed, what is listed marked in it."""
    ask(request.user, "report.view")
    listing = _listing(edition)
    try:
        shown = sheet.sheet(listing, table)
    except KeyError:
        raise Http404(table) from None
    context = {"report": listing.report, "sheet": shown, "may_load": _may_load(request)}
    return render(request, "reports/reconciliation/table.html", context)


@require_safe
def changes(request: HttpRequest, edition: str) -> HttpResponse:
    """Who changed which figure of a printed report, and when."""
    ask(request.user, "report.view")
    context = {
        "report": _report(edition),
        "changes": findings.recorded(edition),
        "most": store.SHOWN,
    }
    return render(request, "reports/reconciliation/changes.html", context)


@require_safe
def download(request: HttpRequest, edition: str, form: str, language: str) -> HttpResponseBase:
    """The list as a file: the erratum sheet, or the findings for a spreadsheet."""
    ask(request.user, "report.download")
    if form not in outputs.FORMS or language not in dict(settings.LANGUAGES):
        raise Http404(form)
    listing = _listing(edition)
    access_log.note(
        request.user, Action.REPORT_DOWNLOADED, edition, file=f"errata-{form}-{language}"
    )
    return FileResponse(
        io.BytesIO(outputs.file(listing, form, language)),
        as_attachment=True,
        filename=outputs.file_name(edition, form, language),
        content_type=outputs.FORMS[form],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """A printed report that is not on record yet: its name, and the table to begin with."""
    ask(request.user, "published.import")
    form = ReportForm(_posted(request), initial={"whose": "apart"})
    if form.is_valid():
        data = form.cleaned_data
        if store.begin(data["edition"], data["title"], data["whose"] == "apart"):
            return redirect(_grid_address(data["edition"], form))
        form.add_error(
            "edition", _("That report is on record already: open it and add a table there.")
        )
    context = {"form": form}
    return render(request, "reports/reconciliation/begin.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, edition: str) -> HttpResponseBase:
    """Another table of a report on record."""
    ask(request.user, "published.import")
    report = _report(edition)
    form = TableForm(_posted(request))
    if form.is_valid():
        return redirect(_grid_address(edition, form))
    context = {"form": form, "report": report}
    return render(request, "reports/reconciliation/begin.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, edition: str, table: str) -> HttpResponseBase:
    """Type a table in as it is printed, or put it right later."""
    ask(request.user, "published.import")
    report, cells = _report(edition), store.cells(edition)
    seen = store.seen(cells, table)
    typing = _grid(request, cells, table)
    context = {"report": report, "grid": typing, "seen": seen}
    if request.method != "POST":
        return _typed(request, context)
    posted = request.POST.dict()
    typed = typing.read(posted)
    if posted.get("do") == "paste":
        _paste(typing, posted.get("paste", ""))
        return _typed(request, context | {"paste": "\n".join(typing.unread)})
    if typing.errors:
        return _typed(request, context, 422)
    if posted.get("seen") != seen:
        return _typed(request, context | {"conflict": True}, 422)
    changed = store.save(edition, typed, request.user)
    text = ngettext("%(n)s figure was changed.", "%(n)s figures were changed.", changed)
    messages.success(request, text % {"n": changed} if changed else _("Nothing was changed."))
    return redirect(_after(edition, table, typed))


def _grid(request: HttpRequest, cells: Any, table: str) -> Grid:
    """The grid of the table for the periods asked for, and for those on record."""
    figures = [cell for cell, _code in cells]
    asked = own_measures("\n".join(request.GET.getlist("column")))
    there = measures_on_record(table, figures)
    codes = {code for code, _title, _unit in there}
    layout = layout_of(table, [*there, *(each for each in asked if each[0] not in codes)])
    periods = [label.strip()[:40] for label in request.GET.getlist("period")[:20]]
    try:
        found = make_grid(layout, filter(None, periods), figures, source.vocabulary())
    except ValueError:
        raise Http404(table) from None
    if not found.columns:
        raise Http404(table)
    return found


def _paste(grid: Grid, text: str) -> None:
    taken = grid.paste(text)
    told = ngettext(
        "%(n)s line was put into the grid.", "%(n)s lines were put into the grid.", taken
    )
    grid.notes.append(told % {"n": taken} + " " + _("Look through them, then save."))


def _typed(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "reports/reconciliation/grid.html", context, status=status)


def _after(edition: str, table: str, typed: Any) -> str:
    """Where a saved table is shown; the report itself where nothing of it is left."""
    if any(each.printed for each in typed):
        return reverse("reports:printed_table", args=[edition, table])
    return reverse("reports:printed", args=[edition])


def _grid_address(edition: str, form: TableForm) -> str:
    asked: dict[str, list[str]] = {"period": form.cleaned_data["periods"]}
    if form.cleaned_data["table"] == OWN:
        asked["column"] = form.cleaned_data["columns"].splitlines()
    address = reverse("reports:printed_grid", args=[edition, form.table_code()])
    return f"{address}?{urlencode(asked, doseq=True)}"


def _files(request: HttpRequest, edition: str) -> list[tuple[str, str]]:
    """The downloads: what each is called, and where it is."""
    if not allowed(request.user, "report.download"):
        return []
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    named = {
        "pdf": _("Erratum sheet, PDF"),
        "xlsx": _("Findings, Excel"),
        "csv": _("Findings, CSV"),
    }
    files = [
        (text, reverse("reports:printed_file", args=[edition, form, language]))
        for form, text in named.items()
    ]
    others = [
        (f"PDF · {name}", reverse("reports:printed_file", args=[edition, "pdf", code]))
        for code, name in settings.LANGUAGES
        if code != language
    ]
    return [*files, *others]


def _posted(request: HttpRequest) -> Any:
    """What was sent, be it nothing; None where nobody sent anything."""
    return request.POST if request.method == "POST" else None


def _status(form: TableForm) -> int:
    return 422 if form.errors else 200


def _may_load(request: HttpRequest) -> bool:
    return allowed(request.user, "published.import")


def _report(edition: str) -> Printed:
    try:
        return store.report(edition)
    except KeyError:
        raise Http404(edition) from None


def _listing(edition: str) -> Listing:
    try:
        return findings.listing(edition)
    except KeyError:
        raise Http404(edition) from None
