"""Files in pieces: a broken connection costs one piece, and the whole becomes one attachment."""

from __future__ import annotations

import datetime
import hashlib
import json
import threading
import uuid as uuids
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from cards.field import sealing, uploads
from cards.models import Attachment, Upload
from tests import field
from tests.factories import MonitorFactory, make_card
from tests.field import Device, file_of
from tests.security.hostile import picture

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "attachments"


@pytest.fixture
def card(monitor):
    return make_card("draft", monitor=monitor)


def name() -> str:
    return str(uuids.uuid4())


def on_disk() -> list[Path]:
    return [path for path in (Path(site.MEDIA_ROOT) / "pieces").rglob("*") if path.is_file()]


def asked(device: Device, uuid: str) -> dict:
    return device.client.get(f"/field/pieces/{uuid}/").json()


def test_a_photograph_comes_in_pieces_and_is_attached(device, card, monitor):
    uuid, own = name(), name()
    content = file_of(str(card.uuid), picture(), own, name="../square.jpg", caption="Square",
                      taken_at="2018-05-10T12:30:00+06:00", taken_by="observer",
                      order=3)  # fmt: skip
    assert asked(device, uuid) == {"offset": 0, "done": False}
    answer = device.upload(content, uuid, piece=700)
    assert answer == {"offset": len(content), "done": True, "result": "saved", "errors": []}
    row = Attachment.objects.get()
    assert (row.card, row.author, str(row.uuid)) == (card, monitor, own)
    assert (row.name, row.caption, row.kind, row.order) == ("square.jpg", "Square", "image", 3)
    assert row.taken_at == datetime.datetime(2018, 5, 10, 6, 30, tzinfo=datetime.UTC)
    assert row.taken_by == "observer"
    assert row.sha256 == hashlib.sha256(picture()).hexdigest()
    assert row.camera_sha256 == hashlib.sha256(field.CAMERA + picture()).hexdigest()
    assert row.clean
    assert row.original.open().read() == picture()
    assert asked(device, uuid) == {"offset": len(content), "done": True}
    assert on_disk() == []


def test_the_whole_sent_again_changes_nothing(device, card):
    uuid, content = name(), file_of(str(card.uuid), PDF)
    device.upload(content, uuid)
    assert device.piece(uuid, 0, len(content), content[:100]).json()["result"] == "already"
    # Under another name, too: the card has this very file.
    assert device.upload(file_of(str(card.uuid), PDF))["result"] == "already"
    assert Attachment.objects.count() == 1


def test_a_piece_that_was_lost_is_asked_for_again(device, card):
    uuid, content = name(), file_of(str(card.uuid), PDF)
    size = len(content)
    assert device.piece(uuid, 0, size, content[:1000]).json() == {"offset": 1000, "done": False}
    assert asked(device, uuid) == {"offset": 1000, "done": False}
    for offset in (0, 999, 2000):
        answer = device.piece(uuid, offset, size, content[offset : offset + 50])
        assert (answer.status_code, answer.json()) == (409, {"offset": 1000})
    answer = device.piece(uuid, 1000, size, content[1000:]).json()
    assert answer["result"] == "saved"


def test_another_account_neither_sees_nor_goes_on_with_it(device, card):
    uuid, content = name(), file_of(str(card.uuid), PDF)
    size = len(content)
    device.piece(uuid, 0, size, content[:1000])
    stranger = Device.of(MonitorFactory())
    assert asked(stranger, uuid) == {"offset": 0, "done": False}
    assert stranger.piece(uuid, 1000, size, content[1000:]).status_code == 409
    assert stranger.piece(uuid, 0, size, b"x" * 500).json()["offset"] == 500
    assert asked(device, uuid)["offset"] == 1000
    assert device.piece(uuid, 1000, size, content[1000:]).json()["result"] == "saved"


def test_a_file_before_its_card_waits_and_is_opened_when_asked_again(device):
    said = field.card()
    uuid, content = name(), file_of(said["uuid"], PDF)
    size = len(content)
    answer = device.upload(content, uuid)
    assert (answer["result"], answer["done"], answer["offset"]) == ("early", False, size)
    assert asked(device, uuid) == {"offset": size, "done": False}
    assert Upload.objects.get().sealed.name == f"pieces/{Upload.objects.get().account_id}/{uuid}"
    assert device.piece(uuid, size, size, b"").json()["result"] == "early"
    # It is not begun anew by mistake.
    assert device.piece(uuid, 0, 77, b"x").json() == {"offset": size}
    device.send(said)
    assert device.piece(uuid, size, size, b"").json()["result"] == "saved"
    assert Attachment.objects.get().card.uuid == uuids.UUID(said["uuid"])
    assert Upload.objects.get().sealed.name == ""
    assert on_disk() == []


