"""Saving, losing the answer, sending again, two tabs, somebody else: no twin, no lost edit.

Sequences by chance against the real addresses. What a tab holds, what is stored and what was
called saved is kept beside them in plain dictionaries; the two must agree after every step.
"""

from __future__ import annotations

import os
import re
import uuid as uuids
from dataclasses import dataclass, field

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cards.models import Card, Event
from tests.factories import EditorFactory, MonitorFactory, card_answers
from tests.faults.site import posted

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEQUENCES = int(os.environ.get("FAULTS_SEQUENCES", "120"))
FIELDS = ("settlement", "demands", "description")
TABS = ("phone", "laptop", "editor")

#: What may happen: somebody types, sends (and hears or does not hear the answer), sends the very
#: same again, or reloads the page.
step = st.one_of(
    st.tuples(st.just("type"), st.sampled_from(TABS), st.sampled_from(FIELDS), st.integers(0, 3)),
    st.tuples(
        st.just("send"),
        st.sampled_from(TABS),
        st.sampled_from(("autosave", "edit", "submit")),
        st.booleans(),
    ),
    st.tuples(st.just("again"), st.sampled_from(TABS), st.booleans()),
    st.tuples(st.just("reload"), st.sampled_from(TABS)),
    st.tuples(
        st.just("choose"), st.sampled_from(TABS), st.lists(st.booleans(), min_size=3, max_size=3)
    ),
)


@dataclass
class Tab:
    """A page that is open: the version it was loaded with, what is typed in it."""

    client: Client
    version: int = 0
    answers: dict = field(default_factory=dict)
    #: What was sent last, to be sent again; (address, data).
    sent: tuple[str, dict, str] | None = None


