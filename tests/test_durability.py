"""The site refuses a database that could forget what it called saved."""

import contextlib
import io
import subprocess
import sys

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.backends.signals import connection_created

from monitoring import durability
from monitoring.settings import BASE_DIR
from tests.databases import kind, new_database, site_environment


@pytest.fixture
def checked(settings):
    """The site's own setting; what ``insist`` listens to is forgotten afterwards."""
    settings.DURABILITY_CHECKED = True
    yield
    connection_created.disconnect(dispatch_uid="durability")


class Answers:
    """A connection whose database gives these answers."""

    def __init__(self, vendor: str, **answers):
        self.vendor, self.answers, self.closed = vendor, answers, False
        self.alias = "default"

    @contextlib.contextmanager
    def cursor(self):
        yield self

    def execute(self, statement: str):
        self.asked = statement.split()[1]

    def fetchone(self):
        return (self.answers[self.asked],)

    def close(self):
        self.closed = True


DURABLE = {
    "sqlite": {"journal_mode": "wal", "synchronous": 2},
    "postgresql": {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"},
}


@pytest.mark.parametrize("vendor", DURABLE)
def test_a_durable_database_passes(vendor):
    assert durability.problems(Answers(vendor, **DURABLE[vendor])) == []


@pytest.mark.parametrize(
    ("vendor", "weaker"),
    [
        ("sqlite", {"journal_mode": "memory"}),
        ("sqlite", {"journal_mode": "delete"}),
        ("sqlite", {"synchronous": 1}),
        ("sqlite", {"synchronous": 0}),
        ("postgresql", {"synchronous_commit": "off"}),
        ("postgresql", {"synchronous_commit": "local"}),
        ("postgresql", {"synchronous_commit": "remote_write"}),
        ("postgresql", {"fsync": "off"}),
        ("postgresql", {"full_page_writes": "off"}),
    ],
)
def test_each_weaker_setting_is_named(vendor, weaker):
    database = Answers(vendor, **(DURABLE[vendor] | weaker))
    (name, value) = next(iter(weaker.items()))
    assert [text.split(",")[0] for text in durability.problems(database)] == [f"{name} is {value}"]
    with pytest.raises(ImproperlyConfigured, match=name):
        durability._ask(sender=None, connection=database)
    assert database.closed


def test_a_replica_is_not_asked_since_nothing_is_saved_there():
    database = Answers("postgresql", **(DURABLE["postgresql"] | {"fsync": "off"}))
    database.alias = "replica"
    durability._ask(sender=None, connection=database)
    assert not database.closed


@pytest.mark.django_db
def test_the_check_of_the_site_says_so(checked, monkeypatch):
    monkeypatch.setattr(durability, "problems", lambda connection: ["fsync is off"])
    monkeypatch.setattr(durability, "_not_there_yet", lambda connection: False)
    with pytest.raises(SystemCheckError, match=r"monitoring\.E001.*fsync is off"):
        call_command("check", stdout=io.StringIO(), stderr=io.StringIO())


START = "import monitoring.wsgi; print('started')"


def start(url: str, folder, script: str = START, settings_module="monitoring.settings"):
    """A server's start on that database."""
    return subprocess.run(
        [sys.executable, "-c", script],
        env=site_environment(url, folder) | {"DJANGO_SETTINGS_MODULE": settings_module},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_server_starts_on_a_durable_file_and_refuses_a_weaker_one(tmp_path):
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    assert start(url, tmp_path).stdout == "started\n"
    weaker = (
        "import django.conf, monitoring.settings as s\n"
        "s.DATABASES['default']['OPTIONS']['init_command'] = 'PRAGMA journal_mode=DELETE'\n" + START
    )
    refused = start(url, tmp_path, weaker)
    assert refused.returncode == 1
    assert "journal_mode is delete, it must be wal" in refused.stderr
    assert "started" not in refused.stdout


@pytest.mark.slow
def test_a_server_asks_a_database_that_comes_later_when_it_comes(tmp_path):
    unreachable = "postgres://nobody@127.0.0.1:1/none"
    assert start(unreachable, tmp_path).stdout == "started\n"
    later = START + "\nfrom django.db import connection; connection.ensure_connection()"
    assert "Connection refused" in start(unreachable, tmp_path, later).stderr


@pytest.mark.slow
def test_commands_and_servers_refuse_a_database_that_does_not_wait_for_the_disk(tmp_path):
    with new_database(tmp_path) as url:
        environment = site_environment(url, tmp_path) | _weak(url, tmp_path)
        for command in (
            ["manage.py", "check"],
            ["manage.py", "runserver", "--noreload", "127.0.0.1:0"],
            ["-m", "gunicorn", "monitoring.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"],
        ):
            done = subprocess.run(
                [sys.executable, *command],
                cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            assert done.returncode != 0, command
            assert "What is saved could be lost" in done.stderr, done.stderr


def _weak(url: str, folder) -> dict[str, str]:
    """What a database needs around it to be a weak one; the settings are the site's own."""
    if kind() == "postgresql":
        with contextlib.closing(psycopg2.connect(url)) as database:
            database.autocommit = True
            name = url.rpartition("/")[2]
            database.cursor().execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
        return {"DJANGO_SETTINGS_MODULE": "monitoring.settings"}
    (folder / "weak_settings.py").write_text(
        "from monitoring.settings import *\n"
        "DATABASES['default']['OPTIONS']['init_command'] = 'PRAGMA synchronous=OFF'\n"
    )
    (folder / "site.sqlite3").touch()
    return {
        "DJANGO_SETTINGS_MODULE": "weak_settings",
        "PYTHONPATH": f"{BASE_DIR}:{folder}",
    }
