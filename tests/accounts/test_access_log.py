"""The access log: who looked at or took away what, apart from the history, purgeable."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cards.models import Event
from monitoring.accounts import access_log
from monitoring.accounts.models import AccessEntry, Action
from tests.factories import MonitorFactory, make_card

pytestmark = pytest.mark.django_db


def entries() -> list[tuple]:
    rows = AccessEntry.objects.order_by("pk")
    return [(row.action, row.user_id, row.subject) for row in rows]


@pytest.mark.slow
def test_reading_a_card_is_noted_once_an_hour_and_ones_own_never(signed_in, editor, other_editor):
    card = make_card("submitted", monitor=MonitorFactory())
    changes = Event.objects.count()
    for reader in (card.monitor, editor, editor, other_editor):
        assert signed_in(reader).get(card.get_absolute_url()).status_code == 200
    signed_in(editor).get(reverse("cards:history", args=[card.uuid]))
    assert entries() == [
        ("card_viewed", editor.pk, card.number),
        ("card_viewed", other_editor.pk, card.number),
        ("history_viewed", editor.pk, card.number),
    ]
    assert Event.objects.count() == changes
    AccessEntry.objects.update(at=timezone.now() - datetime.timedelta(minutes=61))
    signed_in(editor).get(card.get_absolute_url())
    assert len(entries()) == 4


def test_a_card_out_of_reach_leaves_no_entry(signed_in):
    card = make_card("submitted")
    assert signed_in(MonitorFactory()).get(card.get_absolute_url()).status_code == 404
    assert entries() == []


def test_an_export_is_noted_with_purpose_filter_and_number(signed_in, analyst):
    make_card("approved", form="picket")
    make_card("approved")
    address = reverse("cards:export") + "?form=picket"
    typed = {"purpose": "  For the yearbook  ", "format": "csv"}
    for _time in range(2):
        signed_in(analyst).post(address, typed)
    assert AccessEntry.objects.count() == 2
    entry = AccessEntry.objects.first()
    assert (entry.action, entry.user, entry.purpose) == (
        "cards_exported",
        analyst,
        "For the yearbook",
    )
    assert entry.details == {"format": "csv", "filter": "form=picket", "rows": 1}


def test_nothing_but_these_is_kept_of_anybody():
    names = {field.name for field in AccessEntry._meta.get_fields()}
    assert names == {"id", "user", "at", "action", "subject", "purpose", "details"}


def test_the_database_knows_the_actions(monitor):
    with pytest.raises(IntegrityError):
        AccessEntry.objects.create(user=monitor, action="dreamt_of")


def test_old_entries_are_deleted_by_the_command_alone(monitor, settings):
    for days in (10, 100, 400):
        entry = AccessEntry.objects.create(user=monitor, action=Action.CARD_VIEWED)
        AccessEntry.objects.filter(pk=entry.pk).update(
            at=timezone.now() - datetime.timedelta(days=days)
        )
    out = io.StringIO()
    call_command("purge_access_log", stdout=out)
    assert (out.getvalue(), AccessEntry.objects.count()) == ("1 entries deleted\n", 2)
    call_command("purge_access_log", older_than=30, stdout=out)
    assert AccessEntry.objects.count() == 1
    settings.ACCESS_LOG_DAYS = 5
    call_command("purge_access_log", stdout=out)
    assert AccessEntry.objects.count() == 0
    with pytest.raises(CommandError):
        call_command("purge_access_log", older_than=-1)


def test_administrators_read_it_without_a_link_to_a_card(as_administrator, administrator, editor):
    card = make_card("submitted")
    access_log.note(editor, Action.CARD_VIEWED, card.number, file="a")
    text = as_administrator.get(reverse("access_log")).content.decode()
    assert card.number in text
    assert editor.alias in text
    assert editor.username not in text.replace(editor.alias, "")
    assert str(card.uuid) not in text
    assert entries()[-1] == ("log_viewed", administrator.pk, "")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 4),
        ({"action": "cards_exported"}, 1),
        ({"person": "editor"}, 3),
        ({"day": "2026-01-02"}, 1),
        ({"day": "2026-01-02", "person": "editor", "action": "card_viewed"}, 1),
        ({"day": "2026-01-03"}, 0),
        ({"day": "tomorrow"}, 4),
        ({"person": "nobody", "action": "dreamt_of"}, 4),
        ({"after": "x"}, 4),
    ],
)
def test_entries_are_chosen(as_administrator, editor, monitor, query, found):
    for user, action in (
        (editor, "card_viewed"),
        (editor, "cards_exported"),
        (editor, "card_viewed"),
        (monitor, "card_viewed"),
    ):
        AccessEntry.objects.create(
            user=user, action=action, subject=str(AccessEntry.objects.count())
        )
    day = datetime.datetime(2026, 1, 2, 23, 30, tzinfo=timezone.get_default_timezone())
    AccessEntry.objects.filter(subject="0").update(at=day)
    if query.get("person") == "editor":
        query = {**query, "person": editor.pk}
    page = as_administrator.get(reverse("access_log"), query).context["page"]
    assert len(page.entries) == found


def test_pages_of_the_log_hold_every_entry_once(as_administrator, monitor):
    AccessEntry.objects.bulk_create(
        AccessEntry(user=monitor, action="card_viewed", subject=str(number))
        for number in range(2 * access_log.PAGE + 7)
    )
    address, seen, first = reverse("access_log") + "?action=card_viewed", [], None
    query = ""
    while True:
        page = as_administrator.get(query and reverse("access_log") + query or address).context[
            "page"
        ]
        first = first or page
        seen += page.entries
        if not page.next_url:
            break
        query = page.next_url
    assert [int(entry.subject) for entry in seen] == list(range(2 * access_log.PAGE + 6, -1, -1))
    back = as_administrator.get(reverse("access_log") + page.previous_url).context["page"]
    assert back.entries == seen[access_log.PAGE : 2 * access_log.PAGE]
    assert first.previous_url == ""


@pytest.mark.parametrize("number", [5, 45])
def test_the_log_takes_as_many_queries_for_5_entries_as_for_45(as_administrator, number):
    for _entry in range(number):
        AccessEntry.objects.create(user=MonitorFactory(), action="card_viewed")
    as_administrator.get(reverse("access_log"))
    with CaptureQueriesContext(connection) as queries:
        page = as_administrator.get(reverse("access_log"))
    assert len(page.context["page"].entries) == number + 1
    assert len(queries) <= 6


def test_details_are_plain_values(monitor):
    access_log.note(monitor, Action.REPORT_DOWNLOADED, "2018", file="pdf-ru")
    assert json.dumps(AccessEntry.objects.get().details) == '{"file": "pdf-ru"}'
