"""Nobody in who does not belong: every route, every person, every method, from the site's own
addresses. The tables are in tests/security/routes.py; what a cell is checked for, in matrix.py."""

import pytest
from django.db import transaction

from tests.security import matrix, world
from tests.security.routes import rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: One of each role, and a stranger; the slow part tries everybody.
QUICK = "MEADN"
#: Nobody asks of what state the thing is that they are kept out of.
ONE = ("submitted",)
STATES = {letter: ONE for letter in world.KEPT_OUT if letter not in ("N", *world.TOKENS)}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The world, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


def test_every_route_has_its_line_and_every_line_its_route():
    listed = [row.route for row in rows()]
    assert len(listed) == len(set(listed))
    site = set(matrix.site_routes())
    unlisted = sorted(site - set(listed))
    assert not unlisted, f"give these routes a line in tests/security/routes.py: {unlisted}"
    gone = sorted(set(listed) - site)
    assert not gone, f"lines in tests/security/routes.py without a route: {gone}"


@pytest.mark.parametrize("letter", QUICK)
def test_each_route_of_a_person(built, letter):
    assert matrix.sweep(built, letters=letter, states=("submitted", "approved")) == []


@pytest.mark.parametrize("letter", [*STATES, *world.NOT_FRESH])
def test_each_route_of_who_is_kept_out(built, letter):
    assert matrix.sweep(built, letters=letter, states=ONE) == []


@pytest.mark.parametrize("letter", world.TOKENS)
def test_each_route_of_a_program(built, letter):
    assert matrix.sweep(built, letters=letter) == []


def test_what_does_not_exist_is_not_found_and_what_belongs_elsewhere_neither(built):
    assert matrix.nothing_there(built) == []


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(
    "letter", [each for each in world.PEOPLE if each not in {**STATES, **world.TOKENS}]
)
def test_each_route_of_a_person_with_a_thing_in_every_state(built, letter):
    assert matrix.sweep(built, letters=letter) == []


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("letter", "EDN2")
def test_each_route_by_every_method(built, letter):
    assert matrix.sweep(built, letters=letter, states=ONE, every_method=True) == []
