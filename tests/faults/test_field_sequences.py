"""A device in the field, its tabs, the desk and the editor on one card: no twin, no lost edit.

Sequences by chance against the real addresses: sealed, sent, the answer lost, sent again at any
later time, from two tabs, changed at the desk and by the editor, returned, sides chosen, outcomes
and a file in pieces. What is stored and what was called saved is kept beside them in plain
dictionaries; the two must agree after every step.
"""

from __future__ import annotations

import hashlib
import os
import uuid as uuids
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cards.field import uploads
from cards.models import Attachment, Card, CaseUpdate, Event
from tests import field as words
from tests.factories import EditorFactory, MonitorFactory, card_answers
from tests.faults.site import posted
from tests.field import Device

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEQUENCES = int(os.environ.get("FAULTS_FIELD_SEQUENCES", "100"))
FIELDS = ("settlement", "demands", "description")
TABS = ("one", "two")
PIECE = 900
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 6
CAMERA = hashlib.sha256(words.CAMERA + PDF).hexdigest()

tab, text, heard = st.sampled_from(TABS), st.integers(0, 3), st.booleans()
step = st.one_of(
    st.tuples(st.just("type"), tab, st.sampled_from(FIELDS), text),
    st.tuples(st.just("type"), tab, st.sampled_from(FIELDS), text),
    st.tuples(st.just("send"), tab, st.sampled_from(("save", "save", "submit")), heard),
    st.tuples(st.just("send"), tab, st.sampled_from(("save", "submit")), heard),
    st.tuples(st.just("again"), tab, st.integers(0, 20), heard),
    st.tuples(st.just("reload"), tab),
    st.tuples(st.just("choose"), tab, st.lists(st.booleans(), min_size=3, max_size=3), heard),
    st.tuples(st.just("desk"), st.sampled_from(FIELDS), text),
    st.tuples(st.just("correct"), st.sampled_from(FIELDS), text),
    st.tuples(st.just("give_back")),
    st.tuples(st.just("outcome"), st.integers(0, 2), st.integers(0, 1), st.integers(1, 2)),
    st.tuples(st.just("piece"), heard),
)


