"""People: who changes an account, what is recorded, and that somebody always can."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.models import Card
from monitoring.accounts import invitations, people
from monitoring.accounts.access import allowed
from monitoring.accounts.models import User
from tests.accounts.means import reader, recorded
from tests.factories import (
    AdministratorFactory,
    EditorFactory,
    MonitorFactory,
    UserFactory,
    make_card,
)

pytestmark = pytest.mark.django_db


def form(account, **changes) -> dict:
    values = {
        "alias": account.alias,
        "role": account.role,
        "language": "ru",
        "reason": "A new task",
    }
    if account.all_regions:
        values["all_regions"] = "on"
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def change(client, account, **changes):
    return client.post(reverse("people:change", args=[account.pk]), form(account, **changes))


def test_role_and_regions_are_changed_with_a_reason_and_recorded(as_administrator, administrator):
    monitor = MonitorFactory()
    assert change(as_administrator, monitor, reason="").status_code == 422
    with recorded() as told:
        answer = change(as_administrator, monitor, role="editor", regions=["KZ-71", "KZ-79"])
    assert answer.status_code == 302
    monitor = User.objects.get(pk=monitor.pk)
    assert (monitor.role, monitor.region_codes()) == ("editor", {"KZ-71", "KZ-79"})
    (one,) = told
    assert (one["account"], one["actor"], one["kind"]) == (monitor, administrator, "account")
    assert one["reason"] == "A new task"
    assert one["changes"] == {
        "role": ["monitor", "editor"],
        "regions": ["KZ-75", "KZ-71;KZ-79"],
        "language": ["", "ru"],
    }


def test_a_changed_role_holds_for_sessions_that_are_open(as_administrator):
    editor = EditorFactory()
    client = reader()
    client.force_login(editor)
    assert client.get(reverse("cards:queue")).status_code == 200
    change(as_administrator, editor, role="monitor")
    assert client.get(reverse("cards:queue")).status_code == 403


def test_a_monitor_who_becomes_an_editor_sets_up_a_second_factor_first(as_administrator):
    monitor = MonitorFactory()
    client = reader()
    client.force_login(monitor)
    assert client.get(reverse("cards:list")).status_code == 200
    change(as_administrator, monitor, role="editor")
    assert client.get(reverse("cards:list")).url == reverse("account:second_factor")


def test_closing_ends_sessions_at_once_and_keeps_the_author(as_administrator, administrator):
    monitor = MonitorFactory()
    card = make_card("submitted", monitor=monitor)
    client = reader()
    client.force_login(monitor)
    address = reverse("people:close", args=[monitor.pk])
    assert as_administrator.post(address, {"reason": " "}).status_code == 422
    assert client.get(reverse("cards:list")).status_code == 200
    with recorded() as told:
        assert as_administrator.post(address, {"reason": "Left us"}).status_code == 302
    assert client.get(reverse("cards:list")).status_code == 302
    assert not client.session.keys()
    assert Card.objects.get(pk=card.pk).monitor == monitor
    assert [one["changes"] for one in told] == [
        {"sessions": ["1", "0"]},
        {"active": ["yes", "no"]},
    ]
    as_administrator.post(reverse("people:reopen", args=[monitor.pk]), {"reason": "Back"})
    assert User.objects.get(pk=monitor.pk).is_active


@pytest.mark.parametrize("others", ["none", "closed", "invited"])
def test_the_last_administrator_stays(as_administrator, administrator, others):
    if others == "closed":
        AdministratorFactory(is_active=False)
    if others == "invited":
        values = {"alias": "A", "role": "administrator", "regions": [], "all_regions": False}
        invitations.invite(
            actor=administrator, username="next", values={**values, "language": "ru"}
        )
    answer = change(as_administrator, administrator, role="editor", all_regions=None)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"role"})
    address = reverse("people:close", args=[administrator.pk])
    assert as_administrator.post(address, {"reason": "x"}).status_code == 422
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_active) == ("administrator", True)


def test_one_of_two_administrators_may_go(as_administrator, administrator):
    AdministratorFactory()
    assert (
        change(as_administrator, administrator, role="editor", all_regions=None).status_code == 302
    )
    assert as_administrator.get(reverse("people:list")).status_code == 403


def test_all_sessions_of_an_account_are_ended(as_administrator, editor):
    clients = [reader(), reader()]
    for client in clients:
        client.force_login(editor)
    address = reverse("people:end_sessions", args=[editor.pk])
    as_administrator.post(address, {"reason": "A phone was seized"})
    assert [client.get(reverse("cards:queue")).status_code for client in clients] == [302, 302]
    assert as_administrator.get(reverse("people:list")).status_code == 200


ROUTES = ["change", "link", "close", "reopen", "end_sessions"]


@pytest.mark.parametrize("who", ["monitor", "editor", "analyst"])
def test_nobody_else_reaches_people(signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    other = MonitorFactory()
    for name in ("list", "invite"):
        assert client.get(reverse(f"people:{name}")).status_code == 403
    assert client.get(reverse("people:person", args=[other.pk])).status_code == 403
    for name in ROUTES:
        address = reverse(f"people:{name}", args=[other.pk])
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.post(reverse("people:revoke", args=[other.pk, 1])).status_code == 403
    assert client.get(reverse("access_log")).status_code == 403


@pytest.mark.parametrize("name", ROUTES)
def test_an_account_that_is_not_there(as_administrator, name):
    address = reverse(f"people:{name}", args=[10**6])
    assert as_administrator.post(address, {"reason": "x"}).status_code == 404


def test_services_ask_the_table_of_rights_themselves(editor):
    account, values = MonitorFactory(), {}
    for service in (people.close, people.reopen, people.take_means, people.end_sessions):
        with pytest.raises(PermissionDenied):
            service(account, actor=editor, reason="x")
    with pytest.raises(PermissionDenied):
        people.change(account, actor=editor, values=values, reason="x")


def test_two_administrators_closing_each_other_leave_one(administrator):
    other = AdministratorFactory()
    people.close(other, actor=administrator, reason="x")
    with pytest.raises((PermissionDenied, ValidationError)):
        people.close(administrator, actor=User.objects.get(pk=other.pk), reason="x")


def test_the_name_for_signing_in_is_shown_to_nobody_else(reference):
    with_alias, without = UserFactory(alias="Observer"), UserFactory(alias="")
    assert str(with_alias) == "Observer"
    assert without.username not in str(without)
    assert str(without.pk) in str(without)
    assert not allowed(with_alias, "account.manage")


@pytest.mark.slow
def test_a_name_is_not_in_what_others_read(signed_in, editor):
    card = make_card("submitted", monitor=MonitorFactory(username="secretname", alias=""))
    client = signed_in(editor)
    for address in (
        card.get_absolute_url(),
        reverse("cards:queue"),
        reverse("cards:history", args=[card.uuid]),
    ):
        assert "secretname" not in client.get(address).content.decode()


@pytest.mark.parametrize("number", [5, 40])
def test_the_list_of_people_takes_as_many_queries_for_5_as_for_40(as_administrator, number):
    for _person in range(number):
        MonitorFactory()
    with CaptureQueriesContext(connection) as queries:
        page = as_administrator.get(reverse("people:list"))
    assert len(page.context["page"].people) == number + 1
    assert len(queries) <= 5


@pytest.mark.slow
def test_pages_of_people_hold_everybody_once(as_administrator, administrator):
    for number in range(2 * people.PAGE):
        UserFactory(username=f"a+b {number}@example.org")
    seen, address = [], ""
    while True:
        page = as_administrator.get(reverse("people:list") + address).context["page"]
        seen += page.people
        if not page.next_url:
            break
        address = page.next_url
    assert seen == list(User.objects.order_by("username"))
    back = as_administrator.get(reverse("people:list") + page.previous_url).context["page"]
    assert back.people == seen[people.PAGE : 2 * people.PAGE]
