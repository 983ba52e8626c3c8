"""People and cards for tests: valid unless a test says otherwise.

``make_card`` takes a card through its real life (services and workflow), so events, numbers and
facts are what they would be; ``rows_of_cards`` writes many rows at once where only the number
of them matters.
"""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.utils import timezone

from cards import permits, services, workflow
from cards.checks import CHECKS
from cards.models import Card, City, PermitApplication
from cards.reference import load_reference
from cards.serialise import answers_of, write_answers
from cards.validators import tidy
from monitoring.accounts import second_factor
from monitoring.accounts.models import Role, User

PASSWORD = "right of peaceful assembly"
#: Of everybody's app that shows codes.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEALED_SECRET = encrypt(SECRET)
ALMATY, ASTANA, SHYMKENT = "KZ-75", "KZ-71", "KZ-79"

#: A rally in Almaty without anything remarkable: everything required is answered.
ANSWERS: dict[str, Any] = {
    "date": datetime.date(2018, 5, 10),
    "date_precision": "exact",
    "start_time": datetime.time(12, 0),
    "end_time": datetime.time(13, 30),
    "city": "almaty",
    "place": "Square before the theatre",
    "place_type": "central_square",
    "source": ("direct",),
    "arrived_at": datetime.time(11, 50),
    "course": "held",
    "peaceful": "yes",
    "form": "rally",
    "topic": "gas_price",
    "demands": "Lower prices",
    "organiser_type": "spontaneous_group",
    "attributes": ("placards", "chants"),
    "minors_present": "no",
    "participants": 25,
    "participants_low": 20,
    "participants_high": 30,
    "participants_basis": "estimated",
    "legal_status": "not_requested",
    "reason_not_requested": "spontaneous",
    "prosecutor_present": "no",
    "prosecutor_warned": "no",
    "akimat_present": "yes",
    "akimat_warned": "no",
    "police_present": "yes",
    "police_warned": "unknown",
    "police": 10,
    "police_basis": "counted",
    "plain_clothes": "unknown",
    "police_actions": ("observed",),
    "warned_before_dispersal": "not_applicable",
    "detained": 0,
    "in_the_name_of_the_law": "not_applicable",
    "description": "People gathered at noon, spoke and went home.",
}

#: A fine for taking part, decided a month after ``ANSWERS``.
OUTCOME: dict[str, Any] = {
    "case_code": "A-01",
    "decided_on": datetime.date(2018, 6, 10),
    "court": "Specialised administrative court of Almaty",
    "article": "koap_488",
    "outcome": "fine",
    "fine_mci": 20,
    "observed_by_monitor": "yes",
    "appeal": "none",
}


#: An application in Almaty that was refused after ten days.
APPLICATION: dict[str, Any] = {
    "applied_on": datetime.date(2018, 8, 6),
    "planned_for": datetime.date(2018, 8, 25),
    "city": "almaty",
    "place": "Square behind the cinema",
    "form": "rally",
    "topic": "gas_price",
    "applicant_type": "individual",
    "applicant_code": "A-01",
    "decision": "refused",
    "answered_on": datetime.date(2018, 8, 16),
    "ground": "The square is being repaired",
    "appeal": "none",
}


def card_answers(**changes) -> dict[str, Any]:
    """Answers of a card that can be submitted, with ``changes``.

    ``detained=None`` is the answer "not known" unless ``detained_unknown`` says otherwise.
    """
    answers = {**ANSWERS, **changes}
    return {"detained_unknown": answers["detained"] is None, **answers}


def full_answers(**changes) -> dict[str, Any]:
    """The same with every other answer of the card present and open, as rules expect them."""
    return tidy({**answers_of(Card()), **card_answers(), **changes})


def outcome_answers(**changes) -> dict[str, Any]:
    """Fields of a court outcome that can be added, with ``changes``."""
    return {**OUTCOME, **changes}


def ensure_reference() -> None:
    """Vocabularies, places, cities, regions and periods, once in each test's database."""
    if not City.objects.exists():
        load_reference()


def give_app(user: User) -> None:
    """An app that shows codes."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": SEALED_SECRET})


class UserFactory(factory.django.DjangoModelFactory):
    """A person. ``regions``: codes of the scope; ``all_regions=True`` for everywhere."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person-{}".format)
    alias = factory.LazyAttribute(lambda user: f"{user.role} {user.username}")
    role = Role.MONITOR
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def regions(self, create, codes, **kwargs):
        if create and codes:
            ensure_reference()
            self.regions.set(codes)

    @factory.post_generation
    def second_factor(self, create, wished, **kwargs):
        """An app that shows codes, for the roles that need one; ``second_factor=False``: none."""
        if create and (wished or (wished is None and self.role in second_factor.ROLES)):
            give_app(self)