class World:
    """The stored card as it has to be, and the tabs."""

    def __init__(self, monitor: Client, editor: Client):
        self.uuid = str(uuids.uuid4())
        begun = card_answers(settlement="", description="Begun")
        self.stored: dict | None = None
        self.version, self.status = 0, "draft"
        self.acknowledged: list[dict] = []
        self.tabs = {
            "phone": Tab(monitor, answers=dict(begun)),
            "laptop": Tab(monitor, answers=dict(begun)),
            "editor": Tab(editor, answers=dict(begun)),
        }

    def type(self, name: str, field_name: str, text: int) -> None:
        self.tabs[name].answers[field_name] = f"{field_name} {text}"

    def reload(self, name: str) -> None:
        if self.stored is not None:
            tab = self.tabs[name]
            tab.version, tab.answers = self.version, dict(self.stored)

    def send(self, name: str, way: str, heard: bool, **chosen) -> None:
        tab = self.tabs[name]
        # Editors correct what is submitted; submitting it again is not theirs.
        way = "edit" if name == "editor" and way == "submit" else way
        address = f"/cards/{self.uuid}/{'autosave' if way == 'autosave' else 'edit'}/"
        data = posted(tab.answers, uuid=self.uuid, version=tab.version, **chosen)
        data |= {"action": "submit", "accepted": "duplicate"} if way == "submit" else {}
        tab.sent = (address, data, {**tab.answers})
        self.deliver(name, heard)

    def again(self, name: str, heard: bool) -> None:
        if self.tabs[name].sent is not None:
            self.deliver(name, heard)

    def choose(self, name: str, mine: tuple[bool, ...]) -> None:
        """Answer the page with both versions: for each field one side, by the person's choice."""
        tab = self.tabs[name]
        if self.stored is None or not self.may_write(name):
            return
        tab.version = self.version
        sides = dict(zip(FIELDS, mine, strict=True))
        chosen = {f"take_{f}": "mine" if own else "theirs" for f, own in sides.items()}
        merged = {**tab.answers, **{f: self.stored[f] for f, own in sides.items() if not own}}
        address = f"/cards/{self.uuid}/edit/"
        data = posted(tab.answers, uuid=self.uuid, version=tab.version, **chosen)
        tab.sent = (address, data, merged)
        self.deliver(name, True)

    def may_write(self, name: str) -> bool:
        if name == "editor":
            return self.status == "submitted"
        return self.status == "draft"

    def deliver(self, name: str, heard: bool) -> None:
        """Carry the tab's last message to the server, and hold the answer against the model."""
        tab = self.tabs[name]
        address, data, answers = tab.sent
        response = tab.client.post(address, data)
        if not self.may_write(name):
            # A submitted card is no longer the monitor's to change.
            assert response.status_code == 403
            return
        if self.stored is not None:
            # Whoever chose what is stored gets what is stored now, however late the choice arrives.
            theirs = [name for name in FIELDS if data.get(f"take_{name}") == "theirs"]
            answers = {**answers, **{name: self.stored[name] for name in theirs}}
        submits = data.get("action") == "submit"
        if self.stored is None or self.same(answers) or int(data["version"]) == self.version:
            self.accepted(answers, submits, response)
            if heard:
                tab.version, tab.answers = self.version, dict(self.stored)
        else:
            self.refused(answers, response)

    def accepted(self, answers: dict, submits: bool, response) -> None:
        assert response.status_code in (200, 302), response.content.decode()[:2000]
        if self.stored is None:
            self.version = 1
        elif not self.same(answers):
            self.version += 1
        self.stored = {name: answers[name] for name in answers}
        self.acknowledged.append({name: answers.get(name, "") for name in FIELDS})
        if submits:
            assert response.status_code == 302
            self.status, self.version = "submitted", self.version + 1

    def refused(self, answers: dict, response) -> None:
        """A conflict: nothing is stored, and both sides are shown."""
        assert response.status_code == 409
        if response.headers["Content-Type"].startswith("application/json"):
            assert response.json()["conflict"] is True
            return
        page = response.content.decode()
        for name in FIELDS:
            mine, theirs = answers.get(name, ""), self.stored.get(name, "")
            if mine != theirs:
                assert re.search(rf'name="take_{name}" value="mine"', page)
                assert mine in page
                assert theirs in page

    def same(self, answers: dict) -> bool:
        return all(answers.get(name, "") == self.stored.get(name, "") for name in FIELDS)

    def check(self) -> None:
        """The database agrees: one card, the very answers, every accepted edit in the history."""
        cards = list(Card.objects.filter(uuid=self.uuid))
        if self.stored is None:
            assert cards == []
            return
        assert len(cards) == 1
        card = cards[0]
        assert {name: getattr(card, name) for name in FIELDS} == {
            name: self.stored.get(name, "") for name in FIELDS
        }
        assert (card.version, card.status) == (self.version, self.status)
        state: dict[str, str] = dict.fromkeys(FIELDS, "")
        seen = []
        for event in Event.objects.filter(card=card).order_by("id"):
            for name, (before, after) in event.changes.items():
                if name in state:
                    assert state[name] == before
                    state[name] = after
            seen.append(dict(state))
        # Nothing that was called saved was passed over in silence.
        assert [a for a in self.acknowledged if a not in seen] == []
        assert state == {name: self.stored.get(name, "") for name in FIELDS}


@pytest.fixture
def clients(reference):
    monitor, editor = Client(), Client()
    monitor.force_login(MonitorFactory(all_regions=True))
    editor.force_login(EditorFactory())
    for client in (monitor, editor):
        client.cookies["django_language"] = "en"
    return monitor, editor


def test_no_twin_and_no_lost_edit(clients, caplog):
    # Refusals are what this is about; the log would tell of each.
    caplog.set_level("CRITICAL", "django.request")
    done = 0

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.booleans(), st.lists(step, min_size=2, max_size=9))
    def sequences(heard, steps):
        nonlocal done
        world = World(*clients)
        world.send("phone", "autosave", heard)
        world.check()
        for name, *rest in steps:
            # The editor comes in once there is a card to correct.
            if rest[0] == "editor" and world.status == "draft":
                continue
            getattr(world, name)(*rest)
            world.check()
        done += 1

    sequences()
    assert done >= SEQUENCES
    print(f"{done} sequences, {Card.objects.count()} cards, twins 0, lost edits 0")  # noqa: T201
