"""Doing one job: taken by one, done once, ended with a word for people.

Every write to the job names the try that it belongs to, so whoever was taken for dead and wakes up
again changes nothing: neither the job nor, through ``Report.settle``, what the work is about.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import F
from django.utils import timezone, translation

from monitoring.accounts.access import allowed
from monitoring.jobs import kinds, pulse, queue
from monitoring.jobs.models import Job, State, Trouble
from monitoring.jobs.progress import Cancelled, GivenBack, Lost, Refused, Report
from monitoring.logs import lines

logger = logging.getLogger(__name__)
#: What may be gone at the next try.
PASSING = (OperationalError, InterfaceError, OSError)


def run(uuid: UUID | str) -> None:
    """Do the job unless somebody else has it or it is over."""
    job = _take(uuid)
    if job is None:
        return
    try:
        kind = kinds.get(job.kind)
    except KeyError:
        _fail(job, Trouble.UNKNOWN)
        return
    if not allowed(job.asked_by, kind.right(job.parameters)):
        _fail(job, Trouble.NOT_ALLOWED)
        return
    with translation.override(job.language), lines.marked(job.pk.hex):
        _do(job, kind)


def _take(uuid: UUID | str) -> Job | None:
    """The job, marked as this process's own; None if it is not to be done."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=uuid, state=State.WAITING)
    taken = waiting.update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        beat_at=now,
        step="",
        done=0,
        total=None,
    )
    return Job.objects.select_related("asked_by").get(pk=uuid) if taken else None


def _do(job: Job, kind: kinds.Kind) -> None:
    # Inside of somebody's transaction no other connection sees the job.
    report = Report(job, retry=kind.retry, alone=connection.in_atomic_block)
    try:
        with report.running():
            outcome = kind.run(job, report)
            if not report.settled:
                report.settle(outcome)
        pulse.forget(job.pk)
    except Cancelled:
        _end(job, state=State.CANCELLED, ended_at=timezone.now())
    except GivenBack:
        # It was no try: nothing went wrong.
        _end(job, state=State.WAITING, run_after=timezone.now(), attempts=job.attempts - 1)
    except Lost:
        logger.warning("job %s (%s) was taken up by somebody else", job.pk, job.kind)
    except Refused as refused:
        _fail(job, Trouble.REFUSED, told=str(refused), result=refused.result)
    except PASSING:
        logger.warning("job %s (%s) was broken off", job.pk, job.kind, exc_info=True)
        fields = queue.again(job)
        if fields["state"] == State.FAILED:
            fields["error"] = Trouble.BUSY
        _end(job, **fields)
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _fail(job, Trouble.UNEXPECTED)


def _fail(job: Job, error: Trouble, **fields) -> None:
    _end(job, state=State.FAILED, ended_at=timezone.now(), error=error, **fields)


def _end(job: Job, **fields) -> None:
    # A connection that broke in the middle of the work is of no use for the last word.
    if not connection.in_atomic_block:
        close_old_connections()
    queue.change(job, **fields)
