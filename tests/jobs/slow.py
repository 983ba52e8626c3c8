"""A kind of job for tests: it takes as long as is wanted, and writes one row in a transaction."""

import os
import time
from pathlib import Path

from django.db import transaction

from monitoring.accounts.models import AccessEntry
from monitoring.jobs.kinds import Kind, Step, always
from monitoring.jobs.models import Job
from monitoring.jobs.progress import Outcome, Report


def run(job: Job, report: Report) -> None:
    """``parameters``: ``units`` of ``seconds`` each, half of them before the transaction begins;
    ``note``: a file that each try adds a line to, with the number of its process."""
    asked = job.parameters
    if asked.get("note"):
        with Path(asked["note"]).open("a") as file:
            file.write(f"{os.getpid()}\n")
    half = asked["units"] // 2
    for unit in range(half):
        report("thinking", unit, half)
        time.sleep(asked["seconds"])
    with transaction.atomic():
        AccessEntry.objects.create(user=job.asked_by, action="cards_exported", subject=str(job.pk))
        for unit in range(half):
            report("writing", unit, half)
            time.sleep(asked["seconds"])
        if asked.get("fails"):
            raise ValueError("as asked, with a text that nobody is to see")
        report.settle(Outcome(told="Written.", result="/"))


SLOW = Kind(
    name="slow",
    words="Slow work",
    right=always("report.view"),
    run=run,
    steps=(Step("thinking", "thinking"), Step("writing", "writing")),
    back=lambda job: "/jobs/",
)
