"""Long work on reports: the files that take longer than a moment."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.jobs.kinds import Kind, Step, always
from monitoring.jobs.models import Job
from monitoring.jobs.progress import Outcome, Refused, Report, tell
from reports import artefacts, links, source

_SAID = re.compile(r"Step (\d) - (?:.*Page (\d+))?")
#: Steps of WeasyPrint: it reads the document, sets pages, writes the file.
_READS, _SETS = 1, 5
_PAGES = "job:pages"


def document(job: Job, report: Report) -> Outcome:
    """Make a file of a report; it is kept by what it shows, for whoever asks for it next."""
    asked = job.parameters
    form, language = asked["form"], asked["language"]
    report("figures")
    try:
        made_from = source.gather(asked["period"], region=asked["region"] or None)
    except KeyError:
        raise Refused(_("There is no such report any more.")) from None
    report("drawing")
    # How many pages it will have nobody knows: about as many as the last one.
    report.expect("pages", cache.get(_PAGES))
    with printing(tell) as printed:
        artefacts.document(made_from, form, language).close()
    if printed.pages:
        cache.set(_PAGES, printed.pages)
    return Outcome(
        result=links.address(made_from, "download", form, language),
        told=_("The file is ready."),
        file_name=artefacts.file_name(made_from, form, language),
    )


@contextmanager
def printing(said: Callable[..., None]) -> Iterator[Printing]:
    """``said(step, done)`` for what WeasyPrint tells meanwhile, which it does to a log of its own.

    What ``said`` raises ends the printing.
    """
    log = logging.getLogger("weasyprint.progress")
    handler = Printing(said)
    before = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield handler
    finally:
        log.removeHandler(handler)
        log.level, log.propagate = before


class Printing(logging.Handler):
    """How far the printing in this thread is. ``pages``: how many were set, the most at a time."""

    def __init__(self, said: Callable[..., None]) -> None:
        super().__init__(logging.INFO)
        self.said, self.pages, self.step = said, 0, ""
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Forwards only: pages are set several times, until every reference to them is right."""
        found = _SAID.match(record.getMessage())
        if found is None or record.thread != self.thread:
            return
        step, page = int(found[1]), int(found[2] or 0)
        if step == _READS:
            self.step = "styles"
        elif step == _SETS and self.step in ("styles", "pages") and page > self.pages:
            self.step, self.pages = "pages", page
        elif step == _SETS:
            self.step = "again"
        elif step > _SETS:
            self.step = "writing"
        if self.step:
            self.said(self.step, self.pages if self.step == "pages" else 0)


def _back(job: Job) -> str:
    asked: dict[str, Any] = job.parameters
    if asked["region"]:
        return reverse("reports:region_period", args=[asked["period"], asked["region"]])
    return reverse("reports:period", args=[asked["period"]])


#: Shares are tenths of seconds, as they were taken for the report of 2018.
PDF = Kind(
    name="pdf",
    words=gettext_lazy("Making a PDF of a report"),
    right=always("report.download"),
    run=document,
    steps=(
        Step("figures", gettext_lazy("gathering the figures"), 5),
        Step("drawing", gettext_lazy("writing and drawing"), 27),
        Step("styles", gettext_lazy("laying out"), 24),
        Step("pages", gettext_lazy("setting the pages"), 33),
        Step("again", gettext_lazy("putting in the page numbers"), 15),
        Step("writing", gettext_lazy("writing the file"), 28),
    ),
    back=_back,
)
DOCX = Kind(
    name="docx",
    words=gettext_lazy("Making a Word file of a report"),
    right=always("report.download"),
    run=document,
    steps=(
        Step("figures", gettext_lazy("gathering the figures")),
        Step("drawing", gettext_lazy("writing and drawing"), 9),
    ),
    back=_back,
)
