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
from reports.editions.pictures import version_of
from reports.models import Box, BoxPicture
from reports.public import shown
from tests.cards.test_card_views import posted
from tests.cards.test_merging import proposed
from tests.factories import outcome_answers
from tests.security.routes import MANAGED
from tests.security.world import PRINTED, Thing, World, picture

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
    "figure_file": _fixed(period="2018", number="1", language="en", form="csv"),
    "report_file": _fixed(period="2018", form="csv", language="en"),
    "view_file": _fixed(form="csv", **{QUERY: "rows=form"}),
    "view": lambda world, thing: {"pk": world.view},
    "own_view": lambda world, thing: {"pk": world.view},
    "own_job": lambda world, thing: {"uuid": world.job},
    "edition": _fixed(code="2018-1"),
    "edition/language": _fixed(code="2018-1", language="en"),
    "edition/file": _fixed(code="2018-2", name="values.csv"),
    "edition/chapter": _fixed(code="2018-1", chapter="overall", language="en"),
    "edition/box": lambda world, thing: {"code": "2018-1", "pk": _box().pk},
    "edition/picture": lambda world, thing: {"code": "2018-1", "pk": _picture().pk},
    "public_index": _fixed(language="en"),
    "public": _fixed(code="2018-3"),
    "public/language": _fixed(code="2018-3", language="en"),
    "public/figure": _fixed(code="2018-3", language="en", number="1"),
    "public/picture": lambda world, thing: {"code": "2018-3", "name": _public_picture()},
    "public/file": _fixed(code="2018-3", name="report-2018-3.json"),
    "region_period": _fixed(period="2018", region="KZ-75"),
    "region_table": _fixed(period="2018", region="KZ-75", table="1"),
    "region_figure": _fixed(period="2018", region="KZ-75", number="1", language="en"),
    "region_drawing": _fixed(period="2018", region="KZ-75", number="1", language="en", form="csv"),
    "region_file": _fixed(period="2018", region="KZ-75", form="csv", language="en"),
    "own_period": _fixed(code="2020"),
    "printed": _fixed(edition=PRINTED),
    "printed_table": _fixed(edition=PRINTED, table="1"),
    "printed_file": _fixed(edition=PRINTED, form="csv", language="en"),
    "app": _fixed(app_label="cards"),
    "account": lambda world, thing: {"pk": world.people["o"].pk},
    "account/link": lambda world, thing: {"pk": world.invited.pk, "invitation": world.link},
    "invitation": lambda world, thing: {"token": world.token},
    "session": lambda world, thing: {"pk": world.session},
    "token": lambda world, thing: {"pk": world.programs["2"][0].pk},
    "account/token": lambda world, thing: {
        "pk": world.people["2"].pk,
        "token": world.programs["2"][0].pk,
    },
    "passkey": lambda world, thing: {"pk": world.passkey},
    "device": lambda world, thing: {"pk": world.device.pk},
    "piece": _fixed(uuid=uuids.UUID(int=7), **{QUERY: f"offset=0&size={2**20}"}),
    "no_address": _fixed(anything="nothing/here/"),
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
    "figure_file": (
        {"period": "2018", "number": "77", "language": "en", "form": "png"},
        {"period": "2018", "number": "1", "language": "la", "form": "png"},
        {"period": "2018", "number": "1", "language": "en", "form": "gif"},
    ),
    # A region that does not exist, one without a city, a year that rests on earlier reports.
    "region_period": (
        {"period": "2018", "region": "KZ-00"},
        {"period": "2018", "region": "KZ-YUZ"},
        {"period": "2017", "region": "KZ-75"},
    ),
    "region_table": ({"period": "2018", "region": "KZ-75", "table": "77"},),
    "region_figure": (
        {"period": "2018", "region": "KZ-75", "number": "77", "language": "en"},
        {"period": "2018", "region": "KZ-75", "number": "1", "language": "la"},
    ),
    "region_file": ({"period": "2018", "region": "KZ-75", "form": "doc", "language": "en"},),
    "region_drawing": (
        {"period": "2018", "region": "KZ-75", "number": "77", "language": "en", "form": "png"},
        {"period": "2018", "region": "KZ-75", "number": "1", "language": "la", "form": "png"},
        {"period": "2018", "region": "KZ-75", "number": "1", "language": "en", "form": "gif"},
    ),
    "own_period": ({"code": "1913"},),
    "report_file": (
        {"period": "2018", "form": "doc", "language": "en"},
        {"period": "2018", "form": "csv", "language": "la"},
    ),
    "view_file": ({"form": "doc"},),
    "view": ({"pk": NOBODY},),
    "own_view": ({"pk": NOBODY},),
    "own_job": ({"uuid": str(uuids.UUID(int=9))},),
    "edition": ({"code": "1913-1"},),
    "edition/language": (
        {"code": "1913-1", "language": "en"},
        {"code": "2018-1", "language": "la"},
    ),
    "edition/file": (
        {"code": "2018-1", "name": "values.csv"},
        {"code": "2018-2", "name": "poems.csv"},
    ),
    "edition/chapter": (
        {"code": "2018-1", "chapter": "poetry", "language": "en"},
        {"code": "2018-1", "chapter": "annex", "language": "en"},
        {"code": "1913-1", "chapter": "overall", "language": "en"},
        {"code": "2018-1", "chapter": "overall", "language": "la"},
    ),
    "edition/box": ({"code": "2018-1", "pk": NOBODY}, {"code": "1913-1", "pk": 1}),
    "edition/picture": ({"code": "2018-1", "pk": NOBODY}, {"code": "1913-1", "pk": 1}),
    # A draft, a frozen edition that nobody has published, and none at all.
    "public": ({"code": "2018-1"}, {"code": "2018-2"}, {"code": "1913-1"}),
    "public/language": (
        {"code": "2018-1", "language": "en"},
        {"code": "2018-2", "language": "en"},
        {"code": "2018-3", "language": "kk"},
    ),
    "public/figure": (
        {"code": "2018-2", "language": "en", "number": "1"},
        {"code": "2018-3", "language": "en", "number": "77"},
    ),
    "public/picture": (
        {"code": "2018-3", "name": "0123456789abcdef.jpg"},
        {"code": "2018-1", "name": "0123456789abcdef.jpg"},
    ),
    "public/file": (
        {"code": "2018-2", "name": "values.csv"},
        {"code": "2018-3", "name": "poems.csv"},
    ),
    "printed": ({"edition": "1913"}, {"edition": "2018/x"}),
    "printed_table": (
        {"edition": PRINTED, "table": "77"},
        {"edition": "1913", "table": "1"},
    ),
    "printed_file": (
        {"edition": PRINTED, "form": "doc", "language": "en"},
        {"edition": PRINTED, "form": "csv", "language": "la"},
        {"edition": "1913", "form": "csv", "language": "en"},
    ),
    "card/transition": ({"uuid": None, "name": "publish"},),
    "card/check": ({"uuid": None, "code": "poetry"},),
    "account": ({"pk": NOBODY},),
    "account/link": ({"pk": NOBODY, "invitation": 1},),
    "account/token": ({"pk": NOBODY, "token": 1},),
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


