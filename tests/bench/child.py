"""Calls in a process of their own: one for each site, and one where memory is measured.

A fresh interpreter each time (spawn): it inherits neither Django's settings nor anybody's memory.
"""

from __future__ import annotations

import functools
import importlib
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

#: Functions are named as "package.module:function".
Path = str


class Failed(RuntimeError):
    """A call in the other process raised; the text is what it said."""


def _resolve(path: Path) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _serve(pipe: Any, environment: Mapping[str, str], before: Path) -> None:
    """Answer calls until there are no more."""
    from tests.bench import timing

    os.environ |= environment
    try:
        if before:
            _resolve(before)()
        pipe.send((True, None))
    except BaseException:
        pipe.send((False, traceback.format_exc()))
        return
    while True:
        try:
            path, args, options, timed = pipe.recv()
        except EOFError:
            return
        try:
            _look_at_connections()
            call = _resolve(path) if path else timing.peak_memory
            wanted = functools.partial(call, *args, **options)
            pipe.send((True, timing.clock(wanted) if timed else wanted()))
        except BaseException:
            pipe.send((False, traceback.format_exc()))


def _look_at_connections() -> None:
    """Let go of a connection that was ended meanwhile, as the site does before a request: a
    database that is copied is left by everybody."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.is_usable():
            connection.close()


class Child:
    """A process that calls functions by their names. ``before``: what it calls first of all."""

    def __init__(self, environment: Mapping[str, str] | None = None, before: Path = "") -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(other, dict(environment or {}), before), daemon=False
        )
        self._process.start()
        other.close()
        self._answer()

    def call(self, path: Path, *args: Any, **options: Any) -> Any:
        """What ``package.module:function`` returns there. Raises Failed with what it raised."""
        self._pipe.send((path, args, options, False))
        return self._answer()

    def clock(self, path: Path, *args: Any, **options: Any) -> float:
        """Seconds that the call takes there."""
        self._pipe.send((path, args, options, True))
        seconds: float = self._answer()
        return seconds

    def peak(self) -> int:
        """Most bytes that the process has had in memory."""
        return int(self.call(""))

    def _answer(self) -> Any:
        try:
            well, answer = self._pipe.recv()
        except EOFError:
            raise Failed(f"the process ended with {self._process.exitcode}") from None
        if not well:
            raise Failed(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(30)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()


def measured(path: Path, *args: Any, **options: Any) -> tuple[Any, float, int]:
    """Result, seconds and most bytes in memory of a call in a fresh process."""
    with Child() as child:
        start = time.perf_counter()
        result = child.call(path, *args, **options)
        return result, time.perf_counter() - start, child.peak()
