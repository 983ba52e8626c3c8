"""Nobody in who does not belong: every route, every person, every method, from the site's own
addresses. The tables are in tests/security/routes.py; what a cell is checked for, in matrix.py."""

import pytest
from django.db import transaction

from tests.security import matrix, world
from tests.security.routes import rows

pytestmark = pytest.mark.django_db
#: People who stand to a card as nobody else does; the others differ from them by region alone.
QUICK = "MOSEeWADNXGLPKRT"


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
    assert matrix.sweep(built, letters=letter) == []


def test_what_does_not_exist_is_not_found_and_what_belongs_elsewhere_neither(built):
    assert matrix.nothing_there(built) == []


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("letter", world.PEOPLE)
def test_each_route_of_a_person_by_every_method(built, letter):
    assert matrix.sweep(built, letters=letter, every_method=True) == []
