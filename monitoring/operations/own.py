"""What the site as a whole tells of itself: database, disk, backups, mail; gauges and states."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring import durability, health, replica
from monitoring.operations import gauges, record, states, thresholds
from monitoring.operations.models import Kind
from monitoring.operations.repeated import age_state
from monitoring.operations.states import Finding, Level
from monitoring.version import VERSION

GIB = 2**30


def register() -> None:
    """Called once, at start-up."""
    _register_gauges()
    states.register("backup", _("Backup made"), _backup, group="safety")
    states.register("verify_backup", _("Backup read and checked"), _verified_backup, group="safety")
    states.register("database", _("Database"), _database, group="data")
    states.register("migrations", _("Structure of the database"), _migrations, group="data")
    states.register("replica", _("Replica"), _replica, group="data")
    states.register("disk", _("Free space"), _disk, group="data")
    states.register("storage", _("Attachments"), _storage, group="data")
    states.register("mail", _("Mail"), _mail, group="site")
    states.register("version", _("Version"), _version, group="site")


def size_of_database() -> int | None:
    """Bytes on the disk; None where the database does not say."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
    name = str(connection.settings_dict["NAME"])
    sizes = [os.path.getsize(each) for each in (name, f"{name}-wal") if os.path.exists(each)]
    return sum(sizes) if sizes else None


def disks() -> dict[str, tuple[int, int]]:
    """Folder's role -> bytes free, bytes in all; of folders on the same disk the first one."""
    found, seen = {}, set()
    for role, folder in (("data", settings.DATA_DIR), ("attachments", settings.MEDIA_ROOT)):
        there = _there(Path(folder))
        device = os.stat(there).st_dev
        if device in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(there)
        found[role] = (usage.free, usage.total)
    return found


