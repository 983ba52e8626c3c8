"""Submitting a card over HTTP, with every rule, number and entry of the history, beside a bare view
that inserts one row: requests per second of two gunicorn workers, taking turns.

``device``: a sealed parcel of a new card, as a phone sends it; ``browser``: the form of the site.
"""

from __future__ import annotations

import json
import os
import random
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.rows import Row
from tests.bench.site import site
from tests.bench.traffic import Took, refused, request, send, served

SECTION = "submitting"
#: The archive that is submitted to; submitting reads a few rows of it by their index.
CARDS = 100_000
CONNECTIONS = 8
ROUNDS, REQUESTS = 5, 200
CSRF = "c" * 32
#: Way -> what its answers hold where the card was submitted, and the least share of the bare view.
WAYS = {"bare": b"submitted", "device": b'"result": "submitted"', "browser": b" 302 "}
LIMIT, SLOWEST = 0.4, 10.0
_ADDRESS = {"bare": "/bench/bare/", "device": "/field/send/"}
_NAMES = {"device": "sealed parcel of a device", "browser": "form in a browser"}


def run(sizes: Sequence[int], databases: Sequence[str]) -> Iterator[Row]:
    """Rows of ``SECTION``."""
    cards = max((size for size in sizes if size <= CARDS), default=min(sizes))
    for database in databases:
        with site(cards, database, scratch=True) as it:
            rounds, number = (ROUNDS, REQUESTS) if cards >= 10_000 else (1, 20)
            words = it.call("tests.bench.submitting:prepare", rounds + 1, number)
            environment = {**os.environ, **it.environment}
            environment["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
            with served(environment) as port:
                took = _turns(port, words)
            missing = it.call("tests.bench.submitting:half_written")
        if missing:
            raise AssertionError(f"{missing} submissions are not whole")
        yield from _rows(cards, it.database, took)


def _turns(port: int, words: dict[str, list[list[bytes]]]) -> dict[str, list[Took]]:
    """Way -> how each of its turns went; the first turn warms the workers and is left out."""
    took: dict[str, list[Took]] = {way: [] for way in WAYS}
    for turn in range(len(words["bare"])):
        for way, wanted in WAYS.items():
            went = send(port, words[way][turn], CONNECTIONS)
            if bad := refused(went.answers, wanted):
                raise AssertionError(f"{way}: {bad[0][:2000]!r}")
            if turn:
                took[way].append(went)
    return took


def _rows(cards: int, database: str, took: dict[str, list[Took]]) -> Iterator[Row]:
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
    rate = {way: statistics.median(each.per_second for each in all_) for way, all_ in took.items()}
    common = {"section": SECTION, "cards": cards, "engine": f"Zhinalys, {engine}"}
    yield Row(
        what="a bare view inserts one row", amount=rate["bare"], unit="requests per second",
        **{**common, "engine": f"Django, {engine}"},
    )  # fmt: skip
    for way, name in _NAMES.items():
        yield Row(
            what=f"a card submitted, {name}", amount=rate[way], unit="requests per second",
            ratio=rate[way] / rate["bare"], limit=LIMIT, at_least=True,
            against="a bare view inserts one row", **common,
        )  # fmt: skip
        slowest = statistics.median(each.slowest_hundredth / each.median for each in took[way])
        yield Row(
            what=f"slowest hundredth of it, {name}", ratio=slowest, limit=SLOWEST,
            seconds=statistics.median(each.slowest_hundredth for each in took[way]),
            against="its median", **common,
        )  # fmt: skip


# What follows runs in the site's own process.


def prepare(rounds: int, number: int) -> dict[str, list[list[bytes]]]:
    """Way -> requests of each round, each with a card of its own, of forty monitors in turn."""
    import uuid

    from cards.field import sealing

    keys = sealing.public_keys()
    sessions = _sessions()
    chance = random.Random(1)
    made: dict[str, list[list[bytes]]] = {way: [] for way in WAYS}
    for _round in range(rounds):
        for way in WAYS:
            made[way].append([])
            for at in range(number):
                said = _answers(chance)
                crumbs = {"sessionid": sessions[at % len(sessions)], "csrftoken": CSRF}
                made[way][-1].append(_request(way, str(uuid.uuid4()), said, crumbs, keys))
    return made


def _request(way: str, uuid: str, said: dict[str, Any], crumbs: dict[str, str], keys: Any) -> bytes:
    import urllib.parse

    from cards.field import home, sealing
    from tests.factories import all_accepted

    posted = home.posted(said)
    if way == "browser":
        fields = {**posted, "uuid": uuid, "version": "0", "action": "submit"}
        fields["accepted"] = all_accepted()
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        kind = "application/x-www-form-urlencoded"
        return request(f"/cards/{uuid}/edit/", body, kind, crumbs, X_CSRFToken=CSRF)
    words: dict[str, Any] = {"parcel": None}
    if way == "device":
        parcel = {
            "v": 1, "kind": "card", "uuid": uuid, "version": 0, "action": "submit",
            "answers": posted, "accepted": [], "unseen": True,
            "made_at": "2018-05-10T14:00:00+06:00",
        }  # fmt: skip
        words = {"parcel": sealing.seal(json.dumps(parcel).encode(), keys)}
    body = json.dumps(words).encode()
    return request(_ADDRESS[way], body, "application/json", crumbs, X_CSRFToken=CSRF)


def _answers(chance: random.Random) -> dict[str, Any]:
    """A card like many: another day and city, other numbers and words each time."""
    import datetime

    from cards.models import City, Topic
    from tests.factories import card_answers

    day = datetime.date(2012, 1, 1) + datetime.timedelta(chance.randrange(365 * 13))
    cities = sorted(City.offered().values_list("pk", flat=True))
    topics = sorted(Topic.offered().values_list("pk", flat=True))
    people = chance.randrange(5, 4000)
    return card_answers(
        date=day,
        city=chance.choice(cities),
        topic=chance.choice(topics),
        place=f"Square {chance.randrange(10**6)}",
        participants=people,
        participants_low=people - 2,
        participants_high=people + 10,
        description=" ".join(f"word{chance.randrange(3000)}" for _ in range(60)),
    )


def _sessions() -> list[str]:
    """Somebody signed in on each of the monitors' accounts."""
    from django.test import Client

    from monitoring.accounts.models import User

    found = []
    for user in User.objects.filter(role="monitor").order_by("pk")[:40]:
        client = Client()
        client.force_login(user)
        found.append(client.session.session_key)
    return found


def half_written() -> int:
    """Cards that came in and lack their number, a count or one of their two entries."""
    from django.db.models import Count, Q

    from cards.models import Card

    new = Card.objects.filter(description__startswith="word", ref=None).annotate(
        entries=Count("events", distinct=True), counted=Count("counts", distinct=True)
    )
    whole = Q(status="submitted", number__isnull=False, version=2, entries=2, counted=2)
    return new.exclude(whole).count() if new.exists() else -1
