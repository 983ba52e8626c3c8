"""What long work tells of itself to whoever runs the site: how much, never whose or of what."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from monitoring.jobs import queue
from monitoring.operations import gauges, states, thresholds
from monitoring.operations.states import Finding, Level


def register() -> None:
    """Called once, at start-up."""
    gauges.register(
        "zhinalys_jobs",
        "Long work by state; failed: in the last day.",
        lambda: {name: queue.summary()[name] for name in ("waiting", "running", "failed")},
        labels=("state",),
        seconds=15,
    )
    gauges.register(
        "zhinalys_jobs_oldest_seconds",
        "How long work has waited beyond its time.",
        lambda: queue.summary()["oldest"],
        seconds=15,
    )
    gauges.register(
        "zhinalys_jobs_workers", "Workers that live.",
        lambda: queue.summary()["workers"], seconds=15,
    )  # fmt: skip
    states.register("jobs", _("Long work"), _jobs, group="work")


def _jobs() -> Finding:
    found = queue.summary()
    level = states.level_above(found["oldest"], thresholds.JOB_AGE)
    if level != Level.ORDER:
        since = timezone.now() - datetime.timedelta(seconds=found["oldest"])
        advice = _("Look whether the worker runs (“zhinalys-worker”), and into its log.")
        return Finding(level, _("Work has waited too long for a worker."), since, advice)
    if failed := found["failed"]:
        text = ngettext_lazy(
            "%(number)s piece of work failed in the last day.",
            "%(number)s pieces of work failed in the last day.",
            "number",
        ) % {"number": failed}
        return Finding(Level.LOOK, text, advice=_("Look into the log of the worker."))
    if found["workers"]:
        text = ngettext_lazy(
            "%(number)s worker runs; nothing waits too long.",
            "%(number)s workers run; nothing waits too long.",
            "number",
        ) % {"number": found["workers"]}
        return Finding(Level.ORDER, text)
    return Finding(Level.ORDER, _("No worker runs: the site does such work itself."))
