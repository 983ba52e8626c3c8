"""The queue on the site's own database: put in, take out again, find what was left behind.

Tasks are those of django-tasks-db. It hands each to one worker and no more; it knows no second try
and never looks again at one whose worker died. ``recover`` does, by the jobs' signs of life.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tasks.base import TaskResultStatus

from monitoring.jobs import files, kinds, pulse
from monitoring.jobs.models import OPEN, Job, State, Trouble

logger = logging.getLogger(__name__)


def put(job: Job, run_after: datetime.datetime | None = None) -> None:
    """A task for the job, in the transaction of whoever calls."""
    from monitoring.jobs.tasks import do

    task = do.using(run_after=run_after) if run_after else do
    job.task = task.enqueue(str(job.pk)).id
    Job.objects.filter(pk=job.pk).update(task=job.task)


def ready() -> bool:
    """Whether a task waits whose time has come. A look, without any lock."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.ready().exists()


def again(job: Job) -> dict[str, Any]:
    """What becomes of a try that was broken off: fields of the job.

    Waiting once more, longer each time, as long as its kind may be begun anew; else failed.
    """
    now = timezone.now()
    waits = settings.JOBS_RETRY_AFTER
    try:
        retry = kinds.get(job.kind).retry
    except KeyError:
        retry = False
    if retry and job.attempts <= len(waits):
        after = now + datetime.timedelta(seconds=waits[job.attempts - 1])
        return {"state": State.WAITING, "run_after": after}
    return {"state": State.FAILED, "ended_at": now, "error": Trouble.STOPPED}


def change(job: Job, **fields: Any) -> bool:
    """Write ``fields`` if the job is still in the try that ``job`` speaks of; whether it was.

    A job that waits again gets a task with it.
    """
    with transaction.atomic():
        rows = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
        if not rows.update(**fields):
            return False
        if fields.get("state") == State.WAITING:
            put(job, fields.get("run_after"))
    pulse.forget(job.pk)
    return True


def recover() -> int:
    """Find jobs that nobody does: their worker died, or it died between two steps of taking one.

    Returns how many were found. Reads only, unless there are some.
    """
    dead = timezone.now() - datetime.timedelta(seconds=settings.JOBS_DEAD_AFTER)
    found = 0
    for job in Job.objects.filter(state=State.RUNNING):
        if pulse.of(job).at < dead:
            found += _take_back(job)
    for job in _forgotten(dead):
        with transaction.atomic():
            put(job)
        found += 1
    return found


def _take_back(job: Job) -> bool:
    if pulse.asked_to_stop(job):
        fields = {"state": State.CANCELLED, "ended_at": timezone.now()}
    else:
        fields = again(job)
    task = job.task
    if not change(job, **fields):
        return False
    logger.warning("nothing is heard of job %s (%s): %s", job.pk, job.kind, fields["state"].value)
    _close(task)
    return True


def _close(task: Any) -> None:
    """The task of a worker that died is over; nothing else would ever say so."""
    from django_tasks_db.models import DBTaskResult

    rows = DBTaskResult.objects.filter(pk=task, status=TaskResultStatus.RUNNING)
    rows.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())


def _forgotten(limit: datetime.datetime) -> list[Job]:
    """Jobs that wait without a task that would bring them to somebody."""
    from django_tasks_db.models import DBTaskResult

    task = DBTaskResult.objects.filter(pk=OuterRef("task"), status=TaskResultStatus.READY)
    return list(Job.objects.filter(~Exists(task), state=State.WAITING, run_after__lt=limit))


def prune() -> int:
    """Remove kept files and jobs whose time is over, and what the queue knows of them; how many."""
    from django_tasks_db.models import DBTaskResult

    now = timezone.now()
    taken = now - datetime.timedelta(hours=settings.JOB_FILES_HOURS)
    Job.objects.exclude(stored="").filter(ended_at__lt=taken).update(stored="")
    files.sweep([str(pk) for pk in _with_files().values_list("pk", flat=True)])
    old = now - datetime.timedelta(days=settings.JOBS_DAYS)
    gone, _each = Job.objects.exclude(state__in=OPEN).filter(ended_at__lt=old).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    pulse.drop_the_dead()
    return gone


def _with_files() -> QuerySet[Job]:
    """Jobs that have a file or may still make one."""
    return Job.objects.filter(~Q(stored="") | Q(state__in=OPEN))


def summary() -> dict[str, Any]:
    """For who watches the site: ``waiting``, ``running``, ``failed`` in the last day, ``workers``
    that live, and for how many seconds the ``oldest`` has waited beyond its time (0: none)."""
    now = timezone.now()
    waiting = Job.objects.filter(state=State.WAITING)
    oldest = waiting.filter(run_after__lte=now).order_by("run_after").first()
    day = now - datetime.timedelta(days=1)
    return {
        "waiting": waiting.count(),
        "running": Job.objects.filter(state=State.RUNNING).count(),
        "failed": Job.objects.filter(state=State.FAILED, ended_at__gte=day).count(),
        "workers": pulse.workers(),
        "oldest": int((now - oldest.run_after).total_seconds()) if oldest else 0,
    }
