"""Sealed to a key that is not here: kept, and opened later in the name of who sent it."""

from __future__ import annotations

import io
import json
import uuid as uuids

import pytest
from django.core.management import CommandError, call_command

from cards.field import sealing
from cards.models import Attachment, Card, CaseUpdate, HeldParcel, Upload
from monitoring.accounts.models import User
from tests import field
from tests.factories import make_card
from tests.field import file_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


@pytest.fixture
def recovery(keys, tmp_path):
    """The private half of a recovery key; the pair of the site is lost, another one in its place.

    Devices still seal to the two that they were told of: ``recovery.known``.
    """
    out = tmp_path / "recovery.json"
    sealing.make_recovery(out)
    known = sealing.public_keys()
    for row in sealing.listing():
        row.path.unlink()
    sealing.ensure()
    return out, known


def opened(*arguments: str) -> tuple[int, str]:
    """Exit status and output of the command."""
    out = io.StringIO()
    try:
        call_command("open_sealed", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.slow
def test_a_parcel_is_held_once_and_opened_with_the_recovery_key(device, monitor, recovery):
    out, known = recovery
    said = field.card(action="submit", unseen=True)
    parcel = sealing.seal(json.dumps(said).encode(), known)
    for _turn in range(2):
        assert device.sent(parcel).json() == {"result": "held", "uuid": None}
    held = HeldParcel.objects.get()
    assert held.account == monitor
    assert "Square" not in held.parcel
    assert device.state()["messages"] == [
        "1 thing that you sent is kept and waits for the key that opens it."
    ]
    status, told = opened()
    assert status == 1
    assert "its key is not here" in told
    status, told = opened("--key", str(out))
    assert (status, told.splitlines()[-1]) == (0, "1 opened, 0 still waiting")
    card = Card.objects.get(uuid=said["uuid"])
    assert (card.status, card.monitor) == ("submitted", monitor)
    held.refresh_from_db()
    assert (held.result, held.opened_at is None) == ("submitted", False)
    assert device.state()["messages"] == []
    assert opened("--key", str(out)) == (0, "0 opened, 0 still waiting\n")
    # Sent once more, it is held once more and changes nothing.
    assert device.sent(parcel).json()["result"] == "held"
    assert Card.objects.count() == 1


def test_a_key_that_was_found_again_opens_as_well(device, keys, tmp_path):
    pair = sealing._new_pair()
    said = field.card()
    device.send(said, [pair.as_dict(private=False)])
    path = tmp_path / "found.json"
    path.write_text(json.dumps(pair.as_dict(private=True)))
    sealing.add_key(path.read_text())
    assert opened()[0] == 0
    assert Card.objects.filter(uuid=said["uuid"]).exists()


def test_an_incomplete_card_is_a_draft(device, recovery):
    out, known = recovery
    said = field.card(action="submit", unseen=True, answers=field.whole(topic=None))
    device.send(said, known)
    assert opened("--key", str(out))[0] == 0
    assert Card.objects.get(uuid=said["uuid"]).status == "draft"
    assert HeldParcel.objects.get().result == "refused"


def test_what_differs_from_the_stored_card_is_set_beside_it(device, monitor, recovery):
    out, known = recovery
    said = field.card()
    device.send(said)
    device.send(said | {"version": 1, "answers": field.whole(place="Meanwhile")})
    late = said | {"version": 1, "answers": field.whole(place="On the lost phone")}
    device.send(late, known)
    assert opened("--key", str(out))[0] == 0
    assert HeldParcel.objects.get().result == "beside"
    assert Card.objects.get(uuid=said["uuid"]).place == "Meanwhile"
    beside = Card.objects.exclude(uuid=said["uuid"]).get()
    assert (beside.place, beside.status, beside.monitor) == ("On the lost phone", "draft", monitor)
    # Interrupted before it was noted: the next time makes no twin.
    HeldParcel.objects.update(opened_at=None)
    assert opened("--key", str(out))[0] == 0
    assert Card.objects.count() == 2


def test_of_a_closed_account_it_stays(device, monitor, recovery):
    out, known = recovery
    said = field.card()
    device.send(said, known)
    device.upload(json.dumps(sealing.seal(b"\0\0\0\2{}", known)).encode())
    User.objects.filter(pk=monitor.pk).update(is_active=False)
    status, told = opened("--key", str(out))
    assert status == 1
    assert told.count("its account is closed") == 2
    User.objects.filter(pk=monitor.pk).update(is_active=True)
    opened("--key", str(out))
    assert Card.objects.filter(uuid=said["uuid"]).exists()


def test_an_outcome_that_is_not_taken_stays(device, monitor, recovery):
    out, known = recovery
    card = make_card("approved", monitor=monitor)
    said = field.outcome(str(card.uuid), fine_mci=None)
    device.send(said, known)
    device.send(field.outcome(str(card.uuid), case_code="A-02"), known)
    status, told = opened("--key", str(out))
    assert status == 1
    assert "not taken: refused" in told
    assert "1 opened, 1 still waiting" in told
    assert CaseUpdate.objects.get().case.case_code == "A-02"


def test_what_is_damaged_stays_and_is_told(device, recovery):
    out, known = recovery
    parcel = sealing.seal(b"no words of a parcel", known)
    device.sent(parcel)
    parcel = sealing.seal(json.dumps(field.card()).encode(), known)
    device.sent(parcel | {"tag": "A" * 22})
    status, told = opened("--key", str(out))
    assert (status, told.count("cannot be read")) == (1, 2)


def test_a_file_is_held_and_opened(device, monitor, recovery):
    out, known = recovery
    card = make_card("draft", monitor=monitor)
    inside = sealing.open_parcel(json.loads(file_of(str(card.uuid), PDF)))
    answer = device.upload(json.dumps(sealing.seal(inside, known)).encode())
    assert (answer["result"], answer["done"]) == ("held", True)
    assert Upload.objects.get().sealed.open().read()
    assert opened()[0] == 1
    assert opened("--key", str(out))[0] == 0
    assert Attachment.objects.get().card == card
    assert Upload.objects.get().state == "done"


def test_a_file_that_is_not_taken_stays(device, monitor, recovery):
    out, known = recovery
    card = make_card("rejected", monitor=monitor)
    inside = sealing.open_parcel(json.loads(file_of(str(card.uuid), PDF)))
    device.upload(json.dumps(sealing.seal(inside, known)).encode())
    status, told = opened("--key", str(out))
    assert status == 1
    assert "gone" in told
    assert Upload.objects.get().sealed.open().read()
    Upload.objects.get().sealed.storage.delete(Upload.objects.get().sealed.name)
    assert "content is missing" in opened("--key", str(out))[1]


def test_a_file_whose_card_has_come_is_opened_without_a_key(device, keys):
    said = field.card()
    assert device.upload(file_of(said["uuid"], PDF))["result"] == "early"
    status, told = opened()
    assert status == 1
    assert "early" in told
    device.send(said)
    assert opened()[0] == 0
    assert str(Attachment.objects.get().card.uuid) == said["uuid"]


def test_the_command_wants_the_private_half(keys, tmp_path):
    path = tmp_path / "public.json"
    path.write_text(json.dumps(sealing.public_keys()[0]))
    with pytest.raises(CommandError, match="public key"):
        opened("--key", str(path))
    path.write_text("nothing")
    with pytest.raises(CommandError, match="no key"):
        opened("--key", str(path))
    with pytest.raises(CommandError, match="No such file"):
        opened("--key", str(tmp_path / str(uuids.uuid4())))
