"""Workers and servers as processes of their own, killed and stopped in the middle of work."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import kind, manage
from tests.faults.site import Site, new_site
from tests.files import card_row, csv_of

pytestmark = pytest.mark.slow
#: A busy machine is no fault of the queue.
PATIENCE = 120
DEAD_AFTER = 4


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with new_site(folder) as made:
        made.environment["JOBS_DEAD_AFTER"] = str(DEAD_AFTER)
        made.persons = made.people(0, 1)
        yield made


@pytest.fixture
def site(template) -> Iterator[Site]:
    """A prepared site; what a test left waiting is gone before the next."""
    yield template
    template.kill()
    with contextlib.closing(template.connect()) as connection:
        cursor = connection.cursor()
        for table in ("jobs_job", "django_tasks_database_dbtaskresult", "accounts_accessentry"):
            cursor.execute(f"DELETE FROM {table}")
        connection.commit()


@pytest.fixture
def worker(site) -> Iterator:
    """``worker()``: starts one; all of them are gone afterwards."""
    started: list[subprocess.Popen] = []

    def start(*options: str) -> subprocess.Popen:
        command = [sys.executable, "manage.py", "work", *options]
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=site.environment, stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def ask(site: Site, jobs: int = 1, units: int = 6, seconds: float = 0.3) -> list[str]:
    note = str(site.folder / "note")
    Path(note).unlink(missing_ok=True)
    said = manage(
        site.url, site.folder, "-m", "tests.jobs.asked", str(jobs), str(units), str(seconds), note
    )
    return json.loads(said)


def tries(site: Site) -> list[str]:
    """The process of each try of the jobs that were asked for last."""
    path = site.folder / "note"
    return path.read_text().split() if path.exists() else []


def states(site: Site) -> list[tuple[str, int]]:
    return site.rows("SELECT state, attempts FROM jobs_job ORDER BY asked_at")


def written(site: Site) -> list[tuple[int]]:
    return site.rows("SELECT count(*) FROM accounts_accessentry GROUP BY subject ORDER BY subject")


def wait_for(what, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def step(site: Site, job: str) -> str:
    """What everybody sees of a job that is under way, as its pages read it."""
    said = manage(site.url, site.folder, "-m", "tests.jobs.seen", job)
    return json.loads(said)["step"]


def workers(site: Site) -> list[str]:
    """Names of the workers that were seen, in which their processes stand."""
    if kind() == "sqlite":
        return [path.name for path in (site.folder / "jobs" / "workers").glob("*")]
    return [name for (name,) in site.rows("SELECT name FROM jobs_worker")]


def all_done(site: Site) -> bool:
    return {state for state, _attempts in states(site)} == {"done"}


def test_a_worker_does_what_waits_and_ends(site, worker):
    ask(site, jobs=3, units=2, seconds=0.01)
    assert worker("--once").wait(PATIENCE) == 0
    assert states(site) == [("done", 1)] * 3
    assert written(site) == [(1,)] * 3


def test_progress_is_seen_while_one_transaction_does_the_work(site, worker):
    [job] = ask(site, units=2, seconds=8)
    worker()
    wait_for(lambda: states(site) == [("running", 1)])
    wait_for(lambda: "writing" in step(site, job))
    # Of what it writes nothing is to be seen, nor is anybody else kept from reading.
    assert (states(site), written(site)) == ([("running", 1)], [])
    wait_for(lambda: all_done(site))
    assert written(site) == [(1,)]


def test_killed_in_the_middle_another_takes_it_up_and_nothing_is_there_twice(site, worker):
    ask(site, units=8, seconds=1)
    first = worker()
    wait_for(lambda: len(tries(site)) == 1)
    time.sleep(5)  # in its transaction
    os.kill(first.pid, signal.SIGKILL)
    assert written(site) == []
    second = worker()
    wait_for(lambda: all_done(site))
    assert tries(site) == [str(first.pid), str(second.pid)]
    assert (states(site), written(site)) == ([("done", 2)], [(1,)])


def test_stopped_it_gives_back_what_it_does(site, worker):
    ask(site, units=60, seconds=0.5)
    first = worker()
    wait_for(lambda: len(tries(site)) == 1)
    first.terminate()
    assert first.wait(PATIENCE) == 0
    assert (states(site), written(site)) == ([("waiting", 0)], [])
    second = worker()
    # At once: nobody has to be taken for dead first.
    wait_for(lambda: tries(site) == [str(first.pid), str(second.pid)])


def test_two_workers_never_do_one_job_twice(site, worker):
    ask(site, jobs=30, units=2, seconds=0.02)
    pids = {str(worker().pid) for _each in range(2)}
    wait_for(lambda: all_done(site))
    assert len(tries(site)) == 30
    assert set(tries(site)) <= pids
    assert (states(site), written(site)) == ([("done", 1)] * 30, [(1,)] * 30)


def test_a_worker_that_sleeps_too_long_finds_its_work_taken_up(site, worker):
    """Stopped by the system in the middle and woken when another has done it."""
    ask(site, units=8, seconds=1)
    first = worker()
    wait_for(lambda: len(tries(site)) == 1)
    time.sleep(1)  # before its transaction: within, it would hold the one lock of SQLite
    os.kill(first.pid, signal.SIGSTOP)
    worker()
    wait_for(lambda: all_done(site))
    os.kill(first.pid, signal.SIGCONT)
    time.sleep(8)
    assert (states(site), written(site)) == ([("done", 2)], [(1,)])


def test_without_a_worker_the_site_does_it(site):
    ask(site, units=2, seconds=0.1)
    with site.running():
        wait_for(lambda: all_done(site))
    assert (len(tries(site)), written(site)) == (1, [(1,)])


def test_a_site_that_is_killed_goes_on_after_its_restart(site):
    ask(site, units=10, seconds=1)
    site.start()
    wait_for(lambda: len(tries(site)) == 1)
    time.sleep(2)
    site.kill()
    with site.running():
        wait_for(lambda: all_done(site))
    assert (len(tries(site)), states(site), written(site)) == (2, [("done", 2)], [(1,)])


def test_a_site_that_is_stopped_gives_back_what_it_does(site):
    ask(site, units=100, seconds=0.5)
    site.start()
    wait_for(lambda: len(tries(site)) == 1)
    site.process.terminate()
    site.process.wait(PATIENCE)
    assert (states(site), written(site)) == ([("waiting", 0)], [])


def test_a_site_leaves_the_work_to_a_worker(site, worker):
    first = worker()
    wait_for(lambda: any(f"-{first.pid}-" in name for name in workers(site)))
    with site.running():
        ask(site, jobs=3, units=2, seconds=0.1)
        wait_for(lambda: all_done(site))
    assert set(tries(site)) == {str(first.pid)}


class Editor:
    """Somebody who loads a file in a browser without scripts."""

    def __init__(self, site: Site):
        self.port, self.person = site.port, site.persons["editor"][0]

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, where it leads, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": self.person.cookies})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def upload(self, content: bytes) -> str:
        mark = uuid.uuid4().hex
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="cards"; filename="cards.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode() + content + f"\r\n--{mark}--\r\n".encode()  # fmt: skip
        answer = self.person._send("/cards/import/", body, f"multipart/form-data; boundary={mark}")
        assert answer.status == 302, answer.body
        return answer.location

    def follow(self, page: str) -> str:
        """Reload the page of a job as it says until it leads on."""
        seen = []
        while True:
            status, location, body = self.get(f"{page}?then=go")
            if status == 302:
                return location
            assert status == 200
            assert 'http-equiv="refresh"' in body, body
            seen.append(body)
            assert len(seen) < 600
            time.sleep(0.2)


def test_a_large_file_is_checked_and_loaded_by_the_site_itself(site):
    rows = [card_row(f"A-{n}", place="Square " + "x" * 200) for n in range(600)]
    content = csv_of(*rows)
    assert len(content) > 200_000
    before = site.rows("SELECT count(*) FROM cards_card")[0][0]
    with site.running():
        editor = Editor(site)
        page = editor.upload(content)
        assert page.startswith("/jobs/")
        preview = editor.follow(page)
        assert preview.startswith("/cards/import/")
        answer = editor.person.post(f"{preview}load/", {})
        assert (answer.status, answer.location[:6]) == (302, "/jobs/")
        assert editor.follow(answer.location) == "/cards/import/"
        assert "new 600" in editor.get("/cards/import/")[2]
    assert site.rows("SELECT count(*) FROM cards_card")[0][0] == before + 600
    assert {state for state, _attempts in states(site)} == {"done"}
