"""Run a command with ``DATABASE_URL`` pointing to a PostgreSQL server made for it alone.

``python .ci/with_postgres.py COMMAND…`` makes a cluster in a temporary folder, starts it on a
free port of this machine, runs the command and removes everything; the exit status is the
command's. ``TEST_POSTGRES_URL`` names a server to use instead. No server that happens to run on
the machine is touched. It stays durable by its settings (``synchronous_commit`` on), only the
disk is not waited for, since nothing has to outlive the run; ``--durable`` before the command:
it is waited for, as on a server, where what is measured has to include that.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PLACES = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
]
DATABASE = "zhinalys"
SECONDS_TO_START = 60


def programs() -> Path:
    """The folder of the newest server found; a Debian machine has it outside of PATH."""
    found = [Path(folder) for place in PLACES for folder in glob.glob(place)]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    complete = [
        folder
        for folder in found
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    if not complete:
        sys.exit("No PostgreSQL server was found: run .ci/setup test, or set TEST_POSTGRES_URL.")
    return max(complete, key=lambda folder: [int(part) for part in folder.parts if part.isdigit()])


def unprivileged() -> dict[str, object]:
    """Arguments for subprocess: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_database(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers and create the database that the URL names."""
    import psycopg2

    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            connection = psycopg2.connect(url.rpartition("/")[0] + "/postgres")
            break
        except psycopg2.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"PostgreSQL did not start: {error}")
            time.sleep(0.1)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")


@contextlib.contextmanager
def temporary_server(durable: bool = False) -> Iterator[str]:
    """Start a server in a temporary folder; gives the URL of an empty database on it.

    ``durable``: what is committed is on the disk.
    """
    folder, who = programs(), unprivileged()
    home = tempfile.mkdtemp(prefix="zhinalys-postgres-")
    data = os.path.join(home, "data")
    if who:
        os.chown(home, who["user"], who["group"])
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    server = None
    try:
        subprocess.run(
            [
                folder / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            env=environment,
            **who,
        )
        port = free_port()
        options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={home}"]
        options += ["max_connections=40", "log_min_messages=fatal"]
        options += [] if durable else ["fsync=off", "full_page_writes=off"]
        command = [folder / "postgres", "-D", data]
        for option in options:
            command += ["-c", option]
        server = subprocess.Popen(command, cwd=home, env=environment, **who)
        url = f"postgres://postgres@127.0.0.1:{port}/{DATABASE}"
        make_database(url, server)
        yield url
    finally:
        if server:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command and give its exit status."""
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    if not command:
        sys.exit("usage: with_postgres.py [--durable] COMMAND…")
    # A run that is told to end takes its server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = os.environ.get("TEST_POSTGRES_URL")
    with contextlib.nullcontext(given) if given else temporary_server(durable) as url:
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
