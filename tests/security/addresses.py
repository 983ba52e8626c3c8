"""What the addresses of the table of routes name, and what their forms send.

You add a kind of address: a row in ``ADDRESSES``, one in ``NOTHING_THERE`` if there are words in
it that can name nothing, and one in ``POSTED`` if its form needs more than a token.
"""

from __future__ import annotations

import json
import uuid as uuids
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from cards import permits
from cards.field import sealing
from cards.forms.merging import MergeForm
from cards.models import Card
from cards.serialise import answers_of, as_text
from tests.cards.test_card_views import posted
from tests.cards.test_merging import proposed
from tests.factories import outcome_answers
from tests.security.routes import MANAGED
from tests.security.world import Thing, World, picture

#: No person and no row has this number.
NOBODY = 999_999_999
#: In the arguments of an address: its query string.
QUERY = "?"
#: A check of the cards that speaks of every card of the world.
CHECK = "brief_account"


class Json(dict):
    """What is sent as JSON instead of a form."""


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


def _query(world: World, thing: Thing) -> dict[str, Any]:
    """The question about the card; nobody asks of a draft."""
    pk = thing.card.queries.values_list("pk", flat=True).first()
    return {"uuid": thing.card.uuid, "pk": pk or NOBODY}


def _chosen(world: World, thing: Thing | None) -> dict[str, Any]:
    return {QUERY: urlencode(_choice(world), doseq=True)}


def _choice(world: World, thing: Thing | None = None) -> dict[str, Any]:
    """Cards of the queue, of which the person may see some or none."""
    cards = [world.thing(letter, "submitted").card.uuid for letter in "MSBm"]
    return {"action": "approve", "card": [str(uuid) for uuid in cards]}


def _fixed(**kwargs: Any) -> Callable[[World, Thing | None], dict[str, Any]]:
    return lambda world, thing: kwargs


#: What an address names -> the arguments that name one. ``card``, ``card/…``: one for each card.
ADDRESSES: dict[str, Callable[[World, Thing | None], dict[str, Any]]] = {
    "-": _fixed(),
    "card": lambda world, thing: {"uuid": thing.card.uuid},
    "card/count": _child("counts", pk="pk"),
    "card/outcome": _child("cases", pk="updates__pk"),
    "card/file": _child("attachments", attachment="uuid"),
    "card/query": _query,
    "card/check": lambda world, thing: {"uuid": thing.card.uuid, "code": CHECK},
    "card/merged": lambda world, thing: {"uuid": thing.card.uuid},
    "card/pair": lambda world, thing: {"uuid": thing.card.uuid, "other": partner(world).row.uuid},
    "chosen": _chosen,
    "application": lambda world, thing: {"uuid": thing.row.uuid},
    "upload": lambda world, thing: {"token": world.upload},
    "language": _fixed(language="kk"),
    "guide": _fixed(name="monitors"),
    "template": _fixed(name="cards.csv"),
    "indicator": _fixed(code="rally_activity"),
    "period": _fixed(period="2018"),
    "table": _fixed(period="2018", table="1"),
    "figure": _fixed(period="2018", number="1", language="en"),
    "report_file": _fixed(period="2018", form="csv", language="en"),
    "app": _fixed(app_label="cards"),
    "account": lambda world, thing: {"pk": world.people["o"].pk},
    "account/link": lambda world, thing: {"pk": world.invited.pk, "invitation": world.link},
    "invitation": lambda world, thing: {"token": world.token},
    "session": lambda world, thing: {"pk": world.session},
    "passkey": lambda world, thing: {"pk": world.passkey},
    "device": lambda world, thing: {"pk": world.device.pk},
    "piece": _fixed(uuid=uuids.UUID(int=7), **{QUERY: f"offset=0&size={2**20}"}),
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
    "card/check": ({"uuid": None, "code": "poetry"},),
    "account": ({"pk": NOBODY},),
    "account/link": ({"pk": NOBODY, "invitation": 1},),
    "invitation": ({"token": "an-open-sesame"},),
    "chosen": ({QUERY: "action=burn"}, {}),
}
ADDRESSES |= {model: _managed(model) for model in MANAGED.split()}


def partner(world: World) -> Thing:
    """The other card of a pair; a stranger's for all but B."""
    return world.thing("B", "submitted")


def _merge(first: Card, second: Card) -> dict[str, Any]:
    return {
        "versions": f"{first.version},{second.version}", "lead": "first",
        **dict.fromkeys(MergeForm(first=first, second=second).codes, "same"),
        **proposed(first, second),
    }  # fmt: skip


def _paper(world: World, thing: Thing) -> dict[str, Any]:
    """The application's own answers as its form posts them, with another place."""
    answers = permits.answers_of(thing.row) | {"place": f"{thing.mark} by the fountain"}
    typed = {name: as_text(value) for name, value in answers.items()}
    about = {"uuid": thing.row.uuid, "version": thing.row.version, "reason": "A mistake"}
    return typed | about


