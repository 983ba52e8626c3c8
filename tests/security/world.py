"""The people and things of the matrix, built once in one transaction, and how they stand together.

Letters as in tests/accounts/test_access.py: M the card's monitor, O another monitor, S its author
who is an editor, E an editor, W an editor who changed its answers, A an analyst, D an
administrator, B and C authors who have become an analyst and an administrator; small letters are
the same people in another region. Beside them those who come in nowhere: N is not signed in; the
others are editors of all regions, X with an account closed while the session was open, G whose
session was ended elsewhere, L whose session has rested too long, P who has given a password and no
second factor yet, K who has none and has to set one up first. R and T are an editor and an
administrator whose sign-in is not fresh.

Digits are programs with a token and no session (``TOKENS``): to all but the API they are strangers.

You add a kind of person: a letter in tests/accounts/test_access.py, where they have rights of their
own; a row of ``KEPT_OUT`` and a line in ``_person``, where they come in nowhere but by the routes
that the row opens. Addresses and forms are in addresses.py.
"""

from __future__ import annotations

import datetime
import io
import time
import uuid as uuids
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, ClientHandler, encode_multipart
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cards import attachments, merging, permits, services, workflow
from cards.models import Card, Coverage, PermitApplication, Query, QueryMessage
from monitoring.accounts import devices, invitations, sessions, tokens
from monitoring.accounts.models import Device, Token, User, UserSession
from monitoring.api import rate
from monitoring.jobs import files
from monitoring.jobs.models import Job
from reports.models import SavedView
from reports.printed import store
from reports.types import Key
from tests.accounts import test_access as access
from tests.accounts import test_application_access as papers
from tests.cards import test_workflow as life
from tests.cards.test_merging import proposed
from tests.editions import draft_and_frozen, on_the_public_page, with_a_box
from tests.factories import (
    APPLICATION,
    PASSWORD,
    EditorFactory,
    card_answers,
    make_card,
    outcome_answers,
)
from tests.files import card_row, csv_of


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody is kept out: what answers a POST and another request, where that leads, and
    the words of the table of routes that are open to them all the same."""

    post: int
    other: int
    leads_to: tuple[str, ...]
    opens: frozenset[str] = frozenset({"all"})


_SIGN_IN = Door(401, 302, ("sign_in", "admin:login"))
_SET_UP = Door(403, 302, ("account:second_factor",), frozenset({"all", "set_up"}))


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token a program has: ``like``: somebody of the access tables; ``good``: it is neither
    revoked nor old, and the account open."""

    like: str
    scopes: tuple[str, ...] = ("values", "cards")
    good: bool = True


