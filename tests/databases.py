"""Databases of a test's own, apart from the one that the suite runs in, for programs beside it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def kind() -> str:
    """The engine that the suite runs on."""
    return "sqlite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgresql"


@contextlib.contextmanager
def new_database(folder: Path, name: str = "site", like: str = "") -> Iterator[str]:
    """The URL of an empty database of the suite's engine; it is gone afterwards.

    ``like``: on PostgreSQL, the name of a database to copy.
    """
    if kind() == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server = _server()
    name = f"{server['NAME'].removeprefix('test_')}_{name}_{os.getpid()}"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    _on_the_server(server, drop, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' * bool(like)))
    try:
        password = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
        port = server["PORT"] or 5432
        yield f"postgres://{server['USER']}{password}@{server['HOST']}:{port}/{name}"
    finally:
        _on_the_server(server, drop)


def manage(url: str, folder: Path, *command: str, **environment: str) -> str:
    """Run a command of the site, with the site's own settings, on that database; its output."""
    done = subprocess.run(
        [sys.executable, *(command if command[0] == "-m" else ("manage.py", *command))],
        cwd=settings.BASE_DIR,
        env=site_environment(url, folder) | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def site_environment(url: str, folder: Path) -> dict[str, str]:
    """What a program of the site finds around it. The server of the tests is not durable, and
    only settings of the tests may let that pass."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.site_settings",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "DEBUG": "true",
        "SECRET_KEY": "only-for-tests-" * 4,
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }


def _server() -> dict:
    return settings.DATABASES["default"]


def _on_the_server(server: dict, *statements: str) -> None:
    import psycopg2

    connection = psycopg2.connect(
        host=server["HOST"],
        port=server["PORT"] or 5432,
        user=server["USER"],
        password=server["PASSWORD"],
        dbname="postgres",
    )
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
