"""kill -9 in the middle of work: whatever the site called saved is there, whole, and once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import threading
import time
import uuid as uuids
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg2
import pytest

from tests import field as words
from tests.databases import kind
from tests.factories import outcome_answers
from tests.faults.site import BROKEN, Answer, Person, Site, new_card, new_site, posted

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("FAULTS_KILLS", "30"))
CLIENTS = 3
CITIES = ("almaty", "astana", "shymkent")


@dataclass
class Diary:
    """What one monitor was told: for each card the answers called saved, and its outcomes."""

    cards: dict[str, dict[str, str]] = field(default_factory=dict)
    submitted: set[str] = field(default_factory=set)
    outcomes: set[tuple[str, str]] = field(default_factory=set)
    files: set[tuple[str, str]] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)


class Monitor(threading.Thread):
    """Begins cards, changes them, submits them, adds outcomes, at the desk and by sealed parcels
    from the field, there with a file as well; sends again until told."""

    def __init__(self, name: int, person: Person, stop: threading.Event):
        super().__init__(daemon=True)
        self.number, self.person, self.stop, self.diary = name, person, stop, Diary()
        self.last: Answer | None = None

    def run(self) -> None:
        serial = 0
        while not self.stop.is_set():
            serial += 1
            try:
                (self.card if serial % 2 else self.card_in_the_field)(serial)
            except Exception as error:  # noqa: BLE001  (a client that dies must fail the test)
                self.diary.strange.append(repr(error))
                return

    def card(self, serial: int) -> None:
        city = CITIES[self.number % len(CITIES)]
        uuid, answers = new_card(self.number * 1_000_000 + serial, city=city)
        if not self.told(lambda: self.person.edit(uuid, answers, 0), 302):
            return
        self.diary.cards[uuid] = {"settlement": answers["settlement"]}
        for version in (1, 2):
            answers["place"] = f"Place {self.number}-{serial}-{version}"
            data = posted(answers, uuid=uuid, version=version)
            if not self.told(partial(self.person.post, f"/cards/{uuid}/autosave/", data), 200):
                return
            self.diary.cards[uuid]["place"] = answers["place"]
        code = f"P-{serial}"
        outcome = posted(outcome_answers(case_code=code))
        if self.told(lambda: self.person.post(f"/cards/{uuid}/outcomes/add/", outcome), 302):
            self.diary.outcomes.add((uuid, code))
        submit = {"action": "submit", "accepted": "duplicate"}
        # After a lost answer the card is no longer the monitor's to change: that is an answer too.
        if self.told(lambda: self.person.edit(uuid, answers, 3, **submit), 302, 403):
            self.diary.submitted.add(uuid)

    def card_in_the_field(self, serial: int) -> None:
        uuid, answers = new_card(
            self.number * 1_000_000 + serial, city=CITIES[self.number % len(CITIES)]
        )
        for version in range(3):
            if version:
                answers["place"] = f"Place {self.number}-{serial}-{version}"
            said = words.card(uuid, version=version, answers=words.posted(answers))
            if not self.took(said):
                return
            kept = ("settlement", "place")[: version + 1]
            self.diary.cards[uuid] = {name: answers[name] for name in kept}
        code = f"P-{serial}"
        if self.took(words.outcome(uuid, case_code=code)):
            self.diary.outcomes.add((uuid, code))
        self.file(uuid, b"%PDF-1.7 " + uuid.encode() * 100)
        said = words.card(uuid, version=3, action="submit", unseen=True,
                          answers=words.posted(answers))  # fmt: skip
        if self.took(said):
            self.diary.submitted.add(uuid)

    def took(self, said: dict) -> bool:
        """Send a parcel until the site says that it has it; False if the end came first."""
        good = ("saved", "submitted", "already")
        return self.told(partial(self.person.parcel, said), 200, says=good)

    def file(self, card: str, content: bytes) -> None:
        """A file in pieces, from wherever the site says that it goes on."""
        name, offset = str(uuids.uuid4()), 0
        whole = words.file_of(card, content, keys=self.person.keys)
        while self.told(partial(self.person.piece, name, offset, whole), 200, 409):
            answer = self.last.json
            if answer.get("done"):
                if answer["result"] not in ("saved", "already"):
                    self.diary.strange.append(str(answer))
                self.diary.files.add((card, hashlib.sha256(content).hexdigest()))
                return
            offset = answer["offset"]

    def told(self, send, *good: int, says: tuple[str, ...] = ()) -> bool:
        """Send until an answer comes, one of the results ``says`` where there are any; False if the
        end came first."""
        while not self.stop.is_set():
            try:
                answer = self.last = send()
            except BROKEN:
                time.sleep(0.02)
                continue
            if answer.status in good and (not says or answer.json["result"] in says):
                return True
            # Where the database goes while a session is being written, Django says 400: nothing was
            # acknowledged, and the client sends again as after a 500.
            if answer.status < 500 and "Bad Request (400)" not in answer.body:
                self.diary.strange.append(f"{answer.status} {answer.body[:2000]}")
                return False
            time.sleep(0.05)
        return False


def kill_something(site: Site, chance: random.Random) -> None:
    """Most often a worker, at times the whole server; PostgreSQL's own processes as well."""
    ways = ["worker"] * 6 + ["server"] + ["database"] * 2 * (kind() == "postgresql")
    way = chance.choice(ways)
    if way == "worker":
        site.kill_a_worker(chance)
    elif way == "server":
        site.kill()
        site.start()
    else:
        _kill_a_backend(site, chance)


