"""How long calls take beside each other, and how much memory a process needed.

A machine that others use is now fast and now slow: only calls that take turns can be compared.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def clock(call: Callable[[], Any]) -> float:
    """Seconds that the call takes, with nothing of earlier ones left to be thrown away."""
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def paired(
    calls: Mapping[str, Callable[[], Any]], rounds: int = 5, *, warm: int = 1, own: bool = False
) -> dict[str, float]:
    """Name -> median seconds of ``rounds`` calls, the calls taking turns (A B A B ...).

    warm: turns before the first that counts. own: the calls say their seconds themselves, because
    they run in another process (``Site.clock``).
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(warm + rounds):
        for name, call in calls.items():
            seconds = float(call()) if own else clock(call)
            if turn >= warm:
                taken[name].append(seconds)
    return {name: statistics.median(each) for name, each in taken.items()}


def slope(sizes: list[int], seconds: list[float]) -> float:
    """Power by which seconds grow with the size: 0 not at all, 1 as fast. Least squares of the
    logarithms; ValueError for less than two sizes."""
    import numpy as np

    if len(sizes) < 2:
        raise ValueError("a slope needs two sizes")
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def peak_memory() -> int:
    """Most bytes that this process has had in memory since it started.

    Read from the process itself: what ``getrusage`` says counts the program that started it, too.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("the system does not say how much memory a process had")
