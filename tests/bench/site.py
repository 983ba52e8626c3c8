"""Sites with many cards: a database of the product's own, filled once and kept.

``with site(100_000, "sqlite") as it`` gives a process in which Django runs on that database; it is
asked by the names of functions, so that two sites can take turns:

    seconds = it.clock("tests.bench.lists:first_page", "cards:list")

Accounts are there: ``monitor-1`` to ``monitor-40``, ``editor-1`` to ``editor-10``, ``analyst-1``
and ``administrator-1``, all of all regions. See ``filling`` for what else is.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench import servers, synthetic
from tests.bench.child import Child

DATABASES = ("sqlite", "postgresql")
FILE = "zhinalys.sqlite3"


class Site(Child):
    """A process that runs the product on a filled database.

    cards: number of them. database: "sqlite" or "postgresql". url: as in ``DATABASE_URL``.
    folder: its files. environment: what the process was started with; for further processes
    (a server of the site, say) on the same database.
    """

    def __init__(self, cards: int, database: str, folder: Path, url: str, **extra: str) -> None:
        self.cards, self.database, self.folder, self.url = cards, database, folder, url
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "monitoring.settings",
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": "only-for-benchmarks-" * 3,
            "DEMO": "false",
            "DEBUG": "false",
            **extra,
        }
        super().__init__(self.environment, before="tests.bench.filling:start")


@contextlib.contextmanager
def site(
    cards: int, database: str = "sqlite", *, scratch: bool = False, **environment: str
) -> Iterator[Site]:
    """The product's site with that many synthetic cards.

    It is made once and kept for later sections, which must leave it as it is. ``scratch``: a copy
    that may be written to; it is gone afterwards. ``environment``: more settings of the site.
    """
    folder, url = _where(cards, database)
    with _alone(folder):
        _empty_unless_filled(folder, url)
        with Site(cards, database, folder, url) as maker:
            maker.call("tests.bench.filling:ensure", cards, str(folder))
    if not scratch:
        with Site(cards, database, folder, url, **environment) as it:
            yield it
        return
    with (
        _copy(folder, url, database) as (its_folder, its_url),
        Site(cards, database, its_folder, its_url, **environment) as it,
    ):
        yield it


def forget() -> None:
    """Throw away every kept database."""
    for kept in servers.folder().glob("*-*"):
        if (kept / "lock").exists():
            shutil.rmtree(kept)
    if os.environ.get("BENCH_POSTGRES_URL"):
        for name in servers.databases(prefix()):
            servers.on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')
    shutil.rmtree(servers.own_server(), ignore_errors=True)


def _where(cards: int, database: str) -> tuple[Path, str]:
    folder = servers.folder() / f"{database}-{cards}"
    folder.mkdir(exist_ok=True)
    if database == "sqlite":
        return folder, f"sqlite:///{folder / FILE}"
    return folder, f"{servers.postgresql()}/{prefix()}{cards}"


def _empty_unless_filled(folder: Path, url: str) -> None:
    """An empty database, unless one is there that this version has filled to the end."""
    done = folder / "filled"
    filled = done.exists() and json.loads(done.read_text())["version"] == synthetic.VERSION
    if url.startswith("sqlite"):
        if not (filled and (folder / FILE).exists()):
            for file in (done, *folder.glob(f"{FILE}*")):
                file.unlink(missing_ok=True)
        return
    name = url.rpartition("/")[2]
    if not (filled and name in servers.databases(name)):
        done.unlink(missing_ok=True)
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        servers.on_the_server(drop, f'CREATE DATABASE "{name}"')


def prefix() -> str:
    """Databases of this folder; another one on the same server has its own."""
    return f"bench_{hashlib.sha256(str(servers.folder()).encode()).hexdigest()[:8]}_"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else fills the same site meanwhile."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _copy(folder: Path, url: str, database: str) -> Iterator[tuple[Path, str]]:
    """A folder and a database like these; gone afterwards."""
    its_folder = folder.with_name(f"{folder.name}-scratch-{os.getpid()}")
    shutil.rmtree(its_folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("lock", "filled")
    shutil.copytree(folder, its_folder, ignore=ignored)
    try:
        if database == "sqlite":
            yield its_folder, f"sqlite:///{its_folder / FILE}"
            return
        name = url.rpartition("/")[2]
        copy = f"{name}_scratch_{os.getpid()}"
        drop = f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'
        leave = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{name}'"  # noqa: S608  (our own name)
        )
        servers.on_the_server(drop, leave, f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        try:
            yield its_folder, f"{servers.postgresql()}/{copy}"
        finally:
            servers.on_the_server(drop)
    finally:
        shutil.rmtree(its_folder, ignore_errors=True)
