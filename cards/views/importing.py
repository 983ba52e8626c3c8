"""Loading files in the browser: choose, look at what they would do, confirm."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards.files import applications as application_files
from cards.files import fileformat, pending
from cards.files.cells import safe
from cards.files.columns import CARDS
from cards.files.coverage import SHEET as COVERAGE
from cards.files.importing import Changed
from cards.files.previews import KINDS, preview
from cards.files.records import Unreadable
from cards.forms.importing import ApplicationsForm, CardsForm, CoverageForm, ImportForm
from monitoring.accounts.access import allowed

REFUSALS_ON_A_PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
def cards(request):
    """Choose a file of cards, and one of court outcomes."""
    return choose(request, CARDS, CardsForm, "cards/import.html")


@require_http_methods(["GET", "HEAD", "POST"])
def coverage(request):
    """Choose a file of the coverage register."""
    return choose(request, COVERAGE, CoverageForm, "cards/import_coverage.html")


@require_http_methods(["GET", "HEAD", "POST"])
def applications(request):
    """Choose a file of permit applications."""
    return choose(
        request,
        application_files.SHEET,
        ApplicationsForm,
        "cards/import_applications.html",
        columns=application_files.COLUMNS,
    )


@require_safe
def look(request, token):
    """What the chosen file would do; nothing has been written yet."""
    upload = _pending(request, token)
    refusals = upload.about["refusals"]
    start = _start(request, len(refusals))
    after = start + REFUSALS_ON_A_PAGE
    context = {
        "upload": upload,
        "about": upload.about,
        "refusals": refusals[start:after],
        "from_refusal": start + 1,
        "to_refusal": min(after, len(refusals)),
        "previous_url": f"?from={max(start - REFUSALS_ON_A_PAGE, 0)}" if start else "",
        "next_url": f"?from={after}" if after < len(refusals) else "",
    }
    return render(request, "cards/import_preview.html", context)


@require_safe
def refusals(request, token):
    """Every refused cell as CSV, for who mends the file."""
    upload = _pending(request, token)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="refused.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["sheet", "line", "column", "reason"])
    writer.writerows([safe(str(cell)) for cell in row] for row in upload.about["refusals"])
    return response


@require_POST
def confirm(request, token):
    """Load exactly what the preview showed; where that has changed meanwhile, show it again."""
    upload = _pending(request, token)
    kind = KINDS[upload.about["kind"]]
    checked = kind.check(upload.contents(), user=request.user, **upload.about["options"])
    seen = preview(kind, checked)
    if checked.refusals or seen["mark"] != upload.about["mark"]:
        return _again(request, upload, seen)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if seen["amended"] and not reason:
        messages.error(request, _("Say why approved cards change: nothing was loaded yet."))
        return redirect("cards:import_preview", upload.token)
    try:
        kind.load(checked, user=request.user, **({"reason": reason} if seen["amended"] else {}))
    except Changed:
        return _again(request, upload, seen)
    pending.discard(request, upload)
    messages.success(request, _loaded(seen))
    return redirect(kind.route)


@require_POST
def discard(request, token):
    """Drop the upload without loading it."""
    upload = _pending(request, token)
    pending.discard(request, upload)
    messages.info(request, _("The file was not loaded."))
    return redirect(KINDS[upload.about["kind"]].route)


@require_safe
def layout(request):
    """The format of the files: columns, codes and their words, templates."""
    _ask(request.user, CARDS)
    return render(request, "cards/import_format.html", {"sheets": fileformat.sheets()})


@require_safe
def template(request, name):
    """An empty file with the headings: ``cards.csv``, ``outcomes.csv`` or ``cards.xlsx``."""
    _ask(request.user, CARDS)
    if name not in fileformat.TEMPLATES:
        raise Http404
    content_type, content = fileformat.template(name)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def choose(request, kind: str, form_class: type[ImportForm], page: str, **context):
    """The page where files of a kind are chosen; a POST checks them and leads to the preview."""
    _ask(request.user, kind)
    if request.method != "POST":
        pending.sweep()
        return render(request, page, {"form": form_class(), **context})
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        files, options = form.files_read(), form.options()
        try:
            checked = KINDS[kind].check(files, user=request.user, **options)
        except Unreadable as error:
            form.refuse(getattr(error, "about", "") or kind, str(error))
        else:
            seen = preview(KINDS[kind], checked)
            about = {"kind": kind, "options": options, "names": _names(form), **seen}
            upload = pending.keep(request, files, about)
            return redirect("cards:import_preview", upload.token)
    return render(request, page, {"form": form, **context}, status=422)


def _names(form: ImportForm) -> list[str]:
    return [file.name for file in form.files.values()]


def _again(request, upload: pending.Pending, seen: dict):
    pending.renew(upload, seen)
    text = _("Cards have been changed since you looked: nothing was loaded. Please look again.")
    messages.warning(request, text)
    return redirect("cards:import_preview", upload.token)


def _loaded(seen: dict) -> str:
    """What was loaded, in a sentence for each table."""
    text = _("%(name)s loaded: new %(new)s, changed %(updated)s, unchanged %(unchanged)s.")
    return " ".join(text % tally for tally in seen["tallies"])


def _pending(request, token) -> pending.Pending:
    upload = pending.find(request, token)
    if upload is None:
        raise Http404
    _ask(request.user, upload.about["kind"])
    return upload


def _ask(user, kind: str) -> None:
    if not allowed(user, KINDS[kind].right):
        raise PermissionDenied


def _start(request, total: int) -> int:
    """The first refusal of the page; anything that is no number is the beginning."""
    text = request.GET.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return min(start, max(total - 1, 0))