TOKENS: dict[str, Holder] = {
    "1": Holder("O"), "2": Holder("E"), "3": Holder("A"), "4": Holder("D"), "5": Holder("e"),
    "6": Holder("E", ("values",)), "7": Holder("E", ("cards",)),
    "8": Holder("E", good=False), "9": Holder("E", good=False), "0": Holder("E", good=False),
}  # fmt: skip
REVOKED, EXPIRED, CLOSED_ACCOUNT = "8", "9", "0"
#: The one that tries every address; the others differ from it at the API alone.
EVERYWHERE_TOO = "2"
#: Letters of those who come in nowhere, whatever their role.
KEPT_OUT: dict[str, Door] = {
    **dict.fromkeys("NXGLP", _SIGN_IN),
    "K": _SET_UP,
    **dict.fromkeys(TOKENS, _SIGN_IN),
}
#: Whose sign-in is not fresh -> the same person after one.
NOT_FRESH = {"R": "E", "T": "D"}
#: Letter -> of whom in the access tables the person is one.
LIKE = NOT_FRESH | {letter: holder.like for letter, holder in TOKENS.items()}
#: A printed report that is on record.
PRINTED = "X 1"
PEOPLE = access.PEOPLE + "".join(KEPT_OUT) + "".join(NOT_FRESH)
#: Of each kind of thing, how it may stand.
STATES = {"card": access.STATUSES, "application": papers.REVIEWS}
STATUSES = STATES["card"]
#: A session that lasts as long as the longest run: no request of it has to say that it is in use.
AHEAD = 24 * 3600
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
    """A card of the world, or an application. ``of``: the letter of whose it is; ``state``: its
    status or review. ``asked``: the mark of what is between author and editors. ``names``: other
    things whose number its page tells; ``sides``: the two cards that it was merged from."""

    of: str
    state: str
    row: Card | PermitApplication
    mark: str
    kind: str = "card"
    asked: str = ""
    names: tuple[Thing, ...] = ()
    sides: tuple[Thing, ...] = ()

    @property
    def card(self) -> Card:
        """The row of a thing that is a card."""
        return self.row

    def stands(self, letter: str) -> str:
        """How the person of that letter stands to it, in letters of the access tables."""
        letter = LIKE.get(letter, letter)
        mine = letter == self.of or (letter == "M" and self.of in "Ww")
        # Of applications authors who have become something else are people like others.
        if mine and (self.kind == "card" or letter not in "BC"):
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
    #: A card made of two, of M and of S; it waits for approval.
    merged: Thing | None = None
    #: Somebody invited, the token of their link and its number.
    invited: User | None = None
    token: str = ""
    link: int = 0
    #: E's session on another device, and a passkey of nobody here.
    session: int = 0
    passkey: int = 0
    #: A device of E.
    device: Device | None = None
    #: A view of the explorer that E keeps.
    view: int = 0
    #: A job of E that is done and has a file.
    job: uuids.UUID = uuids.UUID(int=0)
    #: Letter of ``TOKENS`` -> the token, and its text.
    programs: dict[str, tuple[Token, str]] = field(default_factory=dict)

    def thing(self, letter: str, state: str, kind: str = "card") -> Thing:
        """The one in that state to which the person stands as their letter says."""
        of = letter if letter in WITH_A_CARD else "M"
        wanted = (kind, of, state)
        return next(each for each in self.things if (each.kind, each.of, each.state) == wanted)

    def request(self, letter: str, method: str, path: str, body=b"", kind="", token=True):
        """The site's answer to that person's browser, with the checks of forms on.

        By the handler of ``django.test.Client``, without what the client keeps of each answer.
        """
        headers = {"cookie": self.cookies[letter]} | ({"x-csrftoken": TOKEN} if token else {})
        if letter in self.programs:
            headers["authorization"] = f"Bearer {self.programs[letter][1]}"
        with mock.patch.object(rate, "MOST", 10**9):
            return _HANDLER(_REQUESTS.generic(method, path, body, kind, headers=headers).environ)