def test_a_card_out_of_reach_answers_as_one_that_is_not_here(device):
    other = make_card("draft")
    assert device.upload(file_of(str(other.uuid), PDF))["result"] == "early"
    assert not Attachment.objects.exists()


def test_no_file_for_a_card_that_was_dropped(device, monitor):
    card = make_card("rejected", monitor=monitor)
    uuid, content = name(), file_of(str(card.uuid), PDF)
    answer = device.upload(content, uuid)
    assert (answer["result"], answer["done"]) == ("gone", True)
    assert answer["errors"]
    assert asked(device, uuid)["offset"] == 0
    assert on_disk() == []


@pytest.mark.parametrize(
    ("content", "about", "word"),
    [
        (b"MZ\x90\x00" * 40, {}, "taken"),
        (b"", {}, "empty"),
        (PDF, {"sha256": "0" * 64}, "damaged"),
        (PDF, {"caption": "x" * 400}, "300"),
        (PDF, {"taken_by": "a spy"}, "a spy"),
        (PDF, {"taken_by": ["monitor"]}, "damaged"),
        (PDF, {"camera_sha256": "a1b2"}, "camera"),
        (PDF, {"camera_sha256": "A" * 64}, "camera"),
        (PDF, {"camera_sha256": "g" * 64}, "camera"),
        (PDF, {"camera_sha256": "0" * 64 + "\n"}, "camera"),
        (PDF, {"camera_sha256": "0" * 65}, "camera"),
        (PDF, {"camera_sha256": "\u0660" * 64}, "camera"),
        (PDF, {"camera_sha256": "\0" * 64}, "camera"),
        (PDF, {"camera_sha256": 7}, "damaged"),
        (PDF, {"camera_sha256": None}, "damaged"),
        (PDF, {"kind": "poem"}, "damaged"),
        (PDF, {"uuid": "x"}, "damaged"),
        (picture()[:60], {}, "damaged"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_can_be_sent_anew(device, card, content, about, word):
    uuid = name()
    answer = device.upload(file_of(str(card.uuid), content, **about), uuid)
    assert (answer["result"], answer["done"]) == ("refused", True)
    assert word in answer["errors"][0]
    assert not Attachment.objects.exists()
    assert on_disk() == []
    assert device.upload(file_of(str(card.uuid), PDF), uuid)["result"] == "saved"


def test_a_device_of_before_says_neither_who_nor_of_which_file(device, card):
    """A page that was kept by the browser for weeks still sends what it has sealed."""
    head = {"v": 1, "kind": "file", "uuid": name(), "card": str(card.uuid), "name": "a.pdf",
            "caption": "", "taken_at": None, "order": 1,
            "sha256": hashlib.sha256(PDF).hexdigest()}  # fmt: skip
    said = json.dumps(head).encode()
    sealed = sealing.seal(len(said).to_bytes(4, "big") + said + PDF)
    assert device.upload(json.dumps(sealed).encode())["result"] == "saved"
    row = Attachment.objects.get()
    assert (row.taken_by, row.camera_sha256) == ("", "")
    assert set(card.events.first().changes) == {"attachments"}


def test_the_history_keeps_who_took_it_and_the_cameras_own_file(device, card):
    own = hashlib.sha256(b"as the camera wrote it").hexdigest()
    same = hashlib.sha256(PDF + b"2").hexdigest()
    device.upload(file_of(str(card.uuid), PDF, taken_by="monitor", camera_sha256=own))
    changes = card.events.first().changes
    assert changes == {
        "attachments": ["", f"a.png {hashlib.sha256(PDF).hexdigest()[:12]}"],
        "taken_by": ["", "monitor"],
        "camera_sha256": ["", own],
    }
    # One that was not made smaller is the camera's own file: its sum is said once.
    device.upload(file_of(str(card.uuid), PDF + b"2", camera_sha256=same))
    assert set(card.events.first().changes) == {"attachments"}


def test_two_devices_of_one_draft_know_what_was_said_of_each_photograph(device, monitor, card):
    other = Device.of(monitor)
    device.upload(file_of(str(card.uuid), PDF, caption="Here", taken_by="monitor", order=1))
    other.upload(file_of(str(card.uuid), PDF + b"2", caption="There", taken_by="internet", order=2))
    for each in (device, other):
        (told,) = each.state()["cards"]
        said = [(row["caption"], row["taken_by"]) for row in told["attachments"]]
        assert said == [("Here", "monitor"), ("There", "internet")]
        # A checksum is for editors.
        assert "sha256" not in json.dumps(told)


@pytest.mark.parametrize("taken_at", ["yesterday", "2018-02-31T00:00:00Z", 7, "0001-01-01T00:00"])
def test_a_clock_that_is_wrong_costs_no_photograph(device, card, taken_at):
    answer = device.upload(file_of(str(card.uuid), PDF, taken_at=taken_at, order=-1))
    assert answer["result"] == "saved"


def test_damaged_on_the_way_it_is_refused(device, card):
    content = bytearray(file_of(str(card.uuid), PDF))
    content[200] ^= 1
    assert device.upload(bytes(content))["result"] == "refused"
    assert device.upload(b"{" * 3000)["result"] == "refused"
    assert device.upload(b"[" * 100_000)["result"] == "refused"
    whole = json.dumps(sealing.seal(b"\xff\xff\xff\xff{}")).encode()
    assert device.upload(whole)["result"] == "refused"


def test_too_large_is_refused_before_anything_is_kept(device, settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    answer = device.piece(name(), 0, 1401, b"x").json()
    assert (answer["result"], answer["done"], answer["offset"]) == ("refused", True, 0)
    assert "larger" in answer["errors"][0]
    assert device.piece(name(), 0, 1400, b"x").json()["offset"] == 1


def test_numbers_that_make_no_sense_are_unreadable(device):
    for query in ("", "offset=0", "size=5", "offset=-1&size=5", "offset=x&size=5",
                  "offset=9&size=5", "offset=0&size=0", f"offset=0&size={'9' * 40}"):  # fmt: skip
        answer = device.client.post(
            f"/field/pieces/{name()}/?{query}", b"", content_type="application/octet-stream"
        )
        assert answer.status_code == 400, query
        assert answer.json()["result"] == "unreadable"
    assert device.piece(name(), 3, 5, b"xxx").status_code == 400
    assert on_disk() == []


def test_a_piece_has_a_largest_size(device):
    assert device.piece(name(), 0, 2_000_000, b"x" * 700_000).status_code == 413
    assert not Upload.objects.exists()


def test_unfinished_files_have_a_number(device, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UNFINISHED", 2)
    for _turn in range(2):
        assert device.piece(name(), 0, 10, b"x").json()["offset"] == 1
    assert device.piece(name(), 0, 10, b"x").json()["result"] == "refused"


def test_begun_and_not_gone_on_with_it_goes_after_some_days(device, card):
    old, young, early = name(), name(), name()
    for uuid in (old, young):
        device.piece(uuid, 0, 10, b"x")
    device.upload(file_of(name(), PDF), early)
    past = timezone.now() - datetime.timedelta(days=15)
    Upload.objects.exclude(uuid=young).update(changed_at=past)
    assert uploads.sweep() == 1
    assert {str(row.uuid) for row in Upload.objects.all()} == {young, early}
    assert {path.name for path in on_disk()} == {young, early}
    assert uploads.sweep() == 0


def test_what_a_request_left_that_came_to_nothing_is_written_over(device, card):
    """The file was begun, and the row was never committed."""
    uuid, content = name(), file_of(str(card.uuid), PDF)
    device.piece(uuid, 0, len(content), b"left over")
    Upload.objects.all().delete()
    assert device.upload(content, uuid)["result"] == "saved"


def test_another_sealing_of_the_same_file_begins_anew(device, card):
    uuid, content = name(), file_of(str(card.uuid), PDF)
    device.piece(uuid, 0, len(content) + 5, b"of another size")
    assert device.piece(uuid, 15, len(content), b"x").json() == {"offset": 0}
    assert device.upload(content, uuid)["result"] == "saved"


def test_a_file_lost_on_the_disk_is_sent_again_from_the_beginning(device, card):
    uuid, content = name(), file_of(str(card.uuid), PDF)
    device.piece(uuid, 0, len(content), content[:1000])
    for path in on_disk():
        path.unlink()
    assert asked(device, uuid) == {"offset": 0, "done": False}
    assert device.upload(content, uuid)["result"] == "saved"


def test_attachments_stand_in_the_order_of_the_device(device, card):
    for order, mark in ((3, b"c"), (1, b"a"), (2, b"b")):
        device.upload(file_of(str(card.uuid), PDF + mark, order=order, name=f"{mark.decode()}.pdf"))
    device.upload(file_of(str(card.uuid), PDF + b"d", name="d.pdf"))
    names = [row.name for row in card.attachments.all()]
    assert names == ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]


@pytest.mark.slow  # SQLite in memory has no two writers
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_send_the_same_piece_at_once_keep_it_once(monitor):
    card = make_card("draft", monitor=monitor)
    uuid, content = name(), file_of(str(card.uuid), PDF)
    size, told = len(content), []

    def tab() -> None:
        device = Device.of(monitor)
        device.client.raise_request_exception = False
        offset = 0
        while offset < size:
            answer = device.piece(uuid, offset, size, content[offset : offset + 900])
            told.append(answer.status_code)
            offset = answer.json()["offset"]
        connection.close()

    tabs = [threading.Thread(target=tab) for _turn in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join(60)
    assert set(told) <= {200, 409}
    assert Attachment.objects.get().sha256 == hashlib.sha256(PDF).hexdigest()
