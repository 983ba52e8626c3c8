"""The people and things of the matrix, built once in one transaction, and how they stand together.

Letters as in tests/accounts/test_access.py: M the card's monitor, O another monitor, S its author
who is an editor, E an editor, W an editor who changed its answers, A an analyst, D an
administrator, B and C authors who have become an analyst and an administrator; small letters are
the same people in another region. Beside them N, who is not signed in, and X, an editor of all
regions whose account was closed while the session was open.

You add a kind of person: a letter in tests/accounts/test_access.py, where they have rights of their
own; a row of ``KEPT_OUT`` and a line in ``_person``, where they come in nowhere but by the routes
that the row opens. You add a kind of address: a row in ``ADDRESSES``, and one in ``POSTED`` if its
form needs more than a token.
"""

from __future__ import annotations

import datetime
import io
import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, ClientHandler, encode_multipart
from django.urls import reverse
from PIL import Image

from cards import attachments, services, workflow
from cards.models import Card, Coverage
from cards.serialise import answers_of
from monitoring.accounts.models import User
from tests.accounts import test_access as access
from tests.cards import test_workflow as life
from tests.cards.test_card_views import posted
from tests.factories import (
    EditorFactory,
    card_answers,
    make_card,
    outcome_answers,
)
from tests.files import card_row, csv_of
from tests.security.routes import MANAGED


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody is kept out: what answers a POST and another request, where that leads, and
    the words of the table of routes that are open to them all the same."""

    post: int
    other: int
    leads_to: tuple[str, ...]
    opens: frozenset[str] = frozenset({"all"})


_SIGN_IN = Door(401, 302, ("sign_in", "admin:login"))
#: Letters of those who come in nowhere, whatever their role.
KEPT_OUT: dict[str, Door] = {"N": _SIGN_IN, "X": _SIGN_IN}
PEOPLE = access.PEOPLE + "".join(KEPT_OUT)
STATUSES = access.STATUSES
#: Those who stand to one card as nobody else does: each has one in every status.
WITH_A_CARD = "MmSsWwBC"
#: How somebody stands to a card that is neither theirs nor changed by them.
STRANGER = {"M": "O", "m": "o", "S": "E", "s": "e", "W": "E", "w": "e", "B": "A", "C": "D"}
TOKEN = "t" * 32
#: Every text that is written into a thing carries the mark of the thing: zq, its name, qz.
MARK = "zq{}qz"
_HANDLER, _REQUESTS = ClientHandler(enforce_csrf_checks=True), RequestFactory()


@dataclass(eq=False, slots=True)
class Thing:
    """A card of the world. ``of``: the letter of whose it is; ``state``: its status."""

    of: str
    state: str
    card: Card
    mark: str

    def stands(self, letter: str) -> str:
        """How the person of that letter stands to the card, in letters of the access table."""
        if letter == self.of or (letter == "M" and self.of in "Ww"):
            return letter
        return STRANGER.get(letter, letter)


@dataclass(slots=True)
class World:
    """``cookies``: letter -> what the browser of that person sends."""

    things: list[Thing] = field(default_factory=list)
    people: dict[str, User | None] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    #: A preview of a file that E has chosen; only E's session knows it.
    upload: uuids.UUID | None = None
    #: Who reaches every region, and M's card that does not say yet in which city it was.
    everywhere: User | None = None
    #: A file of S's approved card of which there is no clean copy.
    document: uuids.UUID | None = None
    placeless: Card | None = None

    def thing(self, letter: str, state: str) -> Thing:
        """The card in that status to which the person stands as their letter says."""
        of = letter if letter in WITH_A_CARD else "M"
        return next(each for each in self.things if (each.of, each.state) == (of, state))

    def request(self, letter: str, method: str, path: str, body=b"", kind="", token=True):
        """The site's answer to that person's browser, with the checks of forms on.

        By the handler of ``django.test.Client``, without what the client keeps of each answer.
        """
        headers = {"cookie": self.cookies[letter]} | ({"x-csrftoken": TOKEN} if token else {})
        return _HANDLER(_REQUESTS.generic(method, path, body, kind, headers=headers).environ)


def build() -> World:
    """A world in the database of the running transaction."""
    world = World()
    for letter in PEOPLE:
        world.people[letter] = _person(letter)
        world.cookies[letter] = _cookies(world.people[letter])
    User.objects.filter(pk=world.people["X"].pk).update(is_active=False)
    reviewer = EditorFactory()
    for number, (of, state) in enumerate((of, state) for of in WITH_A_CARD for state in STATUSES):
        world.things.append(_thing(world, of, state, number, reviewer))
    Coverage.objects.create(place_id="almaty", month=datetime.date(2018, 1, 1), state="full")
    world.upload = choose_file(world)
    world.cookies["E on another device"] = _cookies(world.people["E"])
    world.everywhere = EditorFactory()
    text = SimpleUploadedFile("decision.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    card = world.thing("S", "approved").card
    world.document = attachments.accept(card, actor=world.people["M"], file=text).uuid
    world.placeless = make_card("draft", monitor=world.people["M"], city=None)
    return world


def _cookies(person: User | None) -> str:
    """What a browser in which that person signed in sends."""
    client = Client()
    if person is not None:
        client.force_login(person)
    client.cookies["csrftoken"] = TOKEN
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def choose_file(world: World) -> uuids.UUID:
    """E chooses a file of cards; the token of its preview."""
    data = {"cards": SimpleUploadedFile("cards.csv", csv_of(card_row("A-1")))}
    body = encode_multipart(BOUNDARY, data)
    answer = world.request("E", "POST", reverse("cards:import"), body, MULTIPART_CONTENT)
    return uuids.UUID(answer.headers["Location"].rstrip("/").rpartition("/")[2])


def _person(letter: str) -> User | None:
    if letter == "N":
        return None
    if letter == "X":
        return EditorFactory()
    return access.person_of(letter)


def _thing(world: World, of: str, state: str, number: int, reviewer: User) -> Thing:
    """A card with a count, a court case and a file, led to its status by M and ``reviewer``."""
    mark, monitor = MARK.format(f"{of}{state}"), world.people["M"]
    card = services.create(actor=monitor, answers=_answers(mark, number))
    services.add_count(
        card, actor=monitor, subject="participants", best=26, basis="estimated", note=mark
    )
    outcome = outcome_answers(court=mark, decided_on=datetime.date(2019, 2, 1))
    services.add_outcome(card, actor=monitor, outcome=outcome)
    picture = SimpleUploadedFile(f"{mark}.png", _picture())
    attachments.accept(card, actor=monitor, file=picture, caption=mark)
    for name, by in _way(state):
        workflow.apply(
            card,
            name,
            actor=reviewer if by == "editor" else monitor,
            reason=f"Because of {mark}",
            duplicate_of=world.things[-1].card if name == "duplicate" else None,
        )
    if of in "Ww":
        services.save(card, actor=world.people[of], answers={"settlement": f"Aksai {mark}"})
    elif of != "M":
        Card.objects.filter(pk=card.pk).update(monitor=world.people[of])
    return Thing(of, state, Card.objects.get(pk=card.pk), mark)


def _way(state: str) -> tuple[tuple[str, str], ...]:
    """The transitions that lead to the status from a draft, with who takes them."""
    ways = {
        target: (("submit", "monitor"), (name, "editor"))
        for name, target in life.TARGET.items()
        if name in life.POSSIBLE["submitted"]
    }
    return {"draft": (), "submitted": (("submit", "monitor"),), **ways}[state]


def _answers(mark: str, number: int) -> dict[str, Any]:
    """Answers with the mark in every text; a week from the next card, so that none is alike."""
    return card_answers(
        date=datetime.date(2018, 1, 3) + datetime.timedelta(days=7 * number),
        settlement=mark,
        place=f"Square {mark}",
        source=("direct", "media"),
        source_links=f"https://example.org/{mark}",
        form="other",
        form_other=mark,
        demands=mark,
        organiser_type="trade_union",
        organiser_name=mark,
        legal_status="requested_refused",
        reason_not_requested="",
        refusal_ground=mark,
        detained=3,
        police_actions=("detained",),
        in_the_name_of_the_law="no",
        description=f"What happened at {mark}.",
    )


@cache
def _picture(side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def _managed(model: str) -> Callable[[World, Thing | None], dict[str, Any]]:
    """The first row of a model in the settings."""

    def kwargs(world: World, thing: Thing | None) -> dict[str, Any]:
        row = apps.get_model(*model.split("_")).objects.order_by("pk").first()
        return {"object_id": row.pk if row else 1}

    return kwargs


def _child(name: str, **find: str) -> Callable[[World, Thing | None], dict[str, Any]]:
    """A thing that belongs to the card; ``find``: argument of the address -> its path there."""

    def kwargs(world: World, thing: Thing) -> dict[str, Any]:
        rows = getattr(thing.card, name)
        found = rows.order_by("pk").values(*find.values())[0]
        return {"uuid": thing.card.uuid, **{key: found[path] for key, path in find.items()}}

    return kwargs


def _fixed(**kwargs: Any) -> Callable[[World, Thing | None], dict[str, Any]]:
    return lambda world, thing: kwargs


#: What an address names -> the arguments that name one. ``card``, ``card/…``: one for each card.
ADDRESSES: dict[str, Callable[[World, Thing | None], dict[str, Any]]] = {
    "-": _fixed(),
    "card": lambda world, thing: {"uuid": thing.card.uuid},
    "card/count": _child("counts", pk="pk"),
    "card/outcome": _child("cases", pk="updates__pk"),
    "card/file": _child("attachments", attachment="uuid"),
    "upload": lambda world, thing: {"token": world.upload},
    "guide": _fixed(name="editors"),
    "template": _fixed(name="cards.csv"),
    "indicator": _fixed(code="rally_activity"),
    "period": _fixed(period="2018"),
    "table": _fixed(period="2018", table="1"),
    "figure": _fixed(period="2018", number="1", language="en"),
    "report_file": _fixed(period="2018", form="csv", language="en"),
    "app": _fixed(app_label="cards"),
    "account": lambda world, thing: {"id": world.people["o"].pk},
    "nothing_here": _fixed(url="nothing/here"),
}
#: Arguments that name nothing: whoever may come in is told so.
NOTHING_THERE: dict[str, tuple[dict[str, Any], ...]] = {
    "guide": ({"name": "poets"},),
    "template": ({"name": "poems.csv"},),
    "indicator": ({"code": "happiness"},),
    "period": ({"period": "1913"},),
    "table": ({"period": "2018", "table": "77"}, {"period": "1913", "table": "1"}),
    "figure": (
        {"period": "2018", "number": "77", "language": "en"},
        {"period": "2018", "number": "1", "language": "la"},
    ),
    "report_file": (
        {"period": "2018", "form": "doc", "language": "en"},
        {"period": "2018", "form": "csv", "language": "la"},
    ),
    "card/transition": ({"uuid": None, "name": "publish"},),
}
ADDRESSES |= {model: _managed(model) for model in MANAGED.split()}


def _whole_card(world: World, thing: Thing) -> dict[str, Any]:
    """The card's own answers as its form posts them, with another place."""
    answers = answers_of(thing.card) | {"place": f"{thing.mark} by the fountain"}
    return posted(answers, uuid=str(thing.card.uuid), version=str(thing.card.version))


