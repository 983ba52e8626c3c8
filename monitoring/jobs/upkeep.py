"""What a room keeps up by itself: done now and then by whoever does jobs, while none waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db.utils import DatabaseError

logger = logging.getLogger(__name__)
#: Seconds between two times.
EVERY = 300.0
#: Each takes moments and says whether it left something for the next look; several processes may do
#: it at once. Filled by the rooms at start-up.
WORK: list[Callable[[], bool]] = []


class Upkeep:
    """The times of one thread; the first comes a while after the start."""

    def __init__(self) -> None:
        self._done = time.monotonic()

    def turn(self) -> None:
        """Do it all if its time has come. What fails is told to the log and tried the next time."""
        if time.monotonic() - self._done < EVERY:
            return
        more = [_done(work) for work in WORK]
        if not any(more):
            self._done = time.monotonic()


def _done(work: Callable[[], bool]) -> bool:
    try:
        return work()
    except DatabaseError:
        raise
    except Exception:
        # Whoever does jobs goes on with them.
        logger.exception("what is kept up by itself failed")
        return False
