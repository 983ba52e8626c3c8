"""A device of a person, as the page in the browser is one: it seals, sends and is answered."""

from __future__ import annotations

import hashlib
import json
import uuid as uuids
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from cards.field import home, sealing
from tests.factories import card_answers, outcome_answers

PIECE = 512 * 1024
#: What a camera's own file has more than the picture that a device makes of it.
CAMERA = b"of the camera"


def posted(answers: dict[str, Any], **changes: Any) -> dict[str, list[str]]:
    """Answers of a card as a parcel carries them; ``changes``: texts, or None to leave out."""
    found = home.posted(answers)
    for name, value in changes.items():
        found.pop(name, None)
        if value is not None:
            found[name] = [value] if isinstance(value, str) else list(value)
    return found


def whole(**changes: Any) -> dict[str, list[str]]:
    """Answers of a card that can be submitted."""
    return posted(card_answers(**changes))


def card(uuid: str = "", **said: Any) -> dict[str, Any]:
    """The words of a parcel with a card; a new one that can be submitted unless told otherwise."""
    return {
        "v": 1, "kind": "card", "uuid": uuid or str(uuids.uuid4()), "version": 0, "action": "save",
        "answers": whole(), "made_at": "2018-05-10T14:00:00+06:00", **said,
    }  # fmt: skip


def outcome(of: str, uuid: str = "", **changes: Any) -> dict[str, Any]:
    """The words of a parcel with a court outcome of the card ``of``."""
    values = outcome_answers(**changes)
    answers = {name: [str(value)] for name, value in values.items() if value is not None}
    return {
        "v": 1, "kind": "outcome", "uuid": uuid or str(uuids.uuid4()), "card": of,
        "answers": answers, "made_at": "2018-06-10T14:00:00+06:00",
    }  # fmt: skip


def file_of(of: str, content: bytes, uuid: str = "", keys=None, **about: Any) -> bytes:
    """A file as a device seals it: the bytes that go in pieces. ``keys``: to others than ours."""
    said = {
        "v": 1, "kind": "file", "uuid": uuid or str(uuids.uuid4()), "card": of, "name": "a.png",
        "caption": "", "taken_at": None, "taken_by": "", "order": 0,
        "sha256": hashlib.sha256(content).hexdigest(),
        "camera_sha256": hashlib.sha256(CAMERA + content).hexdigest(), **about,
    }  # fmt: skip
    head = json.dumps(said).encode()
    whole = len(head).to_bytes(4, "big") + head + content
    return json.dumps(sealing.seal(whole, keys)).encode()


@dataclass
class Device:
    """``client``: the browser, signed in or not."""

    client: Client
    uuid: str = field(default_factory=lambda: str(uuids.uuid4()))

    @classmethod
    def of(cls, user) -> Device:
        """A device on which that person is signed in, reading English."""
        client = Client(raise_request_exception=True)
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return cls(client)

    def post(self, address: str, said: Any):
        """The response to a JSON of any kind."""
        return self.client.post(
            f"/field/{address}/", json.dumps(said), content_type="application/json",
            headers={"accept": "application/json"},
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        response = self.post("state", {"device": self.uuid})
        assert response.status_code == 200, response.content
        return response.json()

    def send(self, said: dict[str, Any], keys=None) -> dict[str, Any]:
        """Seal the words of a parcel, send it, and read the answer."""
        response = self.sent(sealing.seal(json.dumps(said).encode(), keys))
        assert response.status_code == 200, response.content
        return response.json()

    def sent(self, parcel: Any):
        """The response to a parcel that is sealed already."""
        return self.post("send", {"device": self.uuid, "parcel": parcel})

    def piece(self, uuid: str, offset: int, size: int, body: bytes):
        """The response to one piece."""
        return self.client.post(
            f"/field/pieces/{uuid}/?offset={offset}&size={size}", body,
            content_type="application/octet-stream", headers={"accept": "application/json"},
        )  # fmt: skip

    def upload(self, content: bytes, uuid: str = "", piece: int = PIECE) -> dict[str, Any]:
        """Send a sealed file in pieces; the last answer."""
        uuid = uuid or str(uuids.uuid4())
        answer = {"offset": 0}
        while True:
            offset = answer["offset"]
            body = content[offset : offset + piece]
            response = self.piece(uuid, offset, len(content), body)
            assert response.status_code == 200, response.content
            answer = response.json()
            if answer["offset"] >= len(content) or answer.get("done"):
                return answer
