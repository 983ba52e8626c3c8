"""What people do on a day of protest; read by locust (``day.py`` starts it).

Environment: LOAD_PEOPLE, LOAD_DIARY, LOAD_RESULTS (files), LOAD_PLAN (JSON, ``day.Plan``). Times
are those of life divided by the plan's ``rate``. A third of the way the network goes; at half of
the way it is back, and every monitor sends what has been queued within a few seconds.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlencode

import gevent
from locust import constant, events, task
from locust.contrib.fasthttp import FastHttpUser

PLAN = json.loads(os.environ["LOAD_PLAN"])
PEOPLE = json.loads(Path(os.environ["LOAD_PEOPLE"]).read_text())
CSRF = "c" * 32
#: As static/js/field/queue.js and link.js have them; seconds and bytes.
FIRST, LONGEST, PATIENCE, PIECE = 5, 300, 20, 256 * 1024
GONE, BACK = PLAN["seconds"] / 3, PLAN["seconds"] / 2
STORED = ("saved", "submitted", "already")
BEGIN = time.monotonic()

diary: dict[str, list] = {"drafts": [], "submitted": [], "files": [], "unanswered": []}
spent: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
waiting: dict[str, int] = {"most": 0, "now": 0}


def elapsed() -> float:
    return time.monotonic() - BEGIN


class Person(FastHttpUser):
    """Somebody with an open session."""

    abstract = True
    wait_time = constant(0)
    host = PLAN["host"]
    network_timeout = connection_timeout = PATIENCE

    def on_start(self):
        self.who = next(self.pool)
        self.chance = random.Random(self.who["session"])
        # The cookies stay what they are; a jar would send them twice.
        self.client.client.cookiejar = None
        self.said = {
            "Cookie": f"sessionid={self.who['session']}; csrftoken={CSRF}; django_language=en",
            "X-CSRFToken": CSRF,
        }
        self.pause(0, PLAN["settle"])

    def pause(self, least: float, most: float) -> None:
        gevent.sleep(self.chance.uniform(least, most) / PLAN["rate"])

    def ask(self, name: str, method: str, url: str, good=(200,), **how):
        """The response, or None if there was no good one. The name is that of the results."""
        how["headers"] = {**self.said, **how.get("headers", {})}
        waiting["now"] += 1
        waiting["most"] = max(waiting.values())
        try:
            with self.client.request(
                method, url, name=name, catch_response=True, allow_redirects=False, **how
            ) as response:
                status = response.status_code
                if status in good:
                    response.success()
                    _learn(name, response)
                    return response
                said = (response.text or "")[:200] if status else repr(response.error)
                response.failure(f"{status} {said}")
                return None
        finally:
            waiting["now"] -= 1


def _learn(name: str, response) -> None:
    """What the server says of its own work."""
    row = spent[name]
    row["answers"] += 1
    row["elapsed"] += response.request_meta["response_time"]
    row["bytes"] += response.request_meta["response_length"] or 0
    for part in (response.headers.get("Server-Timing") or "").split(", "):
        what, _semicolon, value = part.partition(";dur=")
        if value:
            row[what] += float(value)


class Monitor(Person):
    """A monitor with a device, or with the ordinary form."""

    fixed_count = PLAN["monitors"]
    pool = iter(PEOPLE["monitors"])

    @task
    def day(self):
        send = self.by_form if self.who["with_form"] else self.by_parcels
        self.opens()
        for card in self.who["before"]:
            if elapsed() > GONE:
                break
            send(card)
        gevent.sleep(max(0, BACK - elapsed()))
        # Everybody's phone finds the network again within a few seconds.
        self.pause(0, 3 * PLAN["rate"])
        self.opens()
        for card in self.who["burst"]:
            send(card)
        for card in self.who["after"]:
            self.pause(5, 30)
            send(card)
        while True:
            self.pause(20, 60)
            self.opens()

    def opens(self):
        if self.who["with_form"]:
            self.ask("monitor: own cards", "GET", "/cards/")
            return
        self.ask("device: page", "GET", "/field/ru/")
        self.say("device: state", "/field/state/", {"device": self.who["device"]}, ())

    def by_parcels(self, card):
        *drafts, last = card["parcels"]
        for parcel in drafts:
            self.pause(4, 10)
            if self.send("device: draft", parcel, "drafts", card["uuid"]) is None:
                return
        self.pause(1, 3)
        if self.send("device: finished card", last, "submitted", card["uuid"]) is None:
            return
        if "file" in card:
            self.photograph(card)

    def send(self, name: str, parcel, kept: str, uuid: str):
        """Until it is there, with a growing while in between as the page has it."""
        said = {"device": self.who["device"], "parcel": parcel}
        return self.until(
            lambda: self.say(name, "/field/send/", said, STORED), lambda: diary[kept].append(uuid)
        )

    def until(self, send, note):
        for turn in itertools.count():
            answer = send()
            if answer is not None:
                note()
                return answer
            gevent.sleep(min(FIRST * 2**turn, LONGEST) * self.chance.uniform(0.75, 1.25))
        return None

    def say(self, name: str, url: str, said, results):
        """The answer in JSON; None where the site has not taken it."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        response = self.ask(name, "POST", url, data=json.dumps(said), headers=headers)
        if response is None:
            return None
        answer = json.loads(response.text)
        if results and answer.get("result") not in results:
            diary["unanswered"].append([name, json.dumps(answer)[:500]])
        return answer

    def photograph(self, card):
        content, offset = card["file"].encode(), 0
        address = f"/field/pieces/{card['file_uuid']}/"
        self.ask("photograph: how far", "GET", address)
        while True:
            to = f"{address}?offset={offset}&size={len(content)}"
            piece = content[offset : offset + PIECE]
            headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}

            def send(to=to, piece=piece, headers=headers):
                return self.ask(
                    "photograph: a piece", "POST", to, (200, 409), data=piece, headers=headers
                )

            answer = json.loads(self.until(send, lambda: None).text)
            offset = answer["offset"]
            if answer.get("done"):
                diary["files"].append([card["uuid"], answer["result"]])
                return

    def by_form(self, card):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.ask("form: empty", "GET", "/cards/new/")
        for version, answers in enumerate(card["steps"]):
            self.pause(4, 10)
            body = _form(answers, uuid=card["uuid"], version=version)
            address = f"/cards/{card['uuid']}/autosave/"
            if self.ask("form: saved while typing", "POST", address, data=body, headers=headers):
                diary["drafts"].append(card["uuid"])
        body = _form(
            card["answers"], uuid=card["uuid"], version=len(card["steps"]), action="submit",
            accepted=card["accepted"],
        )  # fmt: skip
        address = f"/cards/{card['uuid']}/edit/"

        def send():
            # 403: an earlier try had arrived whose answer did not, and the card is the editors'.
            good = (302, 403)
            return self.ask("form: submitted", "POST", address, good, data=body, headers=headers)

        self.until(send, lambda: diary["submitted"].append(card["uuid"]))