class MonitorFactory(UserFactory):
    username = factory.Sequence("monitor-{}".format)
    regions = factory.PostGeneration(
        lambda user, create, codes: _scope(user, codes if codes is not None else [ALMATY])
    )


class EditorFactory(UserFactory):
    username = factory.Sequence("editor-{}".format)
    role = Role.EDITOR
    all_regions = True


class AnalystFactory(UserFactory):
    username = factory.Sequence("analyst-{}".format)
    role = Role.ANALYST
    all_regions = True


class AdministratorFactory(UserFactory):
    username = factory.Sequence("administrator-{}".format)
    role = Role.ADMINISTRATOR
    all_regions = True


#: Factory of a person for each role.
BY_ROLE = {
    Role.MONITOR: MonitorFactory,
    Role.EDITOR: EditorFactory,
    Role.ANALYST: AnalystFactory,
    Role.ADMINISTRATOR: AdministratorFactory,
}

#: Status -> the transitions that lead there from a draft, with who takes them.
_WAYS = {
    "draft": (),
    "submitted": (("submit", "monitor"),),
    "returned": (("submit", "monitor"), ("return", "editor")),
    "approved": (("submit", "monitor"), ("approve", "editor")),
    "rejected": (("submit", "monitor"), ("reject", "editor")),
    "duplicate": (("submit", "monitor"), ("duplicate", "editor")),
}


def all_accepted() -> list[str]:
    """Codes of everything about which somebody who submits may be asked whether it is so."""
    return ["duplicate", *(check.code for check in CHECKS)]


def make_card(
    status: str = "draft", *, monitor=None, editor=None, duplicate_of=None, **changes
) -> Card:
    """A card in ``status``, brought there by its monitor and an editor; answers by ``changes``."""
    ensure_reference()
    monitor = monitor or MonitorFactory(all_regions=True)
    card = services.create(actor=monitor, answers=card_answers(**changes))
    if status == "duplicate" and duplicate_of is None:
        duplicate_of = make_card("submitted", monitor=monitor)
    for name, by in _WAYS[status]:
        editor = editor or (EditorFactory() if by == "editor" else None)
        card = workflow.apply(
            card,
            name,
            actor=monitor if by == "monitor" else editor,
            reason="Because of the test" if name in ("return", "reject") else "",
            duplicate_of=duplicate_of if name == "duplicate" else None,
        )
    return card


def add_outcome(card: Card, *, author=None, reviewer=None, review: str = "approved", **changes):
    """A court outcome of the card; ``review``: pending, approved or rejected by ``reviewer``."""
    author = author or MonitorFactory(all_regions=True)
    update = services.add_outcome(card, actor=author, outcome=outcome_answers(**changes))
    if review != "pending":
        update = services.review_outcome(
            update,
            actor=reviewer or EditorFactory(),
            accept=review == "approved",
            reason="" if review == "approved" else "Another person",
        )
    return update


def make_application(
    review: str = "approved", *, author=None, reviewer=None, card=None, **changes
) -> PermitApplication:
    """A permit application, reviewed by ``reviewer`` (an editor) unless it is to be pending."""
    ensure_reference()
    author = author or MonitorFactory(all_regions=True)
    answers = {**APPLICATION, **changes}
    application = permits.create(actor=author, answers=answers, card=card)
    if review != "pending":
        application = permits.review(
            application,
            actor=reviewer or EditorFactory(),
            accept=review == "approved",
            reason="" if review == "approved" else "Because of the test",
        )
    return application


_serial = itertools.count(1)


def rows_of_cards(number: int, *, monitor, status: str = "approved", **changes) -> list[Card]:
    """That many cards written at once, without events or facts; ``changes`` may be callables
    that take the row's index."""
    ensure_reference()
    now = timezone.now()
    cards = []
    for index in range(number):
        values = {
            name: value(index) if callable(value) else value for name, value in changes.items()
        }
        card = Card(monitor=monitor, status=status, inclusion="counted")
        write_answers(card, tidy(card_answers(**values)))
        if status != "draft":
            card.number = f"2018-TEST-{next(_serial):06d}"
            card.submitted_at = now + datetime.timedelta(seconds=index // 3)
        if status == "approved":
            card.approved_at = now
        cards.append(card)
    return Card.objects.bulk_create(cards)


def _scope(user: User, codes) -> None:
    if codes and not user.all_regions:
        ensure_reference()
        user.regions.set(codes)
