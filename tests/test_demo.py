"""The demonstration: the cards of 2018 and an account per role, on a site in DEBUG only."""

import io

import pytest
from django.core.management import CommandError, call_command

from cards.models import Card, CaseUpdate, Event
from monitoring import demo
from monitoring.accounts.models import Role, User

pytestmark = pytest.mark.usefixtures("reference")


def test_it_may_be_prepared_any_number_of_times():
    assert demo.prepare() == (len(demo.ACCOUNTS), 32, 32)
    kept = Event.objects.count(), CaseUpdate.objects.count()
    assert kept[1] == 119
    assert demo.prepare() == (0, 0, 0)
    assert (Event.objects.count(), CaseUpdate.objects.count()) == kept
    assert User.objects.count() == len(demo.ACCOUNTS)


def test_every_role_has_its_account():
    demo.prepare()
    users = {user.role: user for user in User.objects.all()}
    assert set(users) == set(Role.values)
    assert all(user.demo and not user.is_superuser for user in users.values())
    assert users[Role.MONITOR].region_codes() == {"KZ-75", "KZ-19"}
    assert users[Role.EDITOR].all_regions
    assert not users[Role.ADMINISTRATOR].all_regions


def test_the_cards_are_marked_as_reconstructed():
    demo.prepare()
    assert Card.objects.filter(reconstruction=True, status="approved").count() == 32
    assert Card.objects.count() == 32


def test_what_people_change_in_the_demonstration_stays():
    demo.prepare()
    user = User.objects.get(username="monitor")
    user.set_password("another password")
    user.save()
    card = Card.objects.first()
    Card.objects.filter(pk=card.pk).update(place="Elsewhere")
    demo.prepare()
    user.refresh_from_db()
    card.refresh_from_db()
    assert user.check_password("another password")
    assert card.place == "Elsewhere"


@pytest.mark.slow
def test_its_accounts_open_nothing_without_debug(client, settings):
    demo.prepare()
    settings.DEBUG = False
    assert not client.login(username="editor", password=demo.PASSWORD)
    settings.DEBUG = True
    assert client.login(username="editor", password=demo.PASSWORD)
    assert client.get("/cards/queue/").status_code == 200
    # A session from before ends with DEBUG, too.
    settings.DEBUG = False
    assert client.get("/cards/queue/").status_code == 302


def test_the_command_prints_the_accounts_and_needs_debug(settings):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")
    assert User.objects.count() == 0
    settings.DEBUG = True
    out = io.StringIO()
    call_command("demo", stdout=out)
    assert demo.PASSWORD in out.getvalue()
    for account in demo.ACCOUNTS:
        assert account.username in out.getvalue()
