"""The PostgreSQL server of the benchmark: one that is named, or one of its own that is kept."""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Where databases and files of the benchmark are kept (``BENCH_DIR``, default var/bench)."""
    found = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench").resolve()
    found.mkdir(parents=True, exist_ok=True)
    return found


def own_server() -> Path:
    """The folder of the server that is started here. Who runs it for root may not be let into the
    folders above ``folder()``."""
    if os.getuid() != 0:
        return folder() / "postgresql"
    known_by = hashlib.sha256(str(folder()).encode()).hexdigest()[:8]
    return Path("/var/tmp") / f"zhinalys-bench-{known_by}"


@functools.cache
def postgresql() -> str:
    """URL of a server without the name of a database: ``BENCH_POSTGRES_URL``, else one that is
    started here and stopped at the end; its data stay for the next run. It waits for the disk."""
    if given := os.environ.get("BENCH_POSTGRES_URL"):
        return given.rstrip("/")
    tools = _tools()
    who = tools.unprivileged()
    home = own_server()
    data = home / "data"
    home.mkdir(exist_ok=True)
    if who:
        os.chown(home, who["user"], who["group"])
    options: dict[str, Any] = {
        "cwd": home,
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    }
    options |= who
    programs = tools.programs()
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        command = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    port = tools.free_port()
    settings = [
        f"port={port}",
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={home}",
        "shared_buffers=512MB",
        "max_wal_size=4GB",
        "max_connections=60",
    ]
    command = [programs / "postgres", "-D", data]
    command += [part for setting in settings for part in ("-c", setting)]
    log = (home / "log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
    atexit.register(_stop, server)
    url = f"postgres://postgres@127.0.0.1:{port}"
    _wait(url, server)
    # Processes that this one starts use the same server.
    os.environ["BENCH_POSTGRES_URL"] = url
    return url


def on_the_server(*statements: str) -> None:
    """Run statements outside of any database of the benchmark."""
    import psycopg2

    with contextlib.closing(psycopg2.connect(f"{postgresql()}/postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for each in statements:
                cursor.execute(each)


def databases(prefix: str) -> list[str]:
    """Names of the databases that begin so."""
    import psycopg2

    with (
        contextlib.closing(psycopg2.connect(f"{postgresql()}/postgres")) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT datname FROM pg_database")
        return [name for (name,) in cursor if name.startswith(prefix)]


def _tools() -> Any:
    """``.ci/with_postgres.py``, which knows where a server's programs are."""
    spec = importlib.util.spec_from_file_location("with_postgres", ROOT / ".ci/with_postgres.py")
    if spec is None or spec.loader is None:
        raise ImportError("with_postgres.py cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    import psycopg2

    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg2.connect(f"{url}/postgres").close()
            return
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(30)
