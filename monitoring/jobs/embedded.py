"""Without a worker the site itself does the work: one job at a time in each of its processes.

A thread looks now and then, and at once after somebody asked this process for something. It begins
with the first request that a process answers, so that a server which was started before (gunicorn
with ``--preload`` forks after loading) has it too, and what waited goes on after a restart.
"""

from __future__ import annotations

import atexit
import os
import threading

from django.conf import settings
from django.db import connections

from monitoring.jobs.progress import STOPPING

#: Seconds between two looks while nobody asks for anything.
EVERY = 10.0
#: Seconds that a process waits at its end for work that gives itself back.
LEAVE = 10.0

_lock = threading.Lock()
_wanted = threading.Event()
_thread: threading.Thread | None = None
_process = 0


def on_request(**kwargs: object) -> None:
    """Each request: the thread is there."""
    global _thread, _process
    if settings.JOBS != "auto" or (_process == os.getpid() and _thread and _thread.is_alive()):
        return
    with _lock:
        if _process == os.getpid() and _thread and _thread.is_alive():
            return
        if _process != os.getpid():
            atexit.register(leave)
        _process = os.getpid()
        _thread = threading.Thread(target=_look, daemon=True, name="jobs")
        _thread.start()


def wake() -> None:
    """Look now."""
    _wanted.set()


def leave() -> None:
    """The process ends: what may be begun anew is given back, the rest has a moment to end."""
    STOPPING.set()
    _wanted.set()
    if _thread is not None and _process == os.getpid():
        _thread.join(LEAVE)


def _look() -> None:
    # The worker of the library brings the machinery of commands: none of it at the start.
    from monitoring.jobs.working import Look

    look = Look(embedded=True)
    while not STOPPING.is_set():
        while look.turn():
            pass
        # Between two looks it holds no connection: a server has few, and nobody misses this one.
        connections.close_all()
        _wanted.wait(EVERY)
        _wanted.clear()