def _form(answers, **more) -> str:
    return urlencode({**answers, **more}, doseq=True)


class Editor(Person):
    """Opens the queue, reads cards, approves, asks, returns, mends."""

    fixed_count = PLAN["editors"]
    pool = iter(PEOPLE["editors"])

    def on_start(self):
        super().on_start()
        self.written: set[str] = set()

    @task
    def review(self):
        self.pause(2, 8)
        chosen = self.chance.choice(("", "?turn=mine", "?flagged=yes"))
        page = self.ask("desk: queue", "GET", f"/cards/queue/{chosen}")
        found = set(re.findall(r'href="/cards/([0-9a-f-]{36})/', page.text if page else ""))
        for uuid in self.chance.sample(sorted(found), min(3, len(found))):
            self.pause(3, 10)
            # Another editor may be quicker: that is an answer, and the card is read no less.
            self.ask("desk: card", "GET", f"/cards/{uuid}/?in=queue")
            self.pause(3, 15)
            self.decide(uuid)

    def decide(self, uuid: str):
        dice, address = self.chance.random(), f"/cards/{uuid}"
        if dice < 0.6:
            # 403: one has changed it oneself; 422: a question is open.
            self.post("desk: approve", f"{address}/transition/approve/?in=queue", 403, 422)
        elif dice < 0.75:
            self.post(
                "desk: ask", f"{address}/queries/ask/", 403, **{"text-": "How was this counted?"}
            )
        elif dice < 0.85:
            self.post("desk: return", f"{address}/transition/return/", reason="Which square?")
        else:
            self.mend(uuid)

    def mend(self, uuid: str):
        page = self.ask("desk: form", "GET", f"/cards/{uuid}/edit/", (200, 403))
        card = CARDS.get(uuid)
        if page is None or page.status_code != 200 or card is None:
            return
        version = re.search(r'name="version" value="(\d+)"', page.text)
        answers = {**card["answers"], "demands": f"Lower prices {self.chance.random()}"}
        data = {**answers, "uuid": uuid, "version": version[1] if version else 0, "action": "save"}
        # 409: somebody else has changed it meanwhile, and both sides are shown.
        self.post("desk: mend", f"/cards/{uuid}/edit/", 403, 409, **data)

    def post(self, name: str, url: str, *also: int, **said):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.ask(name, "POST", url, (302, *also), data=_form(said), headers=headers)


