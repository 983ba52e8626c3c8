"""A small world to attack: people of every role, cards in every state, and every address.

Addresses come from the URL configuration itself, so that a new route is attacked from the day it
is added.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cards import attachments, review, services
from tests.factories import (
    BY_ROLE,
    EditorFactory,
    MonitorFactory,
    add_outcome,
    make_application,
    make_card,
)
from tests.security.hostile import picture

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
STATUSES = ("draft", "submitted", "returned", "approved", "rejected", "duplicate")


@dataclass(frozen=True, slots=True)
class Route:
    """An address: ``text`` with ``<converter:name>`` where something is put in."""

    name: str
    text: str

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Converter and name of what is put in; ``str`` where the route does not say."""
        return [(kind or "str", name) for kind, name in _PART.findall(self.text)]

    def filled(self, values: list[str]) -> str:
        """The path with these values, already quoted, in the order of ``parts``."""
        rest = iter(values)
        return "/" + _PART.sub(lambda _match: next(rest), self.text)


def routes() -> list[Route]:
    """Every address of the site."""
    found = list(_walk(get_resolver().url_patterns, "", ""))
    return [*found, Route("(nothing there)", "<path:anything>")]


def _walk(patterns, prefix: str, space: str) -> Iterator[Route]:
    for entry in patterns:
        text = str(entry.pattern)
        if text.startswith("(?P<") or text.endswith("$"):
            text = "<path:anything>"
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, prefix + text, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{space}{entry.name or text}", prefix + text)


@dataclass
class World:
    """``known``: converter or name of a part -> values that lead to something."""

    people: dict[str, object] = field(default_factory=dict)
    cards: dict[str, object] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser of that person; an error of the program becomes an answer of the 500 kind."""
        client = Client(raise_request_exception=False)
        if role != "anonymous":
            client.force_login(self.people[role])
        return client


def build() -> World:
    """People, cards with outcomes, counts and files, in the test's database."""
    world = World()
    world.people = {str(role): factory() for role, factory in BY_ROLE.items()}
    monitor = world.people["monitor"]
    pks, files = [], []
    for status in STATUSES:
        card = make_card(status, monitor=monitor, editor=EditorFactory())
        world.cards[status] = card
        if status in ("draft", "submitted", "approved"):
            file = SimpleUploadedFile("a.jpg", picture())
            files.append(attachments.accept(card, actor=monitor, file=file, caption="Square"))
        if status == "approved":
            add_outcome(card)
            pks.append(add_outcome(card, case_code="A-02", review="pending").pk)
    world.cards["own of the editor"] = make_card("draft", monitor=world.people["editor"])
    services.add_count(world.cards["draft"], actor=monitor, subject="participants", best=9,
                       basis="counted")  # fmt: skip
    MonitorFactory()
    question = review.ask(world.cards["submitted"], actor=EditorFactory(), text="Which square?")
    papers = [make_application(state, author=monitor) for state in ("pending", "approved")]
    uuids = [str(each.uuid) for each in (*world.cards.values(), *papers)]
    pks.append(question.pk)
    pks += [person.pk for person in world.people.values()]
    world.known = {
        "uuid": uuids,
        "other": uuids,
        "attachment": [str(file.uuid) for file in files],
        "int": [str(pk) for pk in pks],
        "pk": [str(pk) for pk in pks],
        "object_id": [str(pk) for pk in pks] + ["almaty", "2018", "gas_price"],
        "name": ["submit", "return", "approve", "reject", "duplicate", "restore", "reopen",
                 "cards.csv", "cards.xlsx", "outcomes.csv"],
        "period": ["2018", "2017", "2010", "2026"],
        "table": ["1", "2", "3", "4", "7", "11", "14", "16", "19", "court", "topics", "text"],
        "number": ["1", "2", "6"],
        "language": ["ru", "kk", "en"],
        "form": ["csv", "json", "xlsx", "html", "values"],
        "slug": ["ru", "kk", "submit"],
        "code": ["rally_activity", "police_control", "law_abidance", "brief_account"],
        "url": ["cards/form/", "cards/city/add/", "cards/city", "jsi18n/"],
        "app_label": ["cards", "accounts"],
    }  # fmt: skip
    return world


def tidy() -> None:
    """Drop uploads that wait for a confirmation, and pieces of files: a rolled-back request leaves
    them behind."""
    for folder in ("imports", "pieces"):
        shutil.rmtree(Path(settings.MEDIA_ROOT) / folder, ignore_errors=True)
