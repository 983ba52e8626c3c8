"""A job in words: how far it is, how long it has taken and may still take."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.jobs import kinds, pulse, queue
from monitoring.jobs.models import Job, State, Trouble

#: How many a list shows, the newest; older ones go by themselves.
LISTED = 100
#: From then on what is left is guessed from what is done: seconds, and percent.
GUESS_AFTER, GUESS_FROM = 5, 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A job as pages show it. ``percent``: None while nobody knows; other words may be ""."""

    job: Job
    kind: str
    step: str
    count: str
    percent: int | None
    elapsed: str
    left: str
    said: str


def show(job: Job) -> Shown:
    """The job with its last sign of life, in the active language."""
    kind = kinds.kinds().get(job.kind)
    now = pulse.of(job) if job.state == State.RUNNING else None
    step, done, total = (now.step, now.done, now.total) if now else ("", 0, None)
    percent = _percent(kind, step, done, total) if kind and now else None
    seconds = _seconds(job)
    return Shown(
        job=job,
        kind=str(kind.words) if kind else job.kind,
        step=_step(kind, step) if kind and step else "",
        count=_count(done, total),
        percent=100 if job.state == State.DONE else percent,
        elapsed=_elapsed(job, seconds),
        left=_left(seconds, percent) if total else "",
        said=_said(job),
    )


def back_of(job: Job) -> str:
    """Address where one asks for such a thing; "" for a kind that is not known."""
    kind = kinds.kinds().get(job.kind)
    return kind.back(job) if kind else ""


def of(user: Any) -> list[Shown]:
    """The person's jobs, the newest first."""
    return [show(job) for job in Job.objects.filter(asked_by=user)[:LISTED]]


def of_everybody() -> tuple[dict[str, Any], list[Shown]]:
    """For administrators: the queue in numbers and everybody's jobs; templates show their kind,
    state and times, nothing of what they are about."""
    return queue.summary(), [show(job) for job in Job.objects.defer("parameters")[:LISTED]]


def as_json(shown: Shown) -> dict[str, Any]:
    """What the page of a job asks for again and again."""
    return {
        "over": not shown.job.is_open,
        "state": shown.job.get_state_display(),
        "step": shown.step,
        "count": shown.count,
        "percent": shown.percent,
        "elapsed": shown.elapsed,
        "left": shown.left,
    }


def _percent(kind: kinds.Kind, code: str, done: int, total: int | None) -> int | None:
    """Of the whole work, by the shares of its steps; what goes on is never more than 99."""
    step = kind.step(code)
    if step is None or (total is None and len(kind.steps) == 1):
        return None
    before = sum(each.share for each in kind.steps[: kind.steps.index(step)])
    here = step.share * min(done / total, 1) if total else 0
    return min(99, int(100 * (before + here) / sum(each.share for each in kind.steps)))


def _step(kind: kinds.Kind, code: str) -> str:
    step = kind.step(code)
    if step is None:
        return ""
    if len(kind.steps) == 1:
        return str(step.words)
    place = {"n": kind.steps.index(step) + 1, "of": len(kind.steps), "words": step.words}
    return _("Step %(n)s of %(of)s: %(words)s") % place


def _count(done: int, total: int | None) -> str:
    if not total:
        return number_format(done, force_grouping=True) if done else ""
    numbers = {name: number_format(n, force_grouping=True) for name, n in
               (("done", done), ("total", total))}  # fmt: skip
    return _("%(done)s of %(total)s") % numbers


def _seconds(job: Job) -> float | None:
    """Since the work began, until it ended."""
    if job.started_at is None:
        return None
    return ((job.ended_at or timezone.now()) - job.started_at).total_seconds()


def _elapsed(job: Job, seconds: float | None) -> str:
    if seconds is None:
        return ""
    words = _("under way for %(time)s") if job.is_open else _("It took %(time)s.")
    return words % {"time": _duration(seconds)}


def _duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 60:
        return ngettext("%(n)s second", "%(n)s seconds", whole) % {"n": whole}
    minutes = whole // 60
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _left(seconds: float | None, percent: int | None) -> str:
    """A guess in whole minutes, upwards; none before there is something to guess from."""
    if seconds is None or not percent or seconds < GUESS_AFTER or percent < GUESS_FROM:
        return ""
    left = datetime.timedelta(seconds=seconds * (100 - percent) / percent)
    if left < datetime.timedelta(minutes=1):
        return _("less than a minute left")
    minutes = -(-left // datetime.timedelta(minutes=1))
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}


def _said(job: Job) -> str:
    """What came of it: its own words, else those of what went wrong."""
    if job.told:
        return job.told
    return str(Trouble(job.error).label) if job.error else ""
