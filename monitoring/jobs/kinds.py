"""What can be done in the background: every kind of job, in the order of ``JOB_KINDS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from monitoring.jobs.models import Job
    from monitoring.jobs.progress import Outcome, Report


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work. ``share``: of how much of its time, measured once; any unit."""

    code: str
    words: str | Promise
    share: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    ``right``: parameters -> the right by ``access`` that asking for it, doing it and taking its
    file need. ``run`` does the work and reports; what it returns says what came of it. ``retry``:
    it may be begun anew after it was broken off, because it writes whole or not at all.
    ``back``: job -> the address where one asks for such a thing.
    """

    name: str
    words: str | Promise
    right: Callable[[Mapping[str, Any]], str]
    run: Callable[[Job, Report], Outcome | None]
    steps: tuple[Step, ...]
    back: Callable[[Job], str]
    retry: bool = True

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)


def always(right: str) -> Callable[[Mapping[str, Any]], str]:
    """The same right whatever the parameters."""
    return lambda parameters: right


@cache
def kinds() -> dict[str, Kind]:
    """Name -> kind, in the order of the settings."""
    found = [import_string(path) for path in settings.JOB_KINDS]
    return {kind.name: kind for kind in found}


def get(name: str) -> Kind:
    """KeyError for a kind that there is not, as after a step back to an earlier version."""
    return kinds()[name]