def _there(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _register_gauges() -> None:
    register = gauges.register
    register(
        "zhinalys_build_info", "The version that runs.", lambda: {VERSION: 1}, labels=("version",)
    )
    register(
        "zhinalys_ready", "What /readyz says: 1 in order.", _ready, labels=("check",), seconds=15
    )
    register("zhinalys_database_bytes", "Size of the database.", size_of_database, seconds=60)
    register(
        "zhinalys_disk_free_bytes",
        "Free space of the disk of a folder.",
        lambda: {role: free for role, (free, _all) in disks().items()},
        labels=("folder",),
    )
    register(
        "zhinalys_disk_size_bytes",
        "Size of the disk of a folder.",
        lambda: {role: size for role, (_free, size) in disks().items()},
        labels=("folder",),
    )
    register("zhinalys_replica_lag_seconds", "How far the replica is behind.", replica_lag)
    register(
        "zhinalys_replica_fit",
        "1 if lists and reports are read from the replica.",
        lambda: int(replica.watch.good()) if replica.configured() else None,
    )
    register(
        "zhinalys_operation_timestamp_seconds",
        "When an operation last ended so, in seconds since 1970.",
        _operations,
        labels=("operation", "outcome"),
        seconds=15,
    )
    register(
        "zhinalys_operation_failed", "1 if the latest of its kind failed.",
        lambda: {kind: int(each.broken) for kind, each in record.last().items()},
        labels=("operation",), seconds=15,
    )  # fmt: skip


def replica_lag() -> float | None:
    """Seconds that the replica is behind; None if there is none or it cannot be told."""
    if not replica.configured():
        return None
    replica.watch.good()
    return replica.watch.lag


def _replica() -> Finding | None:
    if not replica.configured():
        return None
    if replica_lag() is None:
        text = _("The replica does not answer: the primary is read instead.")
        return Finding(Level.ACT, text, advice=_("Look at the replica and its connection."))
    text = format_lazy(_("{seconds} s behind"), seconds=_Number(replica.watch.lag, 1))
    level = states.level_above(replica.watch.lag, thresholds.REPLICA_LAG)
    advice = _("Look at the replica: its disk, its network, a long query on it.")
    return Finding(level, text, advice="" if level == Level.ORDER else advice)


def _ready() -> dict[str, int]:
    return {name: int(good) for name, good in health.states().items()}


def _operations() -> dict[tuple[str, str], float]:
    return {
        (kind, outcome): at.timestamp()
        for kind, each in record.last().items()
        for outcome, at in (("done", each.done), ("failed", each.failed))
        if at is not None
    }


def _backup() -> Finding:
    return age_state(
        Kind.BACKUP,
        thresholds.BACKUP_AGE,
        never=_("No backup has been made on this server."),
        advice=_("Make one with the command “backup”, then find out why the timer did not."),
    )


def _verified_backup() -> Finding:
    found = record.last().get(Kind.VERIFY_BACKUP, record.Last())
    advice = _("Fetch the newest copy and read it with the command “verify_backup” and its key.")
    if found.broken:
        text = _("A backup could not be read to its end, or its key did not fit.")
        return Finding(Level.ACT, text, found.failed, advice)
    if found.done is None:
        # Who keeps the key elsewhere checks elsewhere: that is as it should be, only unknown here.
        return Finding(Level.LOOK, _("Not noted on this server yet."), None, advice)
    level = states.level_of_age(found.done, thresholds.BACKUP_VERIFIED_AGE)
    return Finding(level, _("Whole."), found.done, "" if level == Level.ORDER else advice)


def _database() -> Finding:
    kinds = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    size, name = size_of_database(), kinds.get(connection.vendor, connection.vendor)
    text = format_lazy("{}, {}", name, megabytes(size)) if size is not None else name
    if problems := durability.problems(connection):
        return Finding(
            Level.ACT,
            format_lazy("{}: {}", text, "; ".join(problems)),
            advice=_("What is saved could be lost: set the database as the message says."),
        )
    return Finding(Level.ORDER, format_lazy("{}; {}", text, _("what is saved is on the disk")))


def _migrations() -> Finding:
    if health.READY["migrations"](connection):
        return Finding(Level.ORDER, _("As the program needs them."))
    text = _("The database is not as this version of the program needs it.")
    return Finding(Level.ACT, text, advice=_("Run the command “prepare”."))


def _disk() -> Finding:
    free, size = min(disks().values(), key=lambda each: each[0] / each[1])
    level = states.level_below(free / size, thresholds.DISK_FREE)
    text = _lazy_free(free, size)
    advice = _("Make room: old backups and logs first, then a larger disk.")
    return Finding(level, text, advice="" if level == Level.ORDER else advice)


def _storage() -> Finding:
    if health.READY["storage"](connection) and not _read_only():
        return Finding(Level.ORDER, _("The storage can be read and written."))
    text = _("The storage of the attachments cannot be read or written.")
    return Finding(Level.ACT, text, advice=_("Look at the folder, its owner and its disk."))


def _read_only() -> bool:
    """Of a folder on this machine; another storage is asked by what it does."""
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:
        return False
    return not os.access(_there(folder), os.W_OK)


def _mail() -> Finding:
    if settings.EMAIL_CONFIGURED:
        return Finding(Level.ORDER, _("A mail server is set."))
    return Finding(
        Level.ORDER, _("No mail server is set: links of invitations are handed over by hand.")
    )


def _version() -> Finding:
    if settings.DEBUG:
        text = format_lazy("{} ({})", VERSION, "DEBUG")
        return Finding(Level.ACT, text, advice=_("Never run a real site with DEBUG."))
    return Finding(Level.ORDER, VERSION)


def megabytes(size: int) -> str:
    """A size for reading, in the language of the page."""
    return format_lazy("{} {}", _Number(size / 2**20, 1), pgettext_lazy("unit", "MB"))


def _lazy_free(free: int, size: int) -> str:
    return format_lazy(
        _("{free} GB of {size} GB are free ({share} %)"),
        free=_Number(free / GIB, 1),
        size=_Number(size / GIB, 1),
        share=_Number(100 * free / size, 0),
    )


class _Number:
    """A number that is written when the page is: in its language."""

    def __init__(self, value: float, places: int):
        self.value, self.places = value, places

    def __str__(self) -> str:
        return number_format(self.value, self.places, force_grouping=True)