def build() -> World:
    """A world in the database of the running transaction."""
    world = World()
    for letter in PEOPLE:
        world.people[letter] = _person(letter)
        world.cookies[letter] = _cookies(letter, world.people[letter])
    for letter in TOKENS:
        world.programs[letter] = _program(letter, world.people[letter])
    closed = [world.people[letter].pk for letter in ("X", CLOSED_ACCOUNT)]
    User.objects.filter(pk__in=closed).update(is_active=False)
    reviewer = EditorFactory()
    for number, (of, state) in enumerate((of, state) for of in WITH_A_CARD for state in STATUSES):
        world.things.append(_thing(world, of, state, number, reviewer))
    world.merged = _merged(world, reviewer)
    for of, state in ((of, state) for of in WITH_A_CARD for state in papers.REVIEWS):
        world.things.append(_application(world, of, state, reviewer))
    _linked(world, ("S", "pending"), ("M", "approved"), reviewer)
    _linked(world, ("M", "approved"), ("S", "submitted"), reviewer)
    Coverage.objects.create(place_id="almaty", month=datetime.date(2018, 1, 1), state="full")
    world.upload = choose_file(world)
    world.cookies["E on another device"] = _cookies("E", world.people["E"])
    world.session = UserSession.objects.filter(account=world.people["E"]).latest("pk").pk
    world.device = devices.known(world.people["E"], uuids.uuid4(), "")
    world.view = SavedView.objects.create(owner=world.people["E"], name="By form").pk
    world.job = _job(world.people["E"])
    world.everywhere = EditorFactory()
    key = {"user": world.everywhere, "type": "webauthn", "data": {"name": "Key"}}
    world.passkey = Authenticator.objects.create(**key).pk
    text = SimpleUploadedFile("decision.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    card = world.thing("S", "approved").card
    world.document = attachments.accept(card, actor=world.people["M"], file=text).uuid
    world.placeless = make_card("draft", monitor=world.people["M"], city=None)
    _invite(world)
    draft, _frozen = draft_and_frozen(world.people["A"])
    with_a_box(draft, world.people["A"])
    on_the_public_page(world.people["A"])
    _printed(world)
    return world


def _job(user: User) -> uuids.UUID:
    """An export that is done; its file says what nobody else is to read."""
    pk = uuids.uuid4()
    stored = files.keep(pk, io.BytesIO(MARK.format("Esubmitted").encode()))
    Job.objects.create(
        pk=pk, kind="export", asked_by=user, language="en", state="done", ended_at=timezone.now(),
        parameters={"list": "cards"}, stored=stored, file_name="cards.csv", content_type="text/csv",
    )  # fmt: skip
    return pk


def _program(letter: str, owner: User) -> tuple[Token, str]:
    """A token as it was issued to who could have one; what has become of it since."""
    editor = EditorFactory()
    scopes = TOKENS[letter].scopes
    token, text = tokens.issue(editor, name="notebook", purpose="The report", scopes=scopes)
    now = timezone.now()
    rows = Token.objects.filter(pk=token.pk)
    # That it is in use need not be written down at every request.
    rows.update(account=owner, used_at=now + datetime.timedelta(seconds=AHEAD))
    if letter == REVOKED:
        tokens.revoke_one(owner, token.pk, actor=owner)
    if letter == EXPIRED:
        rows.update(issued_at=now - datetime.timedelta(days=9), expires_at=now)
    return rows.get(), text


def _printed(world: World) -> None:
    """A printed report that joins no table, so that no figure elsewhere hangs on it."""
    store.begin(PRINTED, "A report of somebody else", apart=True)
    key = Key("1", "2018", "almaty", "assemblies")
    store.save(PRINTED, [store.Typed(key, "count", "7", 7.0)], world.people["A"])


def _invite(world: World) -> None:
    values = {
        "alias": "Somebody new", "role": "monitor", "regions": [], "all_regions": False,
        "language": "en",
    }  # fmt: skip
    world.invited, world.token = invitations.invite(
        actor=world.people["D"], username="somebody-new", values=values
    )
    world.link = world.invited.invitations.get().pk


def _cookies(letter: str, person: User | None) -> str:
    """What a browser in which that person signed in sends."""
    client = Client()
    if letter == "P":
        client.post(reverse("sign_in"), {"username": person.username, "password": PASSWORD})
    elif person is not None and letter not in TOKENS:
        client.force_login(person)
        session, now = client.session, time.time()
        session[sessions.SEEN] = now + AHEAD
        session[sessions.FRESH] = now + AHEAD
        if letter in NOT_FRESH:
            session[sessions.FRESH] = now - settings.FRESH_SIGN_IN_AGE - 60
        if letter == "L":
            session[sessions.SEEN] = now - settings.SESSION_IDLE_AGE - 60
        session.save()
    if letter == "G":
        sessions.end_all(person, actor=person)
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
    if letter in KEPT_OUT and letter not in TOKENS:
        return EditorFactory(second_factor=letter != "K")
    return access.person_of(LIKE.get(letter, letter))


def _thing(world: World, of: str, state: str, number: int, reviewer: User) -> Thing:
    """A card with a count, a court case, a file and a question, led to its status by M and
    ``reviewer``."""
    mark, monitor = MARK.format(f"{of}{state}"), world.people["M"]
    card = services.create(actor=monitor, answers=_answers(mark, number))
    services.add_count(
        card, actor=monitor, subject="participants", best=26, basis="estimated", note=mark
    )
    outcome = outcome_answers(court=mark, decided_on=datetime.date(2019, 2, 1))
    services.add_outcome(card, actor=monitor, outcome=outcome)
    file = SimpleUploadedFile(f"{mark}.png", picture())
    attachments.accept(card, actor=monitor, file=file, caption=mark)
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
    thing = Thing(of, state, Card.objects.get(pk=card.pk), mark)
    if state != "draft":
        thing.asked = MARK.format(f"{of}{state}asked")
        _ask(thing, reviewer)
    return thing


def _ask(thing: Thing, editor: User) -> None:
    """A question about the card: open where its author is at work, closed elsewhere."""
    closed = {"state": "closed", "closed_by": editor, "closed_at": timezone.now()}
    how = {} if thing.state == "returned" else closed
    query = Query.objects.create(card=thing.card, field="place", author=editor, **how)
    QueryMessage.objects.create(query=query, author=editor, text=thing.asked)


def _merged(world: World, reviewer: User) -> Thing:
    """A card of M and one of S on one assembly, brought together; both tell it by one mark."""
    mark, monitor = MARK.format("merged"), world.people["M"]
    rows = []
    for of in "MS":
        card = services.create(actor=monitor, answers=_answers(mark, len(world.things)))
        workflow.apply(card, "submit", actor=monitor)
        Card.objects.filter(pk=card.pk).update(monitor=world.people[of])
        rows.append(Card.objects.get(pk=card.pk))
    made = merging.merge(*rows, actor=reviewer, choices=proposed(*rows))
    sides = tuple(
        Thing(of, "duplicate", Card.objects.get(pk=row.pk), "")
        for of, row in zip("MS", rows, strict=True)
    )
    whole = Thing("M", "submitted", Card.objects.get(pk=made.card_id), mark, sides=sides)
    whole.names = sides
    for side in sides:
        side.names = (whole,)
    world.things += [*sides, whole]
    return whole


def _application(world: World, of: str, state: str, reviewer: User) -> Thing:
    """An application for a permit, recorded by M and reviewed by ``reviewer``."""
    mark, monitor = MARK.format(f"paper{of}{state}"), world.people["M"]
    texts = ("place", "applicant_code", "ground", "note")
    answers = {**APPLICATION, **dict.fromkeys(texts, mark), "source_links": f"https://e.org/{mark}"}
    row = permits.create(actor=monitor, answers=answers)
    stored = PermitApplication.objects.filter(pk=row.pk)
    if of not in "MWw":
        stored.update(author=world.people[of])
    if state != "pending":
        because = f"Because of {mark}"
        permits.review(row, actor=reviewer, accept=state == "approved", reason=because)
    if of in "Ww":
        _changed_from_afar(row, world.people[of], mark)
        stored.update(review=state)
    return Thing(of, state, stored.get(), mark, kind="application")


def _changed_from_afar(row: PermitApplication, person: User, mark: str) -> None:
    """The editor changed it, and may be of another region only since."""
    scope, person.all_regions = person.all_regions, True
    answers = {"place": f"By the river, {mark}"}
    permits.change(row, actor=person, answers=answers, reason="A mistake")
    person.all_regions = scope


def _linked(world: World, paper: tuple[str, str], card: tuple[str, str], editor: User) -> None:
    """The assembly of the application is on that card."""
    thing, found = world.thing(*paper, "application"), world.thing(*card)
    thing.row = permits.link(thing.row, actor=editor, card=found.card)
    thing.names = (found,)


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
def picture(side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()
