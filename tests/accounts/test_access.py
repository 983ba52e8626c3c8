"""The table of rights, cell by cell: role, right, and how the person stands to the card."""

import pytest
from django.contrib.auth.models import AnonymousUser

from cards import services
from cards.models import Card
from monitoring.accounts.access import RIGHTS, allowed
from tests.factories import (
    BY_ROLE,
    AdministratorFactory,
    AnalystFactory,
    EditorFactory,
    MonitorFactory,
    make_card,
)

pytestmark = pytest.mark.django_db

#: Rights that are not asked of a card: the roles that have them.
PLAIN = {
    "card.create": {"monitor", "editor"},
    "card.queue": {"editor"},
    "card.import": {"editor"},
    "card.import_approved": {"editor"},
    "card.export": {"editor", "analyst"},
    "card.export_whole": {"editor"},
    "report.view": {"editor", "analyst"},
    "report.download": {"editor", "analyst"},
    "explore.view": {"editor", "analyst"},
    "coverage.edit": {"editor", "analyst"},
    "period.edit": {"analyst"},
    "published.import": {"analyst"},
    "edition.view": {"editor", "analyst"},
    "edition.write": {"analyst"},
    "edition.publish": {"analyst"},
    "token.issue": {"editor", "analyst"},
    "account.manage": {"administrator"},
    "access_log.view": {"administrator"},
    "status.view": {"administrator"},
    "job.view_all": {"administrator"},
    "backup.make": {"administrator"},
}
#: Rights that are asked of a card of Almaty: who has them, by the card's status.
#: M its monitor, O another monitor, S its author who is an editor, E an editor, W an editor who
#: changed its answers, A an analyst, D an administrator. Small: the same person in another region.
#: B its author who has become an analyst, C its author who has become an administrator.
OF_A_CARD = """
                      draft   submitted   returned   approved   rejected   duplicate
card.edit             MmSs    .           MmSs       .          .          .
card.edit_submitted   .       EW          .          .          .          .
card.submit           MS      .           MS         .          .          .
card.review           EW      EW          EW         EW         EW         EW
card.approve          E       E           E          E          E          E
card.merge            .       EW          .          EW         .          .
card.unmerge          EW      EW          EW         EW         EW         EW
card.reopen           .       .           .          SEW        .          .
card.decide_inclusion .       EW          .          .          .          .
card.see_queries      MmSsEW  MmSsEW      MmSsEW     MmSsEW     MmSsEW     MmSsEW
card.ask              .       EW          EW         .          .          .
card.close_query      .       EW          EW         .          .          .
card.answer_query     .       MmSs        MmSs       .          .          .
card.dismiss_check    .       EW          .          .          .          .
card.verify           .       EW          .          .          .          .
card.add_outcome      MOSEW   MOSEW       MOSEW      MOSEW      .          .
card.remind           MS      MS          MS         MS         .          .
card.review_outcome   .       .           .          SEW        .          .
card.add_count        MmSs    .           MmSs       .          .          .
card.attach           MOSEW   MOSEW       MOSEW      MOSEW      .          .
card.see_original     SEW     SEW         SEW        SEW        SEW        SEW
"""
#: Who finds the card in a list or at its address.
SEEN = """
                      draft   submitted   returned   approved   rejected   duplicate
seen                  MmSs    MmSsEW      MmSsEW     MmSsEWAB   MmSsEW     MmSsEW
"""
PEOPLE = "MmOoSsEeWwAaDdBC"
STATUSES = ("draft", "submitted", "returned", "approved", "rejected", "duplicate")
ALMATY, ELSEWHERE = ["KZ-75"], ["KZ-71", "KZ-79"]


def cells(text: str) -> dict[tuple[str, str], str]:
    """(row, status) -> letters."""
    heading, *lines = [line.split() for line in text.strip().splitlines()]
    return {
        (line[0], status): "" if cell == "." else cell
        for line in lines
        for status, cell in zip(heading, line[1:], strict=True)
    }


