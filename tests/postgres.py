"""PostgreSQL servers of a test's own on this machine: a primary, a replica of it, a pooler."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg2
from django.conf import settings

SLOT = "standby"
USER, DATABASE = "postgres", "zhinalys"
SECONDS_TO_START = 60
#: Connections that the pooler has to lend.
LENT = 4
#: What has to outlive the run is nothing; commits still wait for the log and for the replica.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "log_min_messages": "fatal",
    "wal_level": "replica",
    "hot_standby_feedback": "on",
    "wal_receiver_status_interval": "1s",
    # A machine of two cores: what is asked is small.
    "shared_buffers": "32MB",
    "max_parallel_workers_per_gather": "0",
}


@functools.cache
def tools() -> ModuleType:
    """The script that brings a server for the suite, with what it knows of this machine."""
    path = settings.BASE_DIR / ".ci" / "with_postgres.py"
    spec = importlib.util.spec_from_file_location("with_postgres", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def folder(prefix: str = "zhinalys-postgres-") -> Iterator[Path]:
    """A folder that the unprivileged user of servers owns; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    give(home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def give(path: Path) -> None:
    """Make a path the unprivileged user's."""
    if who := tools().unprivileged():
        os.chown(path, who["user"], who["group"])


class Server:
    """A PostgreSQL server in a folder; ``with`` it, or start and stop it."""

    def __init__(self, home: Path, name: str = "primary"):
        self.home, self.data = home, home / name
        self.port = tools().free_port()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *arguments: str) -> None:
        """A program of PostgreSQL, as the server's user."""
        subprocess.run(
            [tools().programs() / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.home,
            env=self._environment(),
            **tools().unprivileged(),
        )

    def make(self) -> Server:
        """An empty cluster, and in it the database."""
        self.run("initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N")
        self.start()
        self.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
        return self

    def like(self, cluster: Path) -> Server:
        """The same as in the folder of a server that is not running."""
        subprocess.run(["cp", "-a", cluster, self.data], check=True)
        self.start()
        return self

    def copy_of(self, primary: Server) -> Server:
        """A streaming replica, by a slot of its own, as pg_basebackup sets it up."""
        primary.sql(f"SELECT pg_create_physical_replication_slot('{SLOT}')")
        where = f"host=127.0.0.1 port={primary.port} user={USER} application_name={SLOT}"
        self.run(
            "pg_basebackup", "-D", str(self.data), "-d", where, "-S", SLOT, "-R", "-N",
            "-X", "stream", "-c", "fast",
        )  # fmt: skip
        self.start()
        return self

    def start(self, **options: str) -> None:
        command = [tools().programs() / "postgres", "-D", self.data]
        own = {"port": str(self.port), "unix_socket_directories": str(self.home)}
        for name, value in {**OPTIONS, **own, **options}.items():
            command += ["-c", f"{name}={value}"]
        self.process = subprocess.Popen(
            command,
            cwd=self.home,
            env=self._environment(),
            # A replica whose primary has gone has much to say.
            stderr=subprocess.DEVNULL,
            **tools().unprivileged(),
        )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            with contextlib.suppress(psycopg2.OperationalError):
                self.sql("SELECT 1", database="postgres")
                return
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def shut_down(self) -> None:
        """In order: what is there can be copied."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait() == 0
        self.process = None

    def stop(self) -> None:
        """At once, as a machine that goes down: no checkpoint, no word to those connected."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def promote(self) -> None:
        """Make the replica a primary, and wait until it is one."""
        assert self.one("SELECT pg_promote(true, 60)")

    def sql(self, statement: str, *parameters, database: str = DATABASE) -> list[tuple]:
        """The rows that a statement gives."""
        connection = psycopg2.connect(self.url_of(database))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *parameters):
        return self.sql(statement, *parameters)[0][0]

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def caught_up(first: Server, second: Server, seconds: float = 30) -> None:
    """Wait until the replica has everything that the primary has."""
    position = first.one("SELECT pg_current_wal_lsn()")
    deadline = time.monotonic() + seconds
    while not second.one("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position):
        assert time.monotonic() < deadline, "the replica does not follow"
        time.sleep(0.02)


class Pooler:
    """pgbouncer before a server, in transaction mode: every transaction may have another
    connection, and here it has, since they are lent in turn."""

    def __init__(self, server: Server):
        self.server, self.port = server, tools().free_port()
        self.process: subprocess.Popen | None = None

    def url_of(self, database: str = DATABASE) -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        known, said = self.server.home / "users", self.server.home / "pgbouncer.ini"
        known.write_text(f'"{USER}" ""\n')
        said.write_text(
            "[databases]\n"
            f"* = host=127.0.0.1 port={self.server.port}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {known}\nadmin_users = {USER}\n"
            "pool_mode = transaction\nserver_round_robin = 1\n"
            f"default_pool_size = {LENT}\nmax_client_conn = 200\n"
        )
        for path in (known, said):
            give(path)
        program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "pgbouncer is missing: .ci/setup test installs it"
        self.process = subprocess.Popen(
            [program, "-q", said],
            cwd=self.server.home,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **tools().unprivileged(),
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            with contextlib.suppress(psycopg2.OperationalError):
                self.fill()
                return
            assert self.process.poll() is None, "the pooler has ended"
            assert time.monotonic() < deadline, "the pooler does not answer"
            time.sleep(0.05)

    def fill(self, database: str = DATABASE) -> None:
        """Let it open all its connections: that many transactions at once."""
        with contextlib.ExitStack() as open_ones:
            for _number in range(LENT):
                connection = psycopg2.connect(self.url_of(database))
                open_ones.enter_context(contextlib.closing(connection))
                connection.cursor().execute("SELECT 1")
                # What is left in the middle of a transaction is not lent again.
                open_ones.callback(connection.rollback)

    def stop(self) -> None:
        if self.process is not None:
            # A program started in the background may have been told to take no notice of others.
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def pooled(server: Server) -> Iterator[Pooler]:
    """A pooler before the server, for the time being."""
    pooler = Pooler(server)
    try:
        pooler.start()
        yield pooler
    finally:
        pooler.stop()
