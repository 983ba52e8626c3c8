"""From when on something is worth a look, and from when on somebody has to act: the one place.

The status page, the table in docs/operations.md and docs/operations/alerts.yml say the same; a test
holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Limits:
    """``look`` and ``act`` in the unit that the name says; None: never so bad."""

    look: float
    act: float | None = None


#: Seconds since the last good backup; the timer makes two a day.
BACKUP_AGE = Limits(26 * HOUR, 50 * HOUR)
#: Seconds since a backup was last read from end to end; the drill is quarterly.
BACKUP_VERIFIED_AGE = Limits(100 * DAY, 190 * DAY)
#: Seconds since the history, since the facts were last proved; the timer does it every night.
HISTORY_VERIFIED_AGE = Limits(26 * HOUR, 74 * HOUR)
FACTS_VERIFIED_AGE = Limits(26 * HOUR, 74 * HOUR)
#: Share of a disk that is free; less is worse.
DISK_FREE = Limits(0.20, 0.10)
#: Seconds that the oldest submitted card has waited for an editor.
REVIEW_AGE = Limits(14 * DAY)
#: Seconds by which a replica is behind; from REPLICA_MAX_LAG on the primary is read.
REPLICA_LAG = Limits(30, 5 * MINUTE)
#: Seconds that work has waited for a worker beyond its time.
JOB_AGE = Limits(10 * MINUTE, HOUR)
#: Share of requests that ended in an error of the site, over ten minutes.
ERROR_SHARE = Limits(0.01, 0.05)
#: Seconds within which 99 of 100 requests are answered, over ten minutes.
LATENCY = Limits(2.5, 10)
#: Wrong passwords and codes in ten minutes.
SIGN_INS_FAILED = Limits(50, 500)