def person_of(letter: str):
    """Somebody of that role and region."""
    factory = {
        "M": MonitorFactory,
        "O": MonitorFactory,
        "A": AnalystFactory,
        "B": AnalystFactory,
        "D": AdministratorFactory,
        "C": AdministratorFactory,
    }.get(letter.upper(), EditorFactory)
    return factory(all_regions=False, regions=ALMATY if letter.isupper() else ELSEWHERE)


def person_and_card(letter: str, status: str):
    """The person and how they stand to a card in that status."""
    person = person_of(letter)
    card = make_card(status)
    if letter in "MmSsBC":
        Card.objects.filter(pk=card.pk).update(monitor=person)
    if letter in "Ww":
        services.save(card, actor=person, answers={"settlement": "Aksai"})
    return person, Card.objects.get(pk=card.pk)


@pytest.mark.slow
def test_every_right_of_the_table_is_tried_here():
    # Those of permit applications are tried in test_application_access.
    rights = [right for right in RIGHTS if not right.name.startswith("application.")]
    names = [right.name for right in rights]
    assert len(names) == len(set(names))
    of_a_card = {name for name, _status in cells(OF_A_CARD)}
    assert set(names) == set(PLAIN) | of_a_card
    assert {right.name for right in rights if right.conditions} == of_a_card


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("role", BY_ROLE)
def test_each_right_of_a_role(role, name):
    person = BY_ROLE[role]()
    assert allowed(person, name) == (role in PLAIN[name])


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("letter", PEOPLE)
def test_each_right_on_a_card(reference, status, letter):
    person, card = person_and_card(letter, status)
    expected = {
        name: letter in letters
        for (name, row_status), letters in cells(OF_A_CARD).items()
        if row_status == status
    }
    assert {name: allowed(person, name, card) for name in expected} == expected
    seen = Card.objects.visible_to(person).filter(pk=card.pk).exists()
    assert seen == (letter in cells(SEEN)["seen", status])


def test_all_regions_reach_a_card_anywhere(reference):
    card = make_card("submitted", city="astana")
    assert allowed(EditorFactory(all_regions=True), "card.review", card)
    assert not allowed(EditorFactory(all_regions=False, regions=ALMATY), "card.review", card)


def test_no_region_is_the_beginning(reference):
    card = make_card("submitted")
    for factory in (EditorFactory, AnalystFactory):
        person = factory(all_regions=False)
        assert not Card.objects.visible_to(person).exists()
    assert not allowed(EditorFactory(all_regions=False), "card.review", card)


def test_a_card_without_a_city_is_its_authors_alone(reference):
    card = make_card("returned")
    services.save(card, actor=card.monitor, answers={"city": None})
    card.refresh_from_db()
    here = EditorFactory(all_regions=False, regions=ALMATY)
    assert not Card.objects.visible_to(here).exists()
    assert not allowed(here, "card.review", card)
    assert Card.objects.visible_to(card.monitor).get() == card
    assert allowed(card.monitor, "card.edit", card)
    assert Card.objects.visible_to(EditorFactory()).get() == card


@pytest.mark.parametrize("right", [right.name for right in RIGHTS])
def test_closed_accounts_and_strangers_have_no_right_and_see_nothing(reference, right):
    card = make_card("approved")
    for role in BY_ROLE:
        person = BY_ROLE[role](is_active=False)
        assert not allowed(person, right, card)
        assert not Card.objects.visible_to(person).exists()
    assert not allowed(AnonymousUser(), right, card)
    assert not Card.objects.visible_to(AnonymousUser()).exists()


def test_administrators_see_no_cards_wherever_they_are_from(reference):
    for status in STATUSES:
        make_card(status)
    assert not Card.objects.visible_to(AdministratorFactory()).exists()


def test_a_right_that_is_asked_without_its_card_is_a_mistake_of_the_program(reference):
    with pytest.raises(ValueError, match="asked of a card"):
        allowed(EditorFactory(), "card.approve")
    with pytest.raises(KeyError):
        allowed(EditorFactory(), "card.delete", make_card("draft"))


def test_staff_and_superusers_of_django_stand_under_the_same_table(reference):
    card = make_card("submitted")
    person = MonitorFactory(is_staff=True, is_superuser=True)
    assert not allowed(person, "card.review", card)
    assert not Card.objects.visible_to(person).exists()
