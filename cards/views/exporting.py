"""Taking what a list shows out of the site: asked first what for, recorded, then a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from cards.files.export import CONTENT_TYPES
from cards.forms.export import ExportForm
from cards.jobs import ROWS_AT_ONCE
from monitoring.accounts import access_log
from monitoring.accounts.models import Action
from monitoring.jobs import asking


@dataclass(frozen=True, slots=True)
class Export:
    """What leaves: the list that it comes from, its words, and who writes the file.

    ``name``: the file's name before the day; ``formats``: code -> what it holds, in words;
    ``write``: rows and format -> the open file. ``note``: what is not in it.
    """

    title: str | Promise
    back: str
    back_title: str | Promise
    name: str
    action: Action
    formats: tuple[tuple[str, str | Promise], ...]
    write: Callable[..., IO[bytes]]
    note: str | Promise = ""


def answer(request, chosen, export: Export):
    """The page that asks for the purpose; the file, once it is given.

    ``chosen``: a filter of the list. The right has been asked for by the caller.
    """
    if chosen.problems:
        for problem in chosen.problems:
            messages.error(request, problem)
        return redirect(f"{reverse(export.back)}?{chosen.query}")
    initial = {"format": request.GET.get("format", "xlsx")}
    form = ExportForm(request.POST or None, formats=export.formats, initial=initial)
    rows = chosen.qs.count()
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "filter": chosen, "rows": rows, "export": export}
        return render(request, "cards/export.html", context, status=422 if form.is_bound else 200)
    if rows > ROWS_AT_ONCE:
        return _later(request, chosen, export, rows, form.cleaned_data)
    kind = form.cleaned_data["format"]
    stream = export.write(chosen.qs, kind)
    access_log.note(
        request.user,
        export.action,
        export.name,
        purpose=form.cleaned_data["purpose"],
        format=kind,
        filter=chosen.query,
        rows=rows,
    )
    name = f"{export.name}-{timezone.localdate().isoformat()}.{kind}"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind])


def _later(request, chosen, export: Export, rows: int, asked: dict):
    """Many rows: the file is made in the background, and recorded whenever it is taken away."""
    kind = asked["format"]
    entry = {"subject": export.name, "purpose": asked["purpose"], "format": kind}
    entry |= {"filter": chosen.query, "rows": rows}
    job = asking.start(
        "export",
        request.user,
        about=f"{export.title}, {kind.upper()}",
        parameters={
            "list": export.name,
            "query": chosen.query,
            "format": kind,
            "rows": rows,
            "noted": {"action": export.action, "entry": entry},
        },
    )
    return asking.follow(request, job)
