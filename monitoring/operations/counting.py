"""What happens in every worker is counted here; without METRICS_TOKEN nobody asks and nothing is.

Each worker of gunicorn counts in a file of its own (``monitoring.gunicorn`` makes the folder and
numbers the workers); whichever worker is asked adds them up. Another server has one process.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

#: Seconds. Pages take hundredths, reports tenths, printing seconds.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
#: Folder of the workers' files, and the number of this worker among them.
FOLDER, SLOT = "PROMETHEUS_MULTIPROC_DIR", "ZHINALYS_WORKER"


@dataclass(frozen=True, slots=True)
class Meters:
    """``registry`` holds the others where there is one process only."""

    registry: Any
    requests: Any
    seconds: Any
    database_errors: Any
    sign_ins_failed: Any


def request(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered; ``status`` counts by its class."""
    if (found := meters()) is not None:
        found.requests.labels(route, method, f"{status // 100}xx").inc()
        found.seconds.labels(route).observe(seconds)


def database_error(error: Exception) -> None:
    """A statement was refused or failed; by the name of the error's class."""
    if (found := meters()) is not None:
        found.database_errors.labels(type(error).__name__).inc()


def sign_in_failed(**kwargs) -> None:
    """A password or a code was wrong; neither whose nor from where."""
    if (found := meters()) is not None:
        found.sign_ins_failed.inc()


def meters() -> Meters | None:
    """The counters of this process; None where nobody may ask for them."""
    return _meters() if settings.METRICS_TOKEN else None


def text() -> bytes:
    """All workers' counts, in the format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess

    if FOLDER not in os.environ:
        return generate_latest(_meters().registry)
    _meters()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)


@cache
def _meters() -> Meters:
    from prometheus_client import (
        CollectorRegistry,
        Counter,
        Histogram,
        disable_created_metrics,
        values,
    )

    disable_created_metrics()

    if FOLDER in os.environ:
        # A worker that follows another takes its number and goes on with its file: by number of
        # process the folder would grow with every worker that ever was.
        values.ValueClass = values.MultiProcessValue(_slot)
    registry = CollectorRegistry()
    return Meters(
        registry,
        Counter(
            "zhinalys_requests", "Requests answered.", ("route", "method", "status"),
            registry=registry,
        ),
        Histogram(
            "zhinalys_request_seconds", "Seconds until the answer began.", ("route",),
            registry=registry, buckets=BUCKETS,
        ),
        Counter(
            "zhinalys_database_errors", "Statements that the database refused.", ("kind",),
            registry=registry,
        ),
        Counter(
            "zhinalys_sign_ins_failed", "Wrong passwords and codes.", registry=registry,
        ),
    )  # fmt: skip


def _slot() -> str:
    return os.environ.get(SLOT) or str(os.getpid())
