"""``python -m tests.load.people PLAN FILE``: accounts with sessions, and what monitors will send.

Everything is sealed here, so that the program which lets people loose computes nothing.
``PLAN``: JSON as ``day.Plan`` has it.
"""

from __future__ import annotations

import datetime
import json
import random
import sys
import time
import uuid as uuids
from importlib import import_module
from typing import Any

import django

#: Where people gather: the more, the larger the city.
CITIES = (
    "almaty", "almaty", "almaty", "astana", "astana", "shymkent", "uralsk", "aktau", "atyrau",
    "karaganda", "taraz", "kostanay", "pavlodar", "aktobe", "semey", "kyzylorda", "petropavlovsk",
)  # fmt: skip
FORMS = ("rally", "picket", "march")


def main(plan: dict[str, Any]) -> dict[str, Any]:
    """Role -> people, each with ``session`` and what they need."""
    django.setup()
    from monitoring.accounts.models import Role

    chance = random.Random(plan["seed"])
    keys = _keys()
    photograph = _photograph(plan["photograph_bytes"])
    monitors = [
        {"session": session, "device": str(uuids.uuid4()), **_day(chance, plan, keys, photograph)}
        for session in _sessions("monitor", Role.MONITOR, plan["monitors"])
    ]
    return {
        "monitors": monitors,
        "editors": [{"session": key} for key in _sessions("desk", Role.EDITOR, plan["editors"])],
        "readers": [{"session": key} for key in _sessions("desk", Role.ANALYST, plan["readers"])],
    }


def _keys() -> list[dict[str, str]]:
    from cards.field import sealing

    return sealing.public_keys()


def _day(chance: random.Random, plan: dict, keys, photograph: bytes) -> dict[str, Any]:
    """The cards of one monitor: before the network goes, in the burst, afterwards."""
    sizes = {"before": plan["before"], "burst": chance.randint(1, 5), "after": plan["after"]}
    city = chance.choice([name for name in CITIES if name in _cities()])
    form = chance.random() < plan["with_form"]
    return {
        "with_form": form,
        **{
            part: [
                _card(chance, plan, keys, city, photograph, form, drafts=part != "burst")
                for _each in range(number)
            ]
            for part, number in sizes.items()
        },
    }


def _card(chance, plan, keys, city: str, photograph: bytes, form: bool, drafts: bool) -> dict:
    """A card with its parcels; a photograph with every tenth."""
    from cards.field import sealing
    from tests import field as words
    from tests.factories import all_accepted

    uuid = str(uuids.uuid4())
    answers = _answers(chance, city)
    steps = [{"description": "Begun."}, {"description": "People gather."}] if drafts else []
    told = [words.posted({**answers, **step}) for step in steps]
    final = words.posted(answers)
    found: dict[str, Any] = {"uuid": uuid, "answers": final, "steps": told}
    if form:
        # Whoever is asked whether it is so has looked at it.
        found["accepted"] = all_accepted()
    else:
        parcels = [
            words.card(uuid, version=number, answers=said) for number, said in enumerate(told)
        ]
        parcels.append(
            words.card(uuid, version=len(told), answers=final, action="submit", unseen=True)
        )
        found["parcels"] = [sealing.seal(json.dumps(said).encode(), keys) for said in parcels]
        if chance.random() < plan["with_photograph"]:
            content = photograph + uuid.encode()
            found["file"] = words.file_of(uuid, content, keys=keys, name="photo.pdf").decode()
            found["file_uuid"] = str(uuids.uuid4())
    return found


def _answers(chance: random.Random, city: str) -> dict[str, Any]:
    from tests.factories import card_answers

    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    hour, people = chance.randint(8, 19), chance.randint(5, 900)
    return card_answers(
        date=yesterday,
        city=city,
        start_time=datetime.time(hour, chance.choice((0, 15, 30, 45))),
        end_time=datetime.time(hour + 2, 30),
        arrived_at=datetime.time(hour, 0),
        place=f"Square no. {chance.randint(1, 10**6)}",
        form=chance.choice([form for form in FORMS if form in _forms()]),
        participants=people,
        participants_low=people,
        participants_high=people + 50,
        description="People gathered, spoke and went home. " * chance.randint(1, 20),
    )


def _cities() -> frozenset[str]:
    from cards.models import City

    return _once("cities", lambda: frozenset(City.objects.values_list("pk", flat=True)))


def _forms() -> frozenset[str]:
    from cards.models import Form

    return _once("forms", lambda: frozenset(Form.objects.values_list("pk", flat=True)))


_known: dict[str, Any] = {}


def _once(name: str, ask) -> Any:
    if name not in _known:
        _known[name] = ask()
    return _known[name]


def _photograph(size: int) -> bytes:
    """As large as a picture that a phone has made smaller; a PDF, which nothing draws anew."""
    return b"%PDF-1.7\n" + random.Random(size).randbytes(size)


def _sessions(name: str, role: str, number: int) -> list[str]:
    """Keys of open sessions of that many people of all regions."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from monitoring.accounts import second_factor, sessions
    from monitoring.accounts.models import User
    from tests.factories import give_app

    store = import_module(settings.SESSION_ENGINE).SessionStore
    found, now = [], time.time()
    for each in range(number):
        user = User(username=f"{name}-{role}-{each}", role=role, all_regions=True)
        user.set_unusable_password()
        user.save()
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[sessions.BEGUN] = session[sessions.SEEN] = session[sessions.FRESH] = now
        if role in second_factor.ROLES:
            give_app(user)
            session[second_factor.MARK] = True
        session.save()
        found.append(session.session_key)
    return found


if __name__ == "__main__":
    with open(sys.argv[2], "w") as file:
        json.dump(main(json.loads(sys.argv[1])), file)
