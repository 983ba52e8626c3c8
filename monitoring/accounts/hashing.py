"""Passwords cost a tenth of a second on purpose: a flood of them must cost others nothing.

One thread of each process hashes, behind everything else the machine has to do, and few wait for
it. Who comes when it is taken is told so at once, before anything is written or computed; for
devices on which somebody has signed in before places are kept.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Attempts that are being looked at or wait for it in one process: of strangers, and of all.
STRANGERS, ALL = 2, 3
#: When to come again, in seconds.
AGAIN = 5
#: How far behind others the thread goes (``nice``): a fourth of the processor where all is wanted.
NICE = 5

_lock = threading.Lock()
_inside = 0


class Busy(ValidationError):
    """Too many sign in at this moment."""

    def __init__(self) -> None:
        text = _("Many people are signing in at this moment. Please try again in a few seconds.")
        super().__init__(text, code="wait", params={"seconds": AGAIN})


class Argon2(Argon2PasswordHasher):
    """Django's, in the thread that is for it."""

    def encode(self, password, salt):
        return _thread().submit(super().encode, password, salt).result()

    def verify(self, password, encoded):
        return _thread().submit(super().verify, password, encoded).result()


@contextlib.contextmanager
def place(*, known: bool) -> Iterator[None]:
    """A place among those whose password is looked at; ``known``: on a device that has signed
    this person in before. Raises Busy."""
    global _inside
    with _lock:
        if _inside >= (ALL if known else STRANGERS):
            raise Busy
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "passwords", initializer=_stand_back)


def _stand_back() -> None:
    # On Linux a thread has a priority of its own, and those that Argon2 starts inherit it.
    with contextlib.suppress(OSError, AttributeError):
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + NICE)


# A process that is forked has none of its parent's threads.
os.register_at_fork(after_in_child=_thread.cache_clear)