CARDS = {
    card["uuid"]: card
    for person in PEOPLE["monitors"]
    for part in ("before", "burst", "after")
    for card in person[part]
}


class Reader(Person):
    """An analyst: reports, tables, files, the explorer, lists, search, exports."""

    fixed_count = PLAN["readers"]
    pool = iter(PEOPLE["readers"])

    @task
    def read(self):
        self.pause(3, 12)
        pages, shares = zip(*READING, strict=True)
        name, address = self.chance.choices(pages, shares)[0]
        if name == "reader: export":
            form = f"purpose=Figures+of+the+day&format={self.chance.choice(('csv', 'xlsx'))}"
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            self.ask(name, "POST", address, data=form, headers=headers)
        else:
            self.ask(name, "GET", address)


#: (what, address), how often.
READING = (
    (("reader: reports", "/reports/"), 15),
    (("reader: report", "/reports/2018/"), 15),
    (("reader: this year's report", f"/reports/{PLAN['year']}/"), 10),
    (("reader: table", "/reports/2018/tables/5/"), 10),
    (("reader: PDF, kept", "/reports/2018/files/pdf/ru/"), 8 * PLAN["with_pdf"]),
    (("reader: explorer", "/reports/explore/?rows=form&columns=topic"), 8),
    (("reader: cards", "/cards/all/"), 12),
    (("reader: search", "/cards/all/?text=square"), 10),
    (("reader: export", "/cards/export/"), 2),
    (("public: editions", "/editions/"), 10),
)


@events.quitting.add_listener
def _write(environment, **_kwargs):
    """The diary, and a line of results for each kind of request."""
    Path(os.environ["LOAD_DIARY"]).write_text(json.dumps(diary))
    rows = []
    for (name, _method), entry in sorted(environment.stats.entries.items()):
        said = spent[name]
        each = said["answers"] or 1
        quantiles = {
            key: entry.get_response_time_percentile(share)
            for key, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99))
        }
        parts = ("app", "cpu", "db", "lock", "queries", "elapsed", "bytes")
        rows.append(
            {
                "name": name, "requests": entry.num_requests, "failures": entry.num_failures,
                **quantiles, "max": entry.max_response_time,
                **{part: said[part] / each for part in parts},
            }
        )  # fmt: skip
    failures = [
        f"{each.name}: {each.error} ({each.occurrences})"
        for each in environment.stats.errors.values()
    ]
    total = environment.stats.total
    Path(os.environ["LOAD_RESULTS"]).write_text(
        json.dumps(
            {
                "rows": rows, "failures": failures, "seconds": elapsed(),
                "requests": total.num_requests, "failed": total.num_failures,
                "most_waiting": waiting["most"],
            }
        )
    )  # fmt: skip