@dataclass
class Tab:
    """A page that is open: the version it goes on from, what is typed in it."""

    version: int = 0
    answers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A parcel: its words, and what it says in the fields that are watched."""

    said: dict
    typed: dict
    take: dict

    @property
    def key(self) -> tuple:
        """What makes it this parcel and no other; whether it submits is no part of that."""
        watched = tuple(self.typed[name] for name in FIELDS)
        return (self.said["version"], watched, tuple(sorted(self.take.items())))

    @property
    def submits(self) -> bool:
        return self.said["action"] == "submit"


class World:
    """The stored card as it has to be, and everybody who works on it."""

    def __init__(self, device: Device, desk: Client, editor: Client, met: Counter):
        self.met = met
        self.uuid = str(uuids.uuid4())
        self.device, self.desk_client, self.editor = device, desk, editor
        begun = card_answers(settlement="", description="Begun", detained=2,
                             police_actions=("detained",), in_the_name_of_the_law="no")  # fmt: skip
        self.tabs = {name: Tab(answers=dict(begun)) for name in TABS}
        self.stored: dict | None = None
        self.version, self.status = 0, "draft"
        self.arrived: dict[tuple, bool] = {}
        self.sent: list[Sent] = []
        self.acknowledged: list[dict] = []
        self.outcomes: dict[str, tuple] = {}
        self.news: set[tuple] = set()
        self.outcome_names = [str(uuids.uuid4()) for _turn in range(3)]
        self.file = words.file_of(self.uuid, PDF, taken_by="observer")
        self.file_name, self.believed, self.come, self.attached = str(uuids.uuid4()), 0, 0, False

    # What people do

    def type(self, name: str, field_name: str, number: int) -> None:
        self.tabs[name].answers[field_name] = f"{field_name} {number}"

    def reload(self, name: str) -> None:
        if self.stored is not None:
            self.tabs[name].version = self.version
            self.tabs[name].answers = dict(self.stored)

    def send(self, name: str, action: str, hears: bool, take: dict | None = None) -> None:
        page = self.tabs[name]
        said = words.card(
            self.uuid, version=page.version, action=action, answers=words.posted(page.answers),
            take=take or {}, unseen=action == "submit",
        )  # fmt: skip
        sent = Sent(said, {f: page.answers.get(f, "") for f in FIELDS}, take or {})
        self.sent.append(sent)
        self.deliver(sent, name if hears else None)

    def again(self, name: str, number: int, hears: bool) -> None:
        """A parcel from any time before arrives once more."""
        if self.sent:
            sent = self.sent[number % len(self.sent)]
            self.deliver(sent, None if sent is not self.sent[-1] or not hears else name)

    def choose(self, name: str, mine: list[bool], hears: bool) -> None:
        """Both sides were shown: one is chosen for each field."""
        if self.stored is None:
            return
        self.tabs[name].version = self.version
        take = {f: "mine" if own else "theirs" for f, own in zip(FIELDS, mine, strict=True)}
        self.send(name, "save", hears, take)

    def desk(self, field_name: str, number: int) -> None:
        """The person changes the card at the desk, with the version that is stored."""
        if self.stored is not None and self.is_open:
            self._edit(self.desk_client, field_name, f"desk {number}")

    def correct(self, field_name: str, number: int) -> None:
        if self.status == "submitted":
            self._edit(self.editor, field_name, f"editor {number}")

    def give_back(self) -> None:
        if self.status == "submitted":
            place = f"/cards/{self.uuid}/transition/return/"
            assert self.editor.post(place, {"reason": "Look again"}).status_code == 302
            self.status, self.version = "returned", self.version + 1

    def outcome(self, name: int, code: int, fine: int) -> None:
        uuid, content = self.outcome_names[name], (f"A-{code}", fine)
        said = words.outcome(self.uuid, uuid, case_code=content[0], fine_mci=fine)
        answer = self.device.send(said)
        if self.stored is None:
            assert answer["result"] == "gone"
        elif uuid not in self.outcomes:
            assert answer["result"] == "saved"
            self.outcomes[uuid] = content
            self.news.add(content)
        else:
            known = self.outcomes[uuid] == content
            assert answer["result"] == ("already" if known else "refused")

    def piece(self, hears: bool) -> None:
        """The next piece, as far as the device knows; it learns of what it did not hear."""
        size = len(self.file)
        body = self.file[self.believed : self.believed + PIECE]
        response = self.device.piece(self.file_name, self.believed, size, body)
        answer = response.json()
        if self.attached:
            assert answer["result"] == "already"
            return
        if self.believed != self.come:
            assert (response.status_code, answer) == (409, {"offset": self.come})
            self.believed = self.come
            return
        self.come = min(self.come + PIECE, size)
        assert answer["offset"] == self.come
        if self.come == size:
            assert answer["result"] == ("early" if self.stored is None else "saved")
            self.attached = self.stored is not None
        if hears:
            self.believed = self.come

    # What has to come of it

    @property
    def is_open(self) -> bool:
        return self.status in ("draft", "returned")

    def same(self, answers: dict) -> bool:
        return all(answers.get(name, "") == self.stored.get(name, "") for name in FIELDS)

    def deliver(self, sent: Sent, hearer: str | None) -> None:
        answer = self.device.send(sent.said)
        wanted = self.wanted(sent)
        assert answer["result"] == wanted, (answer, wanted)
        self.met[wanted] += 1
        if wanted in ("saved", "submitted", "already"):
            assert answer["version"] == self.version
            self.acknowledged.append(dict(sent.typed) if not sent.take else {})
        if wanted == "conflict":
            self._both_sides(sent, answer)
        if wanted == "gone":
            assert answer["typed"] == sent.said["answers"]
        if hearer and wanted in ("saved", "submitted"):
            self.reload(hearer)

    def wanted(self, sent: Sent) -> str:
        """The answer that is right, and what is stored after it."""
        if sent.key in self.arrived and (self.arrived[sent.key] or not sent.submits):
            return "already"
        if self.stored is not None and not self.is_open:
            if not self.same(sent.typed):
                return "gone"
            self.arrived.setdefault(sent.key, False)
            return "already"
        chosen = {
            name: self.stored[name] if sent.take.get(name) == "theirs" else value
            for name, value in sent.typed.items()
        }
        if self.stored is None:
            self.stored = dict(self.tabs["one"].answers) | chosen
            self.version = 1
        elif not self.same(chosen):
            if sent.key in self.arrived or sent.said["version"] != self.version:
                return "conflict"
            self.stored |= chosen
            self.version += 1
        self.arrived[sent.key] = sent.submits
        if not sent.submits:
            return "saved"
        self.status, self.version = "submitted", self.version + 1
        return "submitted"

    def _both_sides(self, sent: Sent, answer: dict) -> None:
        """Nothing is stored, and both sides are shown."""
        shown = {row["name"]: (row["mine"], row["theirs"]) for row in answer["fields"]}
        assert shown == {
            name: (sent.typed[name], self.stored.get(name, ""))
            for name in FIELDS
            if sent.typed[name] != self.stored.get(name, "")
        }
        assert answer["version"] == self.version

    def _edit(self, client: Client, field_name: str, value: str) -> None:
        changed = self.stored | {field_name: value}
        data = posted(changed, uuid=self.uuid, version=self.version)
        assert client.post(f"/cards/{self.uuid}/edit/", data).status_code == 302
        if not self.same(changed):
            self.version += 1
        self.stored = changed

    def check(self) -> None:
        """The database agrees: one card, the very answers, each saved one in the history."""
        cards = list(Card.objects.filter(uuid=self.uuid))
        if self.stored is None:
            assert cards == []
            return
        assert len(cards) == 1
        card = cards[0]
        stored = {name: self.stored.get(name, "") for name in FIELDS}
        assert {name: getattr(card, name) for name in FIELDS} == stored
        assert (card.version, card.status) == (self.version, self.status)
        state: dict[str, str] = dict.fromkeys(FIELDS, "")
        seen = []
        for row in Event.objects.filter(card=card).order_by("id"):
            for name, (before, after) in row.changes.items():
                if name in state:
                    assert state[name] == before
                    state[name] = after
            seen.append(dict(state))
        # Nothing that was called saved was passed over in silence.
        assert [said for said in self.acknowledged if said and said not in seen] == []
        assert state == stored
        updates = CaseUpdate.objects.filter(case__card=card)
        rows = [(row.case.case_code, int(row.fine_mci)) for row in updates.select_related("case")]
        assert sorted(rows) == sorted(self.news)
        facts = ("taken_by", "camera_sha256")
        files = list(Attachment.objects.filter(card=card).values_list(*facts))
        assert files == [("observer", CAMERA)] * int(self.attached)


@pytest.fixture
def people(reference, settings, tmp_path, monkeypatch):
    """A device, a desk and an editor."""
    # One person sends the files of all sequences, and leaves most of them unfinished.
    monkeypatch.setattr(uploads, "MOST_UNFINISHED", 10**9)
    settings.MEDIA_ROOT = tmp_path
    monitor, desk, editor = MonitorFactory(all_regions=True), Client(), Client()
    desk.force_login(monitor)
    editor.force_login(EditorFactory())
    for client in (desk, editor):
        client.cookies["django_language"] = "en"
    return Device.of(monitor), desk, editor


def test_no_twin_and_no_lost_edit_in_the_field(people, caplog):
    caplog.set_level("CRITICAL", "django.request")
    done, met = 0, Counter()

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.booleans(), st.lists(step, min_size=3, max_size=14))
    def sequences(begins, steps):
        nonlocal done
        world = World(*people, met)
        if begins:
            world.send("one", "save", True)
        for name, *rest in steps:
            getattr(world, name)(*rest)
            world.check()
        done += 1

    sequences()
    assert done >= SEQUENCES
    if SEQUENCES >= 500:
        # A run that never met one of them has tried nothing of it.
        assert set(met) == {"saved", "submitted", "already", "conflict", "gone"}
    print(f"{done} sequences, {Card.objects.count()} cards, {dict(met)}; twins 0, lost edits 0")  # noqa: T201