def _box() -> Box:
    """The case box of the draft."""
    return Box.objects.get(edition__code="2018-1", order=1)


def _picture() -> BoxPicture:
    return BoxPicture.objects.get(box=_box())


def _public_picture() -> str:
    [sha256] = shown.pictures(shown.edition("2018-3"))
    return f"{sha256[:16]}.jpg"


def _box_form(version: int) -> dict[str, Any]:
    """A case box as its form posts it."""
    return {"version": version, "chapter": "overall", "title_ru": "Other", "title_en": "Other"}


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
    "reports:explore_save": lambda world, thing: {"name": "Another", "query": "rows=form"},
    "reports:editions": lambda world, thing: {"period": "2018", "languages": ["en"]},
    "reports:edition_languages": lambda world, thing: {"languages": ["en"]},
    "reports:edition_thaw": lambda world, thing: {"reason": "Because"},
    "reports:edition_chapter": lambda world, thing: {"text": "Words.", "version": "0"},
    "reports:edition_preview": lambda world, thing: {"text": "Words."},
    "account:tokens": lambda world, thing: {
        "name": "notebook", "purpose": "The yearly report", "scopes": ["values"], "days": "90",
    },
    "reports:edition_box_new": lambda world, thing: _box_form(0),
    "reports:edition_box": lambda world, thing: _box_form(_box().version),
    "reports:edition_box_preview": lambda world, thing: {"text": "Words."},
    "reports:edition_box_move": lambda world, thing: {"chapter": "character"},
    "reports:edition_box_remove": lambda world, thing: {"removed": "yes"},
    "reports:edition_picture": lambda world, thing: {"version": version_of(_picture())},
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
