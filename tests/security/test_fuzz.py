"""Generated requests to every address: no answer of the 500 kind, no hang.

``FUZZ_EXAMPLES``: how many requests in all (600 unless it is set); ``FUZZ_SEED`` chooses others than the last time. Each
request is rolled back, so that every one meets the same world.
"""

import contextlib
import io
import json
import logging
import os
import time
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cards.field import sealing
from cards.files.importing import check
from cards.files.records import Unreadable
from tests import field
from tests.files import card_row, csv_of
from tests.security import attacked, soup
from tests.security.sheets import changed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "600"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
#: Seconds; a busy machine included.
HANGS = 15


@pytest.fixture(autouse=True)
def _quiet():
    """A line of the log for each of a hundred thousand refusals helps nobody."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def many(share: float):
    """So many examples, others with each ``FUZZ_SEED``."""
    quiet = settings(
        max_examples=max(int(EXAMPLES * share), 20), deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return lambda test: seed(SEED)(quiet(test))


def broken_off(body: bytes | str) -> dict[str, io.BytesIO]:
    """The body as a connection gives it: one that is announced longer than it is breaks off, where
    the test client would say that nobody may read so far."""
    return {"wsgi.input": io.BytesIO(body if isinstance(body, bytes) else body.encode())}


def test_a_body_that_breaks_off_breaks_nothing(reference):
    place = attacked.build()
    for role in ("monitor", "editor"):
        for content_type in ("multipart/form-data; boundary=x", "application/json", "text/plain"):
            body = b"--x--\r\n"
            for address in ("/sign-in/", "/cards/import/", "/field/send/"):
                answer = place.client(role).generic(
                    "POST", address, body, content_type, CONTENT_LENGTH="99999", **broken_off(body)
                )
                assert broken(answer) == "", address


def broken(answer) -> str:
    """What the program said when it broke; "" if it did not."""
    if answer.status_code < 500 or answer.status_code == 503:
        return ""
    return repr(getattr(answer, "exc_info", None) or answer.content[:200])


def test_no_request_breaks_the_site_or_stops_it(reference):
    place = attacked.build()
    everywhere = attacked.routes()
    clients = {role: place.client(role) for role in set(soup.ROLES)}
    cookies = {role: client.cookies.output() for role, client in clients.items()}
    reached, tried = set(), [0]

    @many(0.8)
    @given(soup.requests(place, everywhere))
    def attack(request):
        client = clients[request.role]
        begun = time.monotonic()
        with transaction.atomic():
            answer = client.generic(
                request.method, request.address, request.body,
                request.content_type or "application/octet-stream",
                QUERY_STRING=request.query, **request.headers, **broken_off(request.body),
            )  # fmt: skip
            if answer.streaming:
                answer.getvalue()  # to its end, where an error may still wait
            transaction.set_rollback(True)
        took = time.monotonic() - begun
        if client.cookies.output() != cookies[request.role]:
            clients[request.role] = place.client(request.role)
            cookies[request.role] = clients[request.role].cookies.output()
        attacked.tidy()
        tried[0] += 1
        if answer.status_code not in (400, 404):
            reached.add(request.route)
        assert broken(answer) == ""
        assert took < HANGS

    attack()
    assert tried[0] >= EXAMPLES * 0.7
    print(f"{tried[0]} requests, {len(reached)} addresses of {len(everywhere)}")  # noqa: T201
    if EXAMPLES >= 5000:
        assert {
            route.name for route in everywhere if not route.name.startswith(("admin:", "("))
        } <= reached


def test_no_parcel_breaks_the_site(reference):
    """What a device could have sealed, and what none would: opened, read, taken or not."""
    place = attacked.build()
    clients = {role: place.client(role) for role in ("monitor", "editor")}
    results = set()

    @many(0.15)
    @given(soup.parcels(place.known["uuid"]), st.sampled_from(sorted(clients)))
    def attack(said, role):
        sealed = sealing.seal(json.dumps(said).encode())
        begun = time.monotonic()
        with transaction.atomic():
            answer = clients[role].post(
                "/field/send/", json.dumps({"parcel": sealed}), content_type="application/json"
            )
            transaction.set_rollback(True)
        assert broken(answer) == ""
        assert answer.status_code in (200, 400)
        assert time.monotonic() - begun < HANGS
        results.add(answer.json()["result"])

    attack()
    # Some are read, others are not, however few are tried.
    assert "unreadable" in results
    assert results & {"refused", "gone", "already", "saved", "confirm", "conflict"}


def test_no_bytes_in_pieces_break_the_site(reference):
    place = attacked.build()
    client, card = place.client("monitor"), str(place.cards["draft"].uuid)
    good = field.file_of(card, b"%PDF-1.7 a decision")
    inside = sealing.open_parcel(json.loads(good))

    @many(0.05)
    @given(st.integers(0, len(inside)), st.binary(max_size=9), st.integers(0, 40), st.booleans())
    def attack(at, more, gone, sealed):
        content = inside[:at] + more + inside[at + gone :]
        if not sealed:
            at = at * len(good) // len(inside)
            content = good[:at] + more + good[at + gone :]
        whole = json.dumps(sealing.seal(content)).encode() if sealed else content
        with transaction.atomic():
            answer = client.post(
                f"/field/pieces/{uuid.uuid4()}/?offset=0&size={len(whole)}",
                whole,
                content_type="application/octet-stream",
            )
            transaction.set_rollback(True)
        attacked.tidy()
        assert broken(answer) == ""
        assert answer.json()["result"] in ("saved", "refused", "early", "held", "gone")

    attack()


def _read(content: bytes, user) -> None:
    begun = time.monotonic()
    with contextlib.suppress(Unreadable), transaction.atomic():
        check(content, user=user)
        transaction.set_rollback(True)
    assert time.monotonic() - begun < HANGS


def test_no_bytes_break_the_importer(editor):
    good = csv_of(card_row(), card_row("B"))

    @many(0.05)
    @given(
        st.one_of(
            st.binary(max_size=400),
            st.builds(
                lambda at, more, gone: good[:at] + more + good[at + gone :],
                st.integers(0, len(good)),
                st.binary(max_size=12),
                st.integers(0, 40),
            ),
        )
    )
    def load(content):
        _read(content, editor)

    load()


def test_no_cell_breaks_the_importer(editor):
    names = sorted(
        {*card_row(), "latitude", "longitude", "uuid", "status", "inclusion", "fine_mci"}
    )

    @many(0.1)
    @given(
        st.dictionaries(
            st.sampled_from(names),
            soup._value.map(lambda text: text.encode("utf-8", "replace").decode()),
            max_size=5,
        )
    )
    def load(cells):
        _read(csv_of(card_row(**cells)), editor)

    load()


def test_no_part_of_a_workbook_breaks_the_importer(editor):
    def spoil(name: str, at: int, more: bytes):
        def change(parts):
            content = parts[name]
            at_ = at % len(content)
            parts[name] = content[:at_] + more + content[at_ + len(more) :]

        return changed(change)

    parts = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml",
             "xl/_rels/workbook.xml.rels"]  # fmt: skip

    @many(0.05)
    @given(
        st.builds(
            spoil, st.sampled_from(parts), st.integers(0, 10**5), st.binary(min_size=1, max_size=8)
        )
    )
    def load(content):
        _read(content, editor)

    load()
