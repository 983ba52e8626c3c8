"""A day on a site of its own: prepare, start, let people at it, measure, stop, and look.

Used by ``python -m tests.load`` and by the tests.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings

from tests.databases import kind, manage
from tests.faults.site import Person, Site

#: Seconds until the PDF is there, on a machine that has other things to do.
MOST_DRAWING = 300

#: What the server of gunicorn that each name stands for is started with.
SERVERS = {
    "waitress": (),
    "gthread": ("--worker-class", "gthread"),
    "sync": ("--worker-class", "sync"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Who comes and what they do. ``rate``: how many times faster than people do it;
    ``settle``: within so many seconds of life everybody has begun."""

    monitors: int = 500
    editors: int = 20
    readers: int = 50
    seconds: float = 300
    rate: float = 1
    settle: float = 60
    before: int = 2
    after: int = 2
    with_form: float = 0.1
    with_photograph: float = 0.1
    photograph_bytes: int = 700_000
    with_pdf: bool = True
    seed: int = 6
    host: str = ""
    year: int = datetime.date.today().year

    @property
    def people(self) -> int:
        return self.monitors + self.editors + self.readers


@dataclass(slots=True)
class Day:
    """What came of it. ``cpu``: processes -> share of one core; ``waits``: what PostgreSQL's
    processes waited for -> how often that was seen."""

    plan: Plan
    database: str
    server: str
    results: dict[str, Any]
    diary: dict[str, list]
    cpu: dict[str, float]
    waits: dict[str, int]
    memory: int
    lost: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[str]:
        """Every request without a good answer."""
        return self.results["failures"]

    @property
    def refused(self) -> list:
        """Answers that were given and were not what the sender could go on with."""
        return self.diary["unanswered"]

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in self.results["rows"] if row["name"] == name)


class LoadedSite(Site):
    """The site with timings in its answers; ``server``: one of SERVERS."""

    def __init__(self, url: str, folder: Path, server: str = "waitress"):
        super().__init__(url, folder)
        self.server, self.options = server, SERVERS[server]
        self.log = (folder / "site.log").open("ab")
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.load.settings",
            "STATIC_ROOT": str(folder / "static"),
        }


def faults(site: Site) -> list[str]:
    """What the site said of mistakes of its own."""
    lines = (site.folder / "site.log").read_text(errors="replace").splitlines()
    return [line for line in lines if '"level": "ERROR"' in line or "Traceback" in line]


def prepare(site: Site, plan: Plan) -> Path:
    """Tables, the cards of 2018, accounts and everything that will be sent; its file."""
    file = site.folder / "people.json"
    manage(site.url, site.folder, "prepare")
    manage(site.url, site.folder, "demo")
    manage(site.url, site.folder, "-m", "tests.load.people", json.dumps(asdict(plan)), str(file))
    file.chmod(0o600)
    return file


def warm_up(site: Site, people: Path, plan: Plan) -> None:
    """What is drawn once and kept: the PDF that readers take, the pages of each process."""
    session = json.loads(people.read_text())["readers"][0]["session"]
    reader = Person(site.port, session)
    if plan.with_pdf:
        _drawn(reader, "/reports/2018/files/pdf/ru/")
    for path in ("/reports/2018/", "/field/ru/") * 6:
        assert reader.get(path).status == 200


def _drawn(reader: Person, path: str) -> None:
    """Wait for a file that is drawn in the background: until it is there one is led to the job."""
    deadline = time.monotonic() + MOST_DRAWING
    while (status := reader.get(path).status) == 302 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert status == 200


