"""Asking for long work, and cancelling it."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language

from monitoring.accounts.access import allowed
from monitoring.jobs import embedded, files, kinds, pulse, queue, running
from monitoring.jobs.models import OPEN, Job, State, Trouble

#: Where a session keeps the jobs that it asked for and that were not over when it looked last.
SESSION = "jobs"


def start(
    kind: str,
    user: Any,
    *,
    about: str = "",
    parameters: dict[str, Any] | None = None,
    key: str = "",
    here: bool = False,
) -> Job:
    """A job for ``user``, durable when this returns; the open one with the same ``key`` if there is
    one. Raises PermissionDenied.

    ``here``: it is done before this returns, by the same way as others: for what takes a moment.
    """
    parameters = parameters or {}
    ask_right(user, kind, parameters)
    fields = {"kind": kind, "asked_by": user, "key": key}
    here = here or settings.JOBS == "immediate"
    try:
        with transaction.atomic():
            job = Job.objects.create(
                **fields,
                about=about[:300],
                parameters=parameters,
                language=get_language() or settings.LANGUAGE_CODE,
            )
            if not here:
                queue.put(job)
                transaction.on_commit(embedded.wake)
    except IntegrityError:
        there = Job.objects.filter(**fields, state__in=OPEN).first() if key else None
        if there is None:
            raise
        return there
    if here:
        running.run(job.pk)
        job.refresh_from_db()
    return job


def ask_right(user: Any, kind: str, parameters: dict[str, Any]) -> None:
    """Raises PermissionDenied unless ``user`` may ask for such a job, or take its file."""
    if not allowed(user, kinds.get(kind).right(parameters)):
        raise PermissionDenied


def cancel(job: Job) -> None:
    """One that waits is cancelled at once, one under way at the next occasion; else nothing."""
    waiting = Job.objects.filter(pk=job.pk, state=State.WAITING)
    if waiting.update(state=State.CANCELLED, ended_at=timezone.now()):
        return
    try:
        pulse.ask_to_stop(job)
    except OperationalError:
        # The work itself holds the one lock of SQLite; the file beside it has been written.
        if transaction.get_connection().vendor != "sqlite":
            raise


def lead(request, job: Job) -> HttpResponseBase:
    """Where a job that was just asked for leads: on, if it is done; back, with the reason, if it
    was refused; else to its own page."""
    if job.state == State.DONE and job.result:
        if job.told:
            messages.success(request, job.told)
        return redirect(job.result)
    if job.error == Trouble.REFUSED and job.result:
        messages.error(request, job.told)
        return redirect(job.result)
    return follow(request, job)


def follow(request, job: Job) -> HttpResponseBase:
    """Lead to the page of the job; every page says that something is under way until it is over."""
    if job.is_open:
        known = request.session.get(SESSION, [])
        request.session[SESSION] = [*(each for each in known if each != str(job.pk)), str(job.pk)]
    return redirect(job)


def still_open(request) -> int:
    """How many jobs of this session are not over; asks nobody if it has none."""
    known = request.session.get(SESSION)
    if not known:
        return 0
    rows = Job.objects.filter(pk__in=known, asked_by=request.user, state__in=OPEN)
    left = [str(pk) for pk in rows.values_list("pk", flat=True)]
    if left != known:
        request.session[SESSION] = left
    return len(left)


def latest(user: Any, kind: str, key: str) -> Job | None:
    """The last job of that kind and key that the person asked for."""
    return Job.objects.filter(asked_by=user, kind=kind, key=key).first()


def file_of(job: Job, user: Any) -> IO[bytes]:
    """The file that a job made, for who may still have it. FileNotFoundError, PermissionDenied."""
    if job.state != State.DONE or not job.stored:
        raise FileNotFoundError(job.stored)
    try:
        ask_right(user, job.kind, job.parameters)
    except KeyError:
        raise FileNotFoundError(job.stored) from None
    return files.open_kept(job.stored)


def found(user: Any, uuid: Any) -> Job | None:
    """The person's own job; None for what is somebody else's or does not exist."""
    return Job.objects.filter(pk=uuid, asked_by=user).first()
