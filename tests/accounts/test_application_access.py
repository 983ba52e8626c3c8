"""The rights on permit applications, cell by cell: role, right, and the person's part in it."""

import pytest

from cards import permits
from cards.models import PermitApplication
from monitoring.accounts.access import RIGHTS, allowed
from tests.factories import (
    ALMATY,
    ASTANA,
    BY_ROLE,
    AdministratorFactory,
    AnalystFactory,
    EditorFactory,
    MonitorFactory,
    make_application,
)

pytestmark = pytest.mark.django_db

PLAIN = {
    "application.list": {"monitor", "editor", "analyst"},
    "application.create": {"monitor", "editor"},
    "application.import": {"editor"},
    "application.import_approved": {"editor"},
    "application.export": {"editor", "analyst"},
}
#: Of an application of Almaty, by its review. M who recorded it, O another monitor, S an editor who
#: recorded it, E an editor, W an editor who changed it since, A an analyst, D an administrator.
#: Small: the same person in another region.
OF_AN_APPLICATION = """
                    pending  approved  rejected
application.edit    MSEW     SEW       SEW
application.review  E        E         E
application.link    SEW      SEW       SEW
seen                MSEW     MSEWA     MSEW
"""
PEOPLE = "MmOoSsEeWwAaDd"
REVIEWS = ("pending", "approved", "rejected")


def cells() -> dict[tuple[str, str], str]:
    heading, *lines = [line.split() for line in OF_AN_APPLICATION.strip().splitlines()]
    return {
        (line[0], review): cell
        for line in lines
        for review, cell in zip(heading, line[1:], strict=True)
    }


def person_and_application(letter: str, review: str):
    factory = {
        "M": MonitorFactory,
        "O": MonitorFactory,
        "A": AnalystFactory,
        "D": AdministratorFactory,
    }.get(letter.upper(), EditorFactory)
    region = ALMATY if letter.isupper() else ASTANA
    person = factory(all_regions=False, regions=[region])
    application = make_application(review)
    rows = PermitApplication.objects.filter(pk=application.pk)
    if letter in "MmSs":
        rows.update(author=person)
    if letter in "Ww":
        person.all_regions = True
        permits.change(
            application, actor=person, answers={"place": "Another square"}, reason="A mistake"
        )
        person.all_regions = False
        rows.update(review=review)
    return person, rows.get()


def test_every_right_on_applications_is_tried_here():
    rights = [right for right in RIGHTS if right.name.startswith("application.")]
    asked = {name for name, _review in cells()} - {"seen"}
    assert {right.name for right in rights} == set(PLAIN) | asked
    assert {right.name for right in rights if right.conditions} == asked


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("role", BY_ROLE)
def test_each_right_of_a_role(role, name):
    assert allowed(BY_ROLE[role](), name) == (role in PLAIN[name])


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize("letter", PEOPLE)
def test_each_right_on_an_application(reference, review, letter):
    person, application = person_and_application(letter, review)
    expected = {
        name: letter in letters for (name, row), letters in cells().items() if row == review
    }
    seen = expected.pop("seen")
    assert {name: allowed(person, name, application) for name in expected} == expected
    visible = PermitApplication.objects.visible_to(person)
    assert visible.filter(pk=application.pk).exists() == seen


def test_a_closed_account_sees_nothing(reference):
    make_application()
    for role in BY_ROLE:
        person = BY_ROLE[role](is_active=False, all_regions=True)
        assert not PermitApplication.objects.visible_to(person).exists()
        assert not allowed(person, "application.list")