def _transition(world: World, thing: Thing) -> dict[str, Any]:
    other = next(each for each in world.things if each.state == "submitted" and each is not thing)
    return {"reason": "Because", "duplicate_of": other.card.number}


def _file(world: World, thing: Thing) -> dict[str, Any]:
    picture = SimpleUploadedFile("more.png", _picture(9))
    return {"files": picture, "caption": "More"}


#: Route -> what its form sends, where it needs more than a token to do its work.
POSTED: dict[str, Callable[[World, Thing], dict[str, Any]]] = {
    "cards:edit": _whole_card,
    "cards:autosave": _whole_card,
    "cards:transition": _transition,
    "cards:inclusion": lambda world, thing: {"inclusion": "counted"},
    "cards:count_add": lambda world, thing: {
        "subject": "participants", "best": "27", "basis": "estimated",
    },
    "cards:outcome_add": lambda world, thing: {
        **{name: str(value) for name, value in outcome_answers(case_code="A-02").items()},
        "decided_on": "01.03.2019",
    },
    "cards:outcome_review": lambda world, thing: {"decision": "refuse", "reason": "Because"},
    "cards:attach": _file,
    "cards:attachment_caption": lambda world, thing: {"caption": "Another"},
    "cards:attachment_review": lambda world, thing: {"decision": "refuse", "reason": "Because"},
}  # fmt: skip
