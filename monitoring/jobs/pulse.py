"""Signs of life: how far a job is, whether who does it lives, whether somebody wants it stopped.

On PostgreSQL they are columns of the job. SQLite has one lock for all who write, and work that is
one transaction holds it to its end: nothing that is written elsewhere in the database could be seen
before. There they are small files in ``JOBS_DIR``, which is enough because an SQLite file serves
one machine.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from monitoring.jobs.models import Job, State, Worker

_CANCEL, _PULSE, _WORKERS = ".cancel", ".json", "workers"


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last sign of life of the try ``attempt`` of a job."""

    at: datetime.datetime
    attempt: int
    step: str = ""
    done: int = 0
    total: int | None = None


def beat(job: Job, pulse: Pulse) -> None:
    """Say how far the job is, for everybody to see at once."""
    if _files():
        values = [pulse.at.isoformat(), pulse.attempt, pulse.step, pulse.done, pulse.total]
        _write(_path(job.uuid, _PULSE), json.dumps(values))
        return
    rows = Job.objects.filter(pk=job.pk, attempts=pulse.attempt, state=State.RUNNING)
    rows.update(beat_at=pulse.at, step=pulse.step, done=pulse.done, total=pulse.total)


def of(job: Job) -> Pulse:
    """The last sign of life of a job that is under way; ``job`` was read just now."""
    kept = Pulse(job.beat_at or job.asked_at, job.attempts, job.step, job.done, job.total)
    if not _files():
        return kept
    with contextlib.suppress(OSError, ValueError):
        at, attempt, step, done, total = json.loads(_path(job.uuid, _PULSE).read_text())
        if attempt == job.attempts:
            return Pulse(datetime.datetime.fromisoformat(at), attempt, step, done, total)
    return kept


def ask_to_stop(job: Job) -> None:
    """Whoever does the job is to stop at the next occasion."""
    if _files():
        _write(_path(job.uuid, _CANCEL), "")
    rows = Job.objects.filter(pk=job.pk, state=State.RUNNING, cancel_asked_at=None)
    rows.update(cancel_asked_at=timezone.now())


def asked_to_stop(job: Job) -> bool:
    """Whether somebody wants it stopped, by now."""
    if _files() and _path(job.uuid, _CANCEL).exists():
        return True
    return Job.objects.filter(pk=job.pk, cancel_asked_at__isnull=False).exists()


def forget(uuid: UUID) -> None:
    """The job is over: what its row says is the last word."""
    if _files():
        for ending in (_PULSE, _CANCEL):
            _path(uuid, ending).unlink(missing_ok=True)


def worker_seen(name: str) -> None:
    """A worker is there."""
    if _files():
        _write(_folder(_WORKERS) / name, "")
        return
    Worker.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})


def worker_left(name: str) -> None:
    """A worker goes."""
    if _files():
        (_folder(_WORKERS) / name).unlink(missing_ok=True)
        return
    Worker.objects.filter(name=name).delete()


def workers() -> int:
    """How many workers were seen lately; those of which nothing is heard any more are dropped."""
    limit = timezone.now() - datetime.timedelta(seconds=settings.JOBS_DEAD_AFTER)
    if not _files():
        return Worker.objects.filter(seen_at__gte=limit).count()
    return sum(1 for _path in _living(limit))


def drop_the_dead() -> None:
    """Forget workers of which nothing was heard for a day."""
    limit = timezone.now() - datetime.timedelta(days=1)
    if not _files():
        Worker.objects.filter(seen_at__lt=limit).delete()
        return
    living = set(_living(limit))
    for path in set(_folder(_WORKERS).iterdir()) - living:
        path.unlink(missing_ok=True)


def _living(limit: datetime.datetime) -> Iterator[Path]:
    for path in _folder(_WORKERS).iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime >= limit.timestamp():
                yield path


def _files() -> bool:
    return connection.vendor == "sqlite"


def _folder(name: str = "") -> Path:
    folder = settings.JOBS_DIR / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(uuid: UUID, ending: str) -> Path:
    return _folder() / f"{uuid}{ending}"


def _write(path: Path, text: str) -> None:
    """Whole or not at all for who reads; nobody needs it after a failure of the machine."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text)
    os.replace(unfinished, path)
