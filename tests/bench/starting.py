"""How long a worker needs until its first page, beside Django with its usual apps and nothing else.

Each start is a fresh interpreter that finds its modules compiled, as an installed site does; what
is compared takes turns. Processor time, because a start does nothing but compute.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.rows import ROOT, Row

SECTION = "starting"
#: Imports the application of the server and asks it for one page; says the seconds.
WORKER = """
import io, sys, time
began = time.process_time()
module, path = sys.argv[1:]
application = getattr(__import__(module, fromlist=["application"]), "application")
told = []
body = b"".join(application({
    "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "wsgi.input": io.BytesIO(),
    "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "wsgi.version": (1, 0),
    "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
}, lambda status, headers, info=None: told.append(status)))
assert told == ["200 OK"] and b"<form" in body, told
print(time.process_time() - began)
"""
#: A project with what ``startproject`` gives one.
BARE = {
    "bare_settings": """
        SECRET_KEY = "x" * 50
        ALLOWED_HOSTS = ["127.0.0.1"]
        INSTALLED_APPS = [f"django.contrib.{name}" for name in (
            "admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")]
        MIDDLEWARE = [
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ]
        ROOT_URLCONF = "bare_urls"
        TEMPLATES = [{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "bare.sqlite3"}}
        STATIC_URL = "static/"
        LANGUAGE_CODE = "ru"
        USE_TZ = True
    """,
    "bare_urls": """
        from django.contrib import admin
        from django.urls import path
        urlpatterns = [path("admin/", admin.site.urls)]
    """,
    "bare_wsgi": """
        from django.core.wsgi import get_wsgi_application
        application = get_wsgi_application()
    """,
}


def run(
    sizes: Sequence[int] = (), databases: Sequence[str] = ("sqlite",), *, rounds: int = 15
) -> Iterator[Row]:
    """The start of a worker, up to the page for signing in."""
    with tempfile.TemporaryDirectory(prefix="zhinalys-bench-") as name:
        folder = Path(name)
        bare, ours = _bare(folder), _ours(folder)
        found: dict[str, list[float]] = {"ours": [], "bare": []}
        for turn in range(rounds + 1):
            for which, (environment, asked) in {"ours": ours, "bare": bare}.items():
                seconds = _start(environment, *asked, folder)
                if turn:
                    found[which].append(seconds)
    seconds, base = (statistics.median(found[which]) for which in ("ours", "bare"))
    yield Row(
        SECTION, "a web worker's start, to its first page", 0, "Zhinalys, SQLite", seconds,
        ratio=seconds / base, limit=1.5, against="bare Django with its usual apps",
    )  # fmt: skip
    yield Row(SECTION, "a web worker's start, to its first page", 0, "bare Django", base)


def _start(environment: dict[str, str], module: str, path: str, folder: Path) -> float:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WORKER, module, path],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        raise RuntimeError(told.stderr)
    return float(told.stdout)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """The machine's, with modules compiled once and kept apart."""
    known = {name: value for name, value in os.environ.items() if "PYTHONDONTWRITE" not in name}
    return known | {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), **more}


def _bare(folder: Path) -> tuple[dict[str, str], tuple[str, str]]:
    import textwrap

    for module, text in BARE.items():
        (folder / f"{module}.py").write_text(textwrap.dedent(text))
    environment = _environment(
        folder, DJANGO_SETTINGS_MODULE="bare_settings", PYTHONPATH=str(folder)
    )
    _manage(environment, folder, "migrate", "--verbosity", "0")
    return environment, ("bare_wsgi", "/admin/login/")


def _ours(folder: Path) -> tuple[dict[str, str], tuple[str, str]]:
    environment = _environment(
        folder,
        DJANGO_SETTINGS_MODULE="monitoring.settings",
        PYTHONPATH=str(ROOT),
        DATA_DIR=str(folder),
        STATIC_ROOT=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'zhinalys.sqlite3'}",
        SECRET_KEY="for-benchmarks-" * 4,
        ALLOWED_HOSTS="127.0.0.1",
        DEBUG="false",
        DEMO="false",
    )
    _manage(environment, folder, "migrate", "--verbosity", "0")
    return environment, ("monitoring.wsgi", "/sign-in/")


def _manage(environment: dict[str, str], folder: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", *command],
        cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