def _kill_a_backend(site: Site, chance: random.Random) -> None:
    with contextlib.suppress(psycopg2.Error):
        found = site.rows(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(found)[0], signal.SIGKILL)


def _settled(site: Site) -> None:
    """PostgreSQL has recovered and answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            site.rows("SELECT 1")
        except psycopg2.Error:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_nothing_that_was_called_saved_is_lost(tmp_path):
    chance = random.Random(time.time_ns())  # the moments differ from run to run
    with new_site(tmp_path) as site:
        people = site.people(monitors=CLIENTS, editors=0)["monitor"]
        stop = threading.Event()
        with site.running():
            monitors = [Monitor(number, who, stop) for number, who in enumerate(people)]
            for monitor in monitors:
                monitor.start()
            for _kill in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.6))
                kill_something(site, chance)
                site.wait()
            time.sleep(1)
            stop.set()
            for monitor in monitors:
                monitor.join(60)
                assert not monitor.is_alive()
            site.kill()
            if kind() == "postgresql":
                _settled(site)
            told = [monitor.diary for monitor in monitors]
            assert [line for diary in told for line in diary.strange] == []
            acknowledged = {
                "cards": sum(len(diary.cards) for diary in told),
                "submitted": sum(len(diary.submitted) for diary in told),
                "outcomes": sum(len(diary.outcomes) for diary in told),
                "files": sum(len(diary.files) for diary in told),
            }
            assert all(acknowledged.values()), acknowledged
            _nothing_is_lost(site, told)
            _nothing_is_half_written(site)
            print(f"{kind()}: {KILLS} kills; acknowledged {acknowledged}; lost 0")  # noqa: T201


def _nothing_is_lost(site: Site, told: list[Diary]) -> None:
    stored = {
        str(uuid).replace("-", ""): {"settlement": settlement, "place": place, "status": status}
        for uuid, settlement, place, status in site.rows(
            "SELECT uuid, settlement, place, status FROM cards_card"
        )
    }
    outcomes = {
        (str(uuid).replace("-", ""), code)
        for uuid, code in site.rows(
            "SELECT c.uuid, k.case_code FROM cards_card c "
            "JOIN cards_courtcase k ON k.card_id = c.id JOIN cards_caseupdate u ON u.case_id = k.id"
        )
    }
    files = {
        (str(uuid).replace("-", ""), checksum)
        for uuid, checksum, original in site.rows(
            "SELECT c.uuid, a.sha256, a.original FROM cards_attachment a "
            "JOIN cards_card c ON c.id = a.card_id"
        )
        if _checksum(site.folder / "attachments" / original) == checksum
    }
    lost = []
    for diary in told:
        for uuid, answers in diary.cards.items():
            row = stored.get(uuid.replace("-", ""), {})
            # A later save may have arrived whose answer did not: then it is the newer text.
            saved = {name: row.get(name, "") for name in answers}
            if any(_serial(saved[name]) < _serial(text) for name, text in answers.items()):
                lost.append((uuid, answers, saved))
        lost += [
            (uuid, "submitted")
            for uuid in diary.submitted
            if stored.get(uuid.replace("-", ""), {}).get("status") != "submitted"
        ]
        lost += [
            (uuid, code)
            for uuid, code in diary.outcomes
            if (uuid.replace("-", ""), code) not in outcomes
        ]
        lost += [
            (uuid, checksum)
            for uuid, checksum in diary.files
            if (uuid.replace("-", ""), checksum) not in files
        ]
    assert lost == []


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _serial(text: str) -> tuple[str, int]:
    """Texts of one field of one card differ in their last number only."""
    head, _dash, last = text.replace(" ", "-").rpartition("-")
    return (head, int(last)) if last.isdigit() else ("", -1)


#: Each question has rows only if something is half there.
HALF = {
    "twins": "SELECT uuid FROM cards_card GROUP BY uuid HAVING count(*) > 1",
    "numbers": "SELECT number FROM cards_card WHERE number IS NOT NULL "
    "GROUP BY number HAVING count(*) > 1",
    "submitted without a number": "SELECT id FROM cards_card "
    "WHERE status = 'submitted' AND (number IS NULL OR submitted_at IS NULL)",
    "a sequence behind its numbers": "SELECT s.last FROM cards_numbersequence s "
    "WHERE s.last < (SELECT count(*) FROM cards_card c WHERE c.number IS NOT NULL "
    "AND c.city_id = s.city_id)",
    "a card without its beginning": "SELECT c.id FROM cards_card c WHERE NOT EXISTS "
    "(SELECT 1 FROM cards_event e WHERE e.card_id = c.id AND e.kind = 'created')",
    "a version without its entry": "SELECT c.id FROM cards_card c WHERE c.version <> "
    "(SELECT count(*) FROM cards_event e WHERE e.card_id = c.id "
    "AND e.kind IN ('created', 'edited', 'status'))",
    "a case without an outcome": "SELECT k.id FROM cards_courtcase k WHERE NOT EXISTS "
    "(SELECT 1 FROM cards_caseupdate u WHERE u.case_id = k.id)",
    "an outcome without its entry": "SELECT u.id FROM cards_caseupdate u "
    "JOIN cards_courtcase k ON k.id = u.case_id WHERE NOT EXISTS "
    "(SELECT 1 FROM cards_event e WHERE e.card_id = k.card_id AND e.kind = 'outcome')",
    "an outcome twice": "SELECT case_id FROM cards_caseupdate GROUP BY case_id HAVING count(*) > 1",
    "a file twice": "SELECT card_id, sha256 FROM cards_attachment GROUP BY card_id, sha256 "
    "HAVING count(*) > 1",
    "a file without its entry": "SELECT a.id FROM cards_attachment a WHERE NOT EXISTS "
    "(SELECT 1 FROM cards_event e WHERE e.card_id = a.card_id AND e.kind = 'attachment')",
    "a submission that was none": "SELECT a.id FROM cards_arrival a "
    "JOIN cards_card c ON c.uuid = a.uuid WHERE a.submitted AND c.status <> 'submitted'",
    "numbers of people without their count": "SELECT c.id FROM cards_card c "
    "WHERE c.participants IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cards_count n "
    "WHERE n.card_id = c.id AND n.subject = 'participants' AND n.used "
    "AND n.best = c.participants)",
}


def _nothing_is_half_written(site: Site) -> None:
    assert {name: rows for name, ask in HALF.items() if (rows := site.rows(ask))} == {}
    if kind() == "sqlite":
        assert site.rows("PRAGMA integrity_check") == [("ok",)]
        assert site.rows("PRAGMA foreign_key_check") == []
