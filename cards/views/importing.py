"""Loading files in the browser: choose, look at what they would do, confirm."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards.files import applications as application_files
from cards.files import fileformat, pending
from cards.files.cells import safe
from cards.files.columns import CARDS
from cards.files.coverage import SHEET as COVERAGE
from cards.files.previews import KINDS
from cards.forms.importing import ApplicationsForm, CardsForm, CoverageForm, ImportForm
from cards.jobs import BYTES_AT_ONCE
from monitoring.accounts.access import ask
from monitoring.jobs import asking
from monitoring.jobs.models import Job, Trouble

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
    if "mark" not in upload.about:
        return _not_checked_yet(request, upload)
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
    if "mark" not in upload.about:
        return _not_checked_yet(request, upload)
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
    if "mark" not in upload.about:
        return _not_checked_yet(request, upload)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if upload.about["amended"] and not reason:
        messages.error(request, _("Say why approved cards change: nothing was loaded yet."))
        return redirect("cards:import_preview", upload.token)
    about = upload.about
    asked = {"token": str(upload.token), "kind": about["kind"], "mark": about["mark"]}
    job = asking.start(
        "load",
        request.user,
        about=", ".join(about["names"]),
        parameters={**asked, "reason": reason},
        key=str(upload.token),
        here=about["at_once"],
    )
    return asking.lead(request, job)


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
    ask(request.user, KINDS[CARDS].right)
    return render(request, "cards/import_format.html", {"sheets": fileformat.sheets()})


@require_safe
def template(request, name):
    """An empty file with the headings: ``cards.csv``, ``outcomes.csv`` or ``cards.xlsx``."""
    ask(request.user, KINDS[CARDS].right)
    if name not in fileformat.TEMPLATES:
        raise Http404
    content_type, content = fileformat.template(name)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def choose(request, kind: str, form_class: type[ImportForm], page: str, **context):
    """The page where files of a kind are chosen; a POST checks them and leads to the preview."""
    ask(request.user, KINDS[kind].right)
    if request.method != "POST":
        pending.sweep()
        return render(request, page, {"form": form_class(), **context})
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        upload, job = _check(request, kind, form)
        if job.error != Trouble.REFUSED:
            return asking.lead(request, job)
        [about, reason] = pending.of(request.user.pk, upload.token).about["unreadable"]
        form.refuse(about or kind, reason)
        pending.discard(request, upload)
    return render(request, page, {"form": form, **context}, status=422)


def _check(request, kind: str, form: ImportForm) -> tuple[pending.Pending, Job]:
    """Keep the files and have them checked: now where that takes a moment."""
    files = form.files_read()
    at_once = sum(map(len, files.values())) <= BYTES_AT_ONCE
    about = {"kind": kind, "options": form.options(), "names": _names(form), "at_once": at_once}
    upload = pending.keep(request, files, about)
    token = str(upload.token)
    job = asking.start(
        "check",
        request.user,
        about=", ".join(about["names"]),
        parameters={"token": token, "kind": kind},
        key=token,
        here=at_once,
    )
    return upload, job


def _not_checked_yet(request, upload: pending.Pending):
    """To the page that says how far the check is."""
    job = asking.latest(request.user, "check", str(upload.token))
    if job is None:
        raise Http404
    return redirect(job)


def _names(form: ImportForm) -> list[str]:
    return [file.name for file in form.files.values()]


def _pending(request, token) -> pending.Pending:
    upload = pending.find(request, token)
    if upload is None:
        raise Http404
    ask(request.user, KINDS[upload.about["kind"]].right)
    return upload


def _start(request, total: int) -> int:
    """The first refusal of the page; anything that is no number is the beginning."""
    text = request.GET.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return min(start, max(total - 1, 0))