def live(site: Site, people: Path, plan: Plan) -> Day:
    """Let everybody at the running site for as long as the plan says."""
    plan = Plan(**{**asdict(plan), "host": f"http://127.0.0.1:{site.port}"})
    diary, results = site.folder / "diary.json", site.folder / "results.json"
    command = [
        sys.executable, "-m", "locust", "--headless", "--only-summary", "--skip-log-setup",
        "--exit-code-on-error", "0", "--locustfile", "tests/load/locustfile.py",
        "--users", str(plan.people), "--spawn-rate", str(plan.people),
        "--run-time", f"{plan.seconds:.0f}s", "--stop-timeout", "60",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "LOAD_PLAN": json.dumps(asdict(plan)),
        "LOAD_PEOPLE": str(people),
        "LOAD_DIARY": str(diary),
        "LOAD_RESULTS": str(results),
    }
    with open(site.folder / "locust.log", "w") as log:
        program = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log
        )
        with watched(site, program.pid) as seen:
            status = program.wait(plan.seconds + 300)
    assert status == 0, (site.folder / "locust.log").read_text()[-3000:]
    day = Day(
        plan,
        kind(),
        getattr(site, "server", ""),
        json.loads(results.read_text()),
        json.loads(diary.read_text()),
        *seen,
    )
    day.lost = missing(site, day.diary)
    return day


def missing(site: Site, diary: dict[str, list]) -> list[str]:
    """What was acknowledged and is not there, or is there twice."""
    stored = Counter(str(uuid).replace("-", "") for (uuid,) in site.rows(_UUIDS))
    begun = {str(uuid).replace("-", "") for (uuid,) in site.rows(f"{_UUIDS} WHERE number <> ''")}
    files = Counter(str(uuid).replace("-", "") for (uuid,) in site.rows(_FILES))
    sent = [uuid.replace("-", "") for uuid in diary["drafts"] + diary["submitted"]]
    with_file = [card.replace("-", "") for card, result in diary["files"] if result != "early"]
    return [
        *(f"no card {uuid}" for uuid in set(sent) - set(stored)),
        *(f"card twice {uuid}" for uuid, number in stored.items() if number > 1),
        *(
            f"not submitted {uuid}"
            for uuid in diary["submitted"]
            if uuid.replace("-", "") not in begun
        ),
        *(f"sent twice {uuid}" for uuid, n in Counter(diary["submitted"]).items() if n > 1),
        *(f"files of {card}: {files[card]}" for card in with_file if files[card] != 1),
    ]


_UUIDS = "SELECT uuid FROM cards_card"
_FILES = "SELECT c.uuid FROM cards_attachment a JOIN cards_card c ON c.id = a.card_id"


@contextlib.contextmanager
def watched(site: Site, program: int) -> Iterator[tuple[dict, dict, list]]:
    """CPU of the processes, what PostgreSQL waits for, and the most memory that workers took;
    filled in when it is over."""
    cpu: dict[str, float] = {}
    waits: dict[str, int] = defaultdict(int)
    seen = [cpu, waits, 0]
    over = threading.Event()
    before, begin = _processor(site, program), time.monotonic()

    def look() -> None:
        last = before
        while not over.wait(1):
            with contextlib.suppress(psutil.Error):
                last = _processor(site, program) or last
                workers = psutil.Process(site.process.pid).children()
                seen[2] = max(seen[2], sum(each.memory_info().rss for each in workers))
            for what in _waits(site):
                waits[what] += 1
            cpu.update(
                {
                    name: (last[name] - before.get(name, 0)) / (time.monotonic() - begin)
                    for name in last
                }
            )

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _processor(site: Site, program: int) -> dict[str, float]:
    """Seconds of processor that each has used."""
    workers = psutil.Process(site.process.pid).children()
    found = {"workers": workers, "people": [psutil.Process(program)]}
    if kind() == "postgresql":
        found["database"] = _backends(site)
    return {
        name: sum(each.cpu_times().user + each.cpu_times().system for each in processes)
        for name, processes in found.items()
    }


def _backends(site: Site) -> list[psutil.Process]:
    """PostgreSQL's processes, where they run on this machine."""
    found = site.rows("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with contextlib.suppress(psutil.Error):
        return [psutil.Process(pid) for (pid,) in found]
    return []


def _waits(site: Site) -> list[str]:
    if kind() != "postgresql":
        return []
    rows = site.rows(
        "SELECT coalesce(wait_event_type || ' ' || wait_event, 'on the processor') "
        "FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    )
    return [what for (what,) in rows]