def _whole_card(world: World, thing: Thing) -> dict[str, Any]:
    """The card's own answers as its form posts them, with another place."""
    answers = answers_of(thing.card) | {"place": f"{thing.mark} by the fountain"}
    return posted(answers, uuid=str(thing.card.uuid), version=str(thing.card.version))


def _transition(world: World, thing: Thing) -> dict[str, Any]:
    other = next(each for each in world.things if each.state == "submitted" and each is not thing)
    return {"reason": "Because", "duplicate_of": other.card.number}


def _file(world: World, thing: Thing) -> dict[str, Any]:
    file = SimpleUploadedFile("more.png", picture(9))
    return {"files": file, "caption": "More"}


def _parcel(world: World, thing: Thing | None) -> Json:
    """A new card, sealed as a device seals it."""
    said = {
        "v": 1, "kind": "card", "uuid": str(uuids.uuid4()), "version": 0, "action": "save",
        "answers": {"place": ["By the fountain"]},
    }  # fmt: skip
    return Json(device=DEVICE, parcel=sealing.seal(json.dumps(said).encode()))


#: A device that nobody has used yet.
DEVICE = str(uuids.UUID(int=8))
PASSWORDS = dict.fromkeys(("new_password1", "new_password2"), "a slow walk along the river")
PERSON = {"alias": "Another", "role": "monitor", "language": "en", "reason": "Because"}
#: Route -> what its form sends, where it needs more than a token to do its work.
POSTED: dict[str, Callable[[World, Thing], dict[str, Any]]] = {
    "cards:edit": _whole_card,
    "cards:autosave": _whole_card,
    "cards:transition": _transition,
    "cards:unmerge": lambda world, thing: {"reason": "Because", "receiver": "first"},
    "cards:query_ask": lambda world, thing: {"field": "place", "text-place": "Which?"},
    "cards:query_answer": lambda world, thing: {"text": "The old one"},
    "cards:query_again": lambda world, thing: {"text": "Which of the old ones?"},
    "cards:check_dismiss": lambda world, thing: {"reason": "Because"},
    "cards:verify": lambda world, thing: {"field": "place", "version": str(thing.card.version)},
    "cards:selected": _choice,
    **dict.fromkeys(
        ("cards:export", "cards:applications_export"),
        lambda world, thing: {"purpose": "The yearly report", "format": "xlsx"},
    ),
    "cards:application_edit": _paper,
    "cards:application_review": lambda world, thing: {"decision": "refuse", "reason": "Because"},
    "cards:application_link": lambda world, thing: {"card": partner(world).card.number},
    "cards:application_unlink": lambda world, thing: {"reason": "Because"},
    "account:app": lambda world, thing: {"code": "000000"},
    "account:password": lambda world, thing: PASSWORDS,
    "invitation": lambda world, thing: PASSWORDS,
    "people:invite": lambda world, thing: {**PERSON, "username": "another"},
    "people:change": lambda world, thing: PERSON,
    **dict.fromkeys(
        ("people:link", "people:close", "people:reopen", "people:end_sessions"),
        lambda world, thing: {"reason": "Because"},
    ),
    "field:state": lambda world, thing: Json(device=DEVICE),
    "field:forget": lambda world, thing: Json(device=DEVICE),
    "field:send": _parcel,
    # Any bytes are a piece; those of a form would have been read as one before.
    "field:pieces": lambda world, thing: Json(bytes="of a file"),
    "cards:inclusion": lambda world, thing: {"inclusion": "counted"},
    "cards:count_add": lambda world, thing: {
        "subject": "participants", "best": "27", "basis": "estimated",
    },
    "cards:outcome_add": lambda world, thing: {
        **{name: str(value) for name, value in outcome_answers(case_code="A-02").items()},
        "decided_on": "01.03.2019",
    },
    "cards:remind": lambda world, thing: {"days": "7"},
    "cards:outcome_review": lambda world, thing: {"decision": "refuse", "reason": "Because"},
    "cards:attach": _file,
    "cards:attachment_caption": lambda world, thing: {"caption": "Another"},
    "cards:attachment_review": lambda world, thing: {"decision": "refuse", "reason": "Because"},
}  # fmt: skip


def typed(route: str, world: World, thing: Thing | None, kwargs: dict[str, Any]) -> dict | None:
    """What the route's form sends to that address; None where a token is enough."""
    if route == "cards:merge":
        rows = {row.uuid: row for row in Card.objects.filter(uuid__in=kwargs.values())}
        # Of one that does not exist there is no form.
        return _merge(*(rows[uuid] for uuid in kwargs.values())) if len(rows) == 2 else {}
    return POSTED[route](world, thing) if route in POSTED else None
