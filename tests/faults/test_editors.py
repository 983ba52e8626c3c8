"""Many editors, few cards, all at once: each edit called saved is in the history once."""

from __future__ import annotations

import json
import os
import random
import re
import threading

import pytest

from tests.databases import kind
from tests.faults.site import BROKEN, Person, Site, new_card, new_site

pytestmark = pytest.mark.slow
EDITORS = int(os.environ.get("FAULTS_EDITORS", "6"))
EDITS = int(os.environ.get("FAULTS_EDITS", "15"))
#: Few enough that they meet all the time.
CARDS = max(2, EDITORS // 5)
#: Free text, so that each edit leaves a mark of its own.
FIELDS = ("settlement", "place", "demands", "description")


class Editor(threading.Thread):
    """Changes one field at a time from what was seen last; on a conflict chooses field by field."""

    def __init__(self, number: int, person: Person, cards: dict[str, dict], edits: int):
        super().__init__(daemon=True)
        self.number, self.person, self.edits = number, person, edits
        self.chance = random.Random(number)
        #: card -> what this editor believes is stored, and its version.
        self.seen = {uuid: (dict(answers), 2) for uuid, answers in cards.items()}
        self.saved: list[tuple[str, str, str]] = []
        self.conflicts, self.strange = 0, []

    def run(self) -> None:
        for serial in range(self.edits):
            try:
                self.edit(serial)
            except (*BROKEN, AssertionError, LookupError) as error:
                self.strange.append(repr(error))
                return

    def edit(self, serial: int) -> None:
        uuid = self.chance.choice(list(self.seen))
        field = self.chance.choice(FIELDS)
        text = f"{field} {self.number}-{serial}"
        answers, version = self.seen[uuid]
        mine, chosen = {**answers, field: text}, {}
        while True:
            answer = self.person.edit(uuid, mine, version, **chosen)
            if answer.status == 302:
                break
            assert answer.status == 409, (answer.status, answer.body[:1000])
            self.conflicts += 1
            version, sides = _read(answer.body)
            # Whoever comes second sees both: what they typed, and what is stored.
            assert sides[field][0] == text
            assert sides[field][1] != text
            chosen = {f"take_{name}": "mine" if name == field else "theirs" for name in sides}
            mine = {**mine, **{name: theirs for name, (_m, theirs) in sides.items()}, field: text}
        self.saved.append((uuid, field, text))
        self.seen[uuid] = (mine, version + 1)


def _read(page: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The version that the page goes on from; field -> (mine, theirs) of every conflict on it."""
    version = int(re.search(r'name="version" value="(\d+)"', page).group(1))
    values = re.findall(
        r'name="take_(\w+)" value="(mine|theirs)".*?conflict__value">(.*?)</span>', page, re.S
    )
    sides: dict[str, dict[str, str]] = {}
    for name, side, text in values:
        sides.setdefault(name, {})[side] = "" if "<em>" in text else text
    return version, {name: (both["mine"], both["theirs"]) for name, both in sides.items()}


def test_no_update_is_lost(tmp_path):
    with new_site(tmp_path) as site:
        people = site.people(monitors=1, editors=EDITORS)
        with site.running():
            cards = dict(new_card(number, description="Begun") for number in range(CARDS))
            for uuid, answers in cards.items():
                answer = people["monitor"][0].edit(
                    uuid, answers, 0, action="submit", accepted="duplicate"
                )
                assert answer.status == 302, answer.body[:1000]
            editors = [
                Editor(number, person, cards, EDITS)
                for number, person in enumerate(people["editor"])
            ]
            for editor in editors:
                editor.start()
            for editor in editors:
                editor.join(3600)
            assert [text for editor in editors for text in editor.strange] == []
            saved = [mark for editor in editors for mark in editor.saved]
            assert len(saved) == EDITORS * EDITS
            conflicts = sum(editor.conflicts for editor in editors)
            assert conflicts > 0
            _every_edit_once(site, saved)
            print(f"{kind()}: {len(saved)} edits, {conflicts} conflicts, lost 0")  # noqa: T201


def _every_edit_once(site: Site, saved: list[tuple[str, str, str]]) -> None:
    """The history of each card, replayed, leads without a gap to what is stored."""
    entries = site.rows(
        "SELECT c.uuid, e.version, e.changes FROM cards_event e "
        "JOIN cards_card c ON c.id = e.card_id WHERE e.kind = 'edited' ORDER BY e.id"
    )
    written, state, last = [], {}, {}
    for uuid, version, changes in entries:
        card = str(uuid).replace("-", "")
        assert version == last.get(card, version - 1) + 1
        last[card] = version
        changes = json.loads(changes) if isinstance(changes, str) else changes
        for field, (before, after) in changes.items():
            assert state.get((card, field), before) == before, (card, field, before)
            state[card, field] = after
            written.append((card, field, after))
    marks = [(uuid.replace("-", ""), field, text) for uuid, field, text in saved]
    assert sorted(written) == sorted(marks)
    stored = {
        (str(row[0]).replace("-", ""), name): value
        for row in site.rows(f"SELECT uuid, {', '.join(FIELDS)} FROM cards_card")
        for name, value in zip(FIELDS, row[1:], strict=True)
    }
    assert {key: stored[key] for key in state} == state
