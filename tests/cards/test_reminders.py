"""Remind me later: which days may be chosen, by whom, and what a reminder leaves alone."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cards import reminders
from cards.models import Reminder
from reports.models import Fact
from tests.factories import MonitorFactory, make_card

pytestmark = pytest.mark.django_db
TAKEN = {"detained": 3, "police_actions": ("detained",), "in_the_name_of_the_law": "no"}


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def remind(client, card, **data):
    return client.post(reverse("cards:remind", args=[card.uuid]), data, follow=True)


@pytest.fixture
def card(monitor):
    return make_card("approved", monitor=monitor, **TAKEN)


def test_without_a_choice_it_is_two_weeks_after_the_assembly(card):
    assert reminders.day_of(card, None) == datetime.date(2018, 5, 24)
    assert reminders.day_of(card, in_days(3)) == in_days(3)
    card.date = None
    assert reminders.day_of(card, None) is None


@pytest.mark.parametrize(
    ("data", "days"),
    [({"days": "7"}, 7), ({"days": "30"}, 30), ({"on": 90}, 90), ({"days": "7", "on": 90}, 7)],
)
def test_a_span_or_a_day_is_chosen(signed_in, card, data, days):
    if "on" in data:
        data = {**data, "on": in_days(data["on"]).isoformat()}
    page = remind(signed_in(card.monitor), card, **data)
    assert page.redirect_chain == [(reverse("cards:list") + "#followups", 302)]
    assert "You will be reminded of" in page.content.decode()
    reminder = Reminder.objects.get()
    assert (reminder.card, reminder.user, reminder.on) == (card, card.monitor, in_days(days))
    assert [item.due for item in page.context["waiting"].followups] == [False]


@pytest.mark.slow
def test_a_later_choice_replaces_the_earlier_one(signed_in, card):
    client = signed_in(card.monitor)
    for days in ("7", "30"):
        remind(client, card, days=days)
    assert Reminder.objects.get().on == in_days(30)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(card=card, user=card.monitor, on=in_days(1))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a day."),
        ({"days": "8"}, "Select a valid choice"),
        ({"on": "some day"}, "Enter a valid date"),
        ({"on": 0}, "Choose a day to come."),
        ({"on": -3}, "Choose a day to come."),
        ({"on": 400}, "Choose a day within a year."),
    ],
)
def test_what_is_no_day_to_come_is_told(signed_in, card, data, said):
    if isinstance(data.get("on"), int):
        data = {"on": in_days(data["on"]).isoformat()}
    assert said in remind(signed_in(card.monitor), card, **data).content.decode()
    assert not Reminder.objects.exists()


def test_a_reminder_is_no_answer_of_the_card(signed_in, card):
    version, entries = card.version, card.events.count()
    facts = list(Fact.objects.order_by("pk").values())
    remind(signed_in(card.monitor), card, days="7")
    card.refresh_from_db()
    assert (card.version, card.amended_at, card.events.count()) == (version, None, entries)
    assert list(Fact.objects.order_by("pk").values()) == facts


def test_nobody_is_reminded_of_a_card_that_is_not_theirs(signed_in, card, editor):
    assert remind(signed_in(editor), card, days="7").status_code == 403
    assert remind(signed_in(MonitorFactory()), card, days="7").status_code == 404
    with pytest.raises(ValidationError):
        reminders.remind(card, user=card.monitor, on=in_days(0))
