"""Whatever is sent, the answer says that it cannot be read: never a fault of the site."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from cards.field import sealing
from cards.models import Card, HeldParcel
from tests import field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GOOD = field.card("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
OUTCOME = field.outcome("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")

BODIES = [
    b"", b"x", b"{", b"[]", b"1", b"null", b"[" * 100_000, b'{"a":' * 20_000, b"\xff\xfe", b"\0",
    b'{"parcel": {}}', b'{"parcel": []}', b'{"parcel": "x"}', b'{"device": 1}', b'{"device": "x"}',
    b'{"device": null}', b'{"device": ' + b"9" * 5000 + b"}", b'{"device": "\\ud800"}',
    b'{"parcel": {"protected": "", "iv": "", "ciphertext": "", "tag": "", "recipients": []}}',
    b'{"parcel": "' + b"x" * 3_000_000 + b'"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("address", ["state", "send", "forget"])
def test_what_is_no_message_is_unreadable(device, address, body):
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded",
                 "multipart/form-data; boundary=x"):  # fmt: skip
        answer = device.client.post(f"/field/{address}/", body, content_type=kind)
        assert answer.status_code == 400, (kind, answer.content)
        assert answer.json()["result"] == "unreadable"


SAID = [
    None, [], 1, "x", {}, {"v": 1}, {"v": 2, **{k: v for k, v in GOOD.items() if k != "v"}},
    GOOD | {"kind": "poem"}, GOOD | {"kind": ["card"]}, GOOD | {"kind": {}}, GOOD | {"uuid": None},
    GOOD | {"uuid": "x"}, GOOD | {"uuid": ["x"]}, GOOD | {"version": -1}, GOOD | {"version": "1"},
    GOOD | {"version": 2**40}, GOOD | {"version": 1.5}, GOOD | {"version": None},
    GOOD | {"action": "burn"}, GOOD | {"action": []}, GOOD | {"answers": None},
    GOOD | {"answers": []}, GOOD | {"answers": {"place": "x"}}, GOOD | {"answers": {"place": [1]}},
    GOOD | {"answers": {"place": [["x"]]}}, GOOD | {"answers": {"place": {"a": "b"}}},
    GOOD | {"answers": {"place": [None]}}, GOOD | {"accepted": "duplicate"},
    GOOD | {"accepted": [1]}, GOOD | {"take": []}, GOOD | {"take": {"place": 1}},
    GOOD | {"counts": {}}, GOOD | {"counts": [1]}, GOOD | {"counts": [{}] * 3000},
    GOOD | {"replies": {"x": "y"}}, GOOD | {"replies": {"-1": "y"}}, GOOD | {"replies": {"1": 2}},
    GOOD | {"replies": {"9" * 30: "y"}}, GOOD | {"replies": []},
    GOOD | {"answers": {str(n): ["x"] for n in range(3000)}},
    OUTCOME | {"card": None}, OUTCOME | {"uuid": 7}, OUTCOME | {"answers": {"outcome": "fine"}},
]  # fmt: skip


@pytest.mark.parametrize("said", SAID, ids=lambda said: repr(said)[-40:])
def test_what_no_device_says_is_unreadable(device, said):
    answer = device.sent(sealing.seal(json.dumps(said).encode()))
    assert answer.status_code == 400
    assert answer.json()["result"] == "unreadable"
    assert not Card.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[" * 100_000, b'{"a":' * 9000, b"\0"])
def test_what_is_no_json_inside_is_unreadable(device, content):
    assert device.sent(sealing.seal(content)).status_code == 400


ODD = [
    {"answers": {"place": ["a", "b"], "source": ["x" * 9999], "nothing": ["of the card"]}},
    {"answers": {"csrfmiddlewaretoken": ["x"], "uuid": ["x"], "version": ["x"]}},
    {"answers": {"date": ["9999-12-31"], "end_date": ["0001-01-01"]}},
    {"answers": {"date": ["2018-05-10"], "start_time": ["25:61"]}},
    {"answers": {"participants": ["1e400"], "latitude": ["NaN"], "longitude": ["Infinity"]}},
    {"answers": {"city": ["a\0b"], "form": ["\0"], "topic": ["x" * 5000]}},
    {"answers": {"place": ["x" * 900_000]}},
    {"answers": {"description": ["\u202e" * 100]}, "take": {"nothing": "theirs"}},
    {"answers": {"date": []}, "accepted": ["x"] * 100, "unseen": "yes"},
    {"answers": {"place": ["x"]}, "version": 2**31 - 1},
    {"answers": {"place": ["x"]}, "counts": [{"subject": ["x"], "best": None}, {"at": True}]},
    {"answers": {"place": ["x"]}, "made_at": {"a": [1]}, "more": [[[[]]]]},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:40])
@pytest.mark.parametrize("action", ["save", "submit"])
def test_odd_answers_are_a_draft_with_errors(device, odd, action):
    said = GOOD | {"action": action} | odd
    for _turn in range(2):
        assert device.send(said)["result"] in ("saved", "already", "refused")
    assert Card.objects.count() == 1


def test_a_parcel_for_nobody_here_is_held_without_what_does_not_belong_to_it(device):
    pair = sealing._new_pair()
    parcel = sealing.seal(b"\xff\0", [pair.as_dict(private=False)])
    answer = device.sent(parcel | {"more": "x" * 1000, "zip": "DEF"})
    assert answer.json()["result"] == "held"
    assert "more" not in HeldParcel.objects.get().parcel
    parcel["recipients"][0]["header"]["kid"] = "\ud800\0"
    assert device.sent(parcel).json()["result"] == "held"


def test_without_a_token_nothing_is_taken(monitor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(monitor)
    for address in ("state", "send", "forget", "pieces/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"):
        answer = client.post(f"/field/{address}/", b"{}", content_type="application/json")
        assert answer.status_code == 403


def test_other_methods_are_refused(device):
    for address in ("state", "send", "forget"):
        assert device.client.get(f"/field/{address}/").status_code == 405
    place = "/field/pieces/6f9619ff-8b86-4d01-b42d-00cf4fc964ff/"
    assert device.client.put(place).status_code == 405
    assert device.client.delete(place).status_code == 405


def test_answers_are_kept_by_nobody_between(device):
    answer = device.post("state", {"device": device.uuid})
    assert "no-store" in answer.headers["Cache-Control"]
