"""Looking for what is to be done and doing it: in a worker, or inside the site without one."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time

from django.db import connections
from django.db.utils import DatabaseError
from django_tasks.base import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands import db_worker

from monitoring.jobs import pulse, queue
from monitoring.jobs.progress import STOPPING
from monitoring.jobs.upkeep import Upkeep

logger = logging.getLogger(__name__)
#: Seconds between two looks for jobs that were left behind, and for what is too old.
RECOVER, PRUNE = 5.0, 3600.0


class Look:
    """One look after the other, by one thread. ``embedded``: only while there is no worker."""

    def __init__(self, *, embedded: bool = False) -> None:
        self.embedded = embedded
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"[-64:]
        self._recovered = self._pruned = 0.0
        self._upkeep = Upkeep()

    def turn(self) -> bool:
        """Do one job that waits; whether there was one. A database that is away is no end."""
        try:
            if self.embedded and pulse.workers():
                return False
            self._tidy()
            if STOPPING.is_set():
                return False
            if not queue.ready():
                self._upkeep.turn()
                return False
            self._do_one()
            return True
        except DatabaseError:
            # The one lock of SQLite is taken for longer than anybody waits, or the server is away.
            logger.warning("the queue cannot be read now", exc_info=True)
            connections.close_all()
            return False

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._recovered >= RECOVER or not self._recovered:
            self._recovered = now
            queue.recover()
        if now - self._pruned >= PRUNE or not self._pruned:
            self._pruned = now
            queue.prune()

    def _do_one(self) -> None:
        worker = db_worker.Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=1,
            worker_id=self.name,
        )
        worker.run()


def be_seen(name: str, over: threading.Event, every: float) -> None:
    """Say each ``every`` seconds that the worker lives, also while it works, until ``over``."""
    try:
        while True:
            try:
                pulse.worker_seen(name)
            except (DatabaseError, OSError):
                logger.warning("a sign of life could not be given", exc_info=True)
                connections.close_all()
            if over.wait(every):
                break
        pulse.worker_left(name)
    finally:
        connections.close_all()
