"""How fast a program may ask: so many requests a minute, then a wait that grows.

Kept in the cache, one entry for each token or person. Two workers that count at the same moment may
count once: the limit keeps a runaway script from the others, it does not keep anybody out.
"""

from __future__ import annotations

import time

from django.core.cache import cache

#: Requests in each stretch of so many seconds.
MOST, SECONDS = 120, 60
#: Who goes over it waits a minute, then two, four, eight; never longer than this.
LONGEST = 8 * 60
#: After so many seconds within the limit the waits are forgotten.
FORGOTTEN = 60 * 60


def seconds_to_wait(who: str) -> int:
    """Counts a request of ``who``; 0 if it may be answered."""
    key, now = f"api:rate:{who}", time.time()
    begun, number, over, until = cache.get(key) or (now, 0, 0, 0.0)
    if until > now:
        return _whole(until - now)
    if now - begun >= SECONDS:
        begun, number = now, 0
        over = 0 if now - until >= FORGOTTEN else over
    number += 1
    if number > MOST:
        over += 1
        until = now + min(SECONDS * 2 ** (over - 1), LONGEST)
        begun, number = until, 0
    cache.set(key, (begun, number, over, until), FORGOTTEN + LONGEST)
    return _whole(until - now) if until > now else 0


def _whole(seconds: float) -> int:
    return max(int(seconds) + 1, 1)
