"""Long work on cards: a file checked, what was checked loaded, many rows taken out."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cards.files import applications, export, pending
from cards.files.importing import Changed, Unreadable
from cards.files.previews import KINDS, preview
from cards.filters import CardFilter
from cards.lookup import applications_for, cards_for
from cards.permit_filters import ApplicationFilter
from monitoring.accounts.access import allowed
from monitoring.jobs import files
from monitoring.jobs.kinds import Kind, Step
from monitoring.jobs.models import Job
from monitoring.jobs.progress import Outcome, Refused, Report

#: Smaller files and fewer rows are done while the browser waits: about a second.
BYTES_AT_ONCE, ROWS_AT_ONCE = 200_000, 2000


def lists() -> dict[str, tuple[str, Any, Any, str]]:
    """Name of a list that can be taken out -> right, filter, rows that a person sees, its page."""
    return {
        "cards": ("card.export", CardFilter, cards_for, "cards:all"),
        "applications": (
            "application.export",
            ApplicationFilter,
            applications_for,
            "cards:applications",
        ),
    }


def check(job: Job, report: Report) -> Outcome:
    """What the file would do, kept beside it for the page that shows it."""
    upload = _upload(job)
    kind = KINDS[upload.about["kind"]]
    checked = _checked(job, report, upload)
    report("preview")
    pending.renew(upload, preview(kind, checked))
    return Outcome(result=_preview_of(upload))


def load(job: Job, report: Report) -> Outcome | None:
    """Write exactly what the preview showed, in one transaction with the word that it is done."""
    upload = _upload(job)
    kind = KINDS[upload.about["kind"]]
    checked = _checked(job, report, upload)
    seen = preview(kind, checked)
    if checked.refusals or seen["mark"] != job.parameters["mark"]:
        raise _changed(upload, seen)
    reason = {"reason": job.parameters["reason"]} if seen["amended"] else {}
    report("writing")
    try:
        with transaction.atomic():
            kind.load(checked, user=job.asked_by, **reason)
            report.settle(Outcome(result=reverse(kind.route), told=_loaded(seen)))
    except Changed:
        raise _changed(upload, seen) from None
    pending.remove(upload)
    return None


def take_out(job: Job, report: Report) -> Outcome:
    """The rows of a list as a file; its filter is read anew, in the name of who asked."""
    asked = job.parameters
    _right, make_filter, rows_for, _page = lists()[asked["list"]]
    person = SimpleNamespace(user=job.asked_by)
    chosen = make_filter(QueryDict(asked["query"]), request=person, queryset=rows_for(job.asked_by))
    report.expect("rows", asked["rows"])
    report("rows")
    with _written(asked, chosen.qs, job.asked_by) as stream:
        report("keeping")
        stored = files.keep(job.pk, stream)
    kind = asked["format"]
    return Outcome(
        told=_("The file is ready."),
        stored=stored,
        file_name=f"{asked['list']}-{timezone.localdate().isoformat()}.{kind}",
        content_type=export.CONTENT_TYPES[kind],
    )


def _written(asked: dict[str, Any], rows, user):
    if asked["list"] == "applications":
        return applications.written(rows, asked["format"])
    if allowed(user, "card.export_whole"):
        return export.written(rows, asked["format"])
    return export.written_for_analysis(rows, asked["format"])


def _upload(job: Job) -> pending.Pending:
    upload = pending.of(job.asked_by_id, job.parameters["token"])
    if upload is None:
        raise Refused(_("The file is no longer there: choose it again."))
    return upload


def _checked(job: Job, report: Report, upload: pending.Pending):
    report("reading")
    contents = upload.contents()
    for name, content in contents.items():
        report.expect("outcomes" if name == "outcomes" else "checking", lines_of(content))
    kind = KINDS[upload.about["kind"]]
    try:
        return kind.check(contents, user=job.asked_by, **upload.about["options"])
    except Unreadable as error:
        about = getattr(error, "about", "")
        pending.renew(upload, {"unreadable": [about, str(error)]})
        raise Refused(str(error)) from None


def _changed(upload: pending.Pending, seen: dict[str, Any]) -> Refused:
    pending.renew(upload, seen)
    text = _("Cards have been changed since you looked: nothing was loaded. Please look again.")
    return Refused(text, result=_preview_of(upload))


def _loaded(seen: dict[str, Any]) -> str:
    """What was loaded, in a sentence for each table."""
    text = _("%(name)s loaded: new %(new)s, changed %(updated)s, unchanged %(unchanged)s.")
    return " ".join(text % tally for tally in seen["tallies"])


def _preview_of(upload: pending.Pending) -> str:
    return reverse("cards:import_preview", args=[upload.token])


def lines_of(content: bytes) -> int | None:
    """About how many lines a file of either kind has; None where it does not say."""
    if content[:4] != b"PK\x03\x04":
        return content.count(b"\n") or None
    try:
        with (
            zipfile.ZipFile(BytesIO(content)) as book,
            book.open("xl/worksheets/sheet1.xml") as part,
        ):
            head = part.read(2000)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, ValueError):
        return None
    found = re.search(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d{1,7})"', head)
    return int(found[1]) if found else None


def _right_of_file(parameters) -> str:
    return KINDS[parameters["kind"]].right


def _page_of_file(job: Job) -> str:
    return reverse(KINDS[job.parameters["kind"]].route)


_CHECKING = (
    Step("reading", gettext_lazy("reading the file")),
    Step("checking", gettext_lazy("checking the rows"), 20),
    Step("outcomes", gettext_lazy("checking the court outcomes"), 4),
)
CHECK = Kind(
    name="check",
    words=gettext_lazy("Checking a file"),
    right=_right_of_file,
    run=check,
    steps=(*_CHECKING, Step("preview", gettext_lazy("preparing the page"))),
    back=_page_of_file,
)
LOAD = Kind(
    name="load",
    words=gettext_lazy("Loading a file"),
    right=_right_of_file,
    run=load,
    steps=(
        *_CHECKING,
        Step("writing", pgettext_lazy("job", "writing"), 30),
        Step("history", gettext_lazy("writing the history and the facts"), 10),
    ),
    back=_page_of_file,
)
EXPORT = Kind(
    name="export",
    words=gettext_lazy("Taking out rows as a file"),
    right=lambda parameters: lists()[parameters["list"]][0],
    run=take_out,
    steps=(
        Step("rows", gettext_lazy("writing the rows"), 19),
        Step("keeping", gettext_lazy("keeping the file")),
    ),
    back=lambda job: reverse(lists()[job.parameters["list"]][3]),
)
