"""What the work itself knows of its job: how far it is, whether it is to stop, what came of it.

``Report`` is what a kind's ``run`` is given. Deep inside, where nobody hands it on, ``tell`` speaks
to the report of the job under way, and to nobody if there is none: commands load files as well.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import connections
from django.utils import timezone

from monitoring import replica
from monitoring.jobs import pulse
from monitoring.jobs.models import Job, State

#: Seconds between two signs of life; what moved is told sooner.
BEAT, MOVED = 2.0, 0.5
#: This process is to end: work that may be begun anew is given back.
STOPPING = threading.Event()

_under_way: ContextVar[Report | None] = ContextVar("report", default=None)


class Stop(Exception):
    """Work ends here; whatever it has begun to write is taken back."""


class Cancelled(Stop):
    """Somebody cancelled it."""


class GivenBack(Stop):
    """The process ends; somebody else does it later."""


class Lost(Stop):
    """Somebody else took it up, because nothing was heard for too long."""


class Refused(Exception):
    """It cannot be done, for the reason ``str(error)``, in the language of who asked.

    ``result``: an address that helps on. ``about``: which part of what was sent is meant.
    """

    def __init__(self, reason: str, result: str = "", about: str = "") -> None:
        super().__init__(reason)
        self.result, self.about = result, about


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: see the fields of ``Job``."""

    result: str = ""
    told: str = ""
    stored: str = ""
    file_name: str = ""
    content_type: str = ""


class Report:
    """Says how far a job is, and raises ``Stop`` where it should end.

    In a thread of its own it gives signs of life even while the work is inside of some library,
    through a connection of its own: what the work has not committed is visible to nobody.
    ``alone``: without that thread, for who may not have another connection.
    """

    def __init__(self, job: Job, *, retry: bool, alone: bool = False) -> None:
        self.job, self.retry, self.alone = job, retry, alone
        self.settled = False
        self._expected: dict[str, int | None] = {}
        self._now: tuple[str, int, int | None] = ("", 0, None)
        self._told, self._told_at = self._now, 0.0
        self._stop: type[Stop] | None = None
        self._over = threading.Event()

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None:
        """The work is at ``step``, ``done`` of ``total`` units of it; None: nobody knows."""
        self._now = (step, done, total if total is not None else self._expected.get(step))
        if self.alone:
            self._look()
        self.go_on()

    def go_on(self) -> None:
        """Raises ``Stop`` where the work should end."""
        if STOPPING.is_set() and self.retry:
            raise GivenBack
        if self._stop is not None:
            raise self._stop

    def expect(self, step: str, total: int | None) -> None:
        """About how many units a step has, where who does it does not know."""
        self._expected[step] = total

    def settle(self, outcome: Outcome | None = None) -> None:
        """The job is done: the last statement of the transaction that is its work, if there is one.

        So work and word become durable together, and a try that was taken for dead writes nothing.
        Raises ``Lost`` or ``Cancelled``.
        """
        if pulse.asked_to_stop(self.job):
            raise Cancelled
        replica.mark_within(self.job.asked_by_id)
        step, done, total = self._now
        mine = Job.objects.filter(
            pk=self.job.pk,
            state=State.RUNNING,
            attempts=self.job.attempts,
            cancel_asked_at=None,
        )
        found = mine.update(
            state=State.DONE,
            ended_at=timezone.now(),
            step=step,
            done=done,
            total=total,
            **asdict(outcome or Outcome()),
        )
        if not found:
            raise Cancelled if pulse.asked_to_stop(self.job) else Lost
        self.settled = True

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """While the work is done; ``tell`` speaks to this report."""
        token = _under_way.set(self)
        thread = None
        if not self.alone:
            thread = threading.Thread(target=self._give_signs, daemon=True, name="signs of life")
            thread.start()
        try:
            yield
        finally:
            _under_way.reset(token)
            self._over.set()
            if thread is not None:
                thread.join()

    def _give_signs(self) -> None:
        try:
            # What is over in a moment needs neither a sign nor a connection for it.
            while not self._over.wait(MOVED):
                with contextlib.suppress(Exception):
                    self._look()
        finally:
            connections.close_all()

    def _look(self) -> None:
        now, since = self._now, time.monotonic() - self._told_at
        moved = now != self._told and (since >= MOVED or now[0] != self._told[0])
        if not (moved or since >= min(BEAT, settings.JOBS_DEAD_AFTER / 4)):
            return
        self._told, self._told_at = now, time.monotonic()
        self._stop = self._reason_to_stop()
        pulse.beat(self.job, pulse.Pulse(timezone.now(), self.job.attempts, *now))

    def _reason_to_stop(self) -> type[Stop] | None:
        mine = Job.objects.filter(
            pk=self.job.pk, state=State.RUNNING, attempts=self.job.attempts
        ).exists()
        if not mine and not self.settled:
            return Lost
        return Cancelled if pulse.asked_to_stop(self.job) else None


def tell(step: str, done: int = 0, total: int | None = None) -> None:
    """Say to the job under way, if there is one, how far it is. Raises ``Stop``."""
    report = _under_way.get()
    if report is not None:
        report(step, done, total)


def go_on() -> None:
    """May the job under way go on, if there is one? Raises ``Stop`` if not."""
    report = _under_way.get()
    if report is not None:
        report.go_on()
