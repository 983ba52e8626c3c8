"""Devices of an account: listed, forgotten by their owner, or by an administrator."""

import datetime
import uuid as uuids

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from monitoring.accounts import devices, people
from monitoring.accounts.models import Device
from tests.factories import MonitorFactory

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Android 14; Mobile) Firefox/130.0"


def recorded(account) -> list:
    """The entries of the account's history that tell of devices."""
    return [row for row in account.events.order_by("id") if "devices" in row.changes]


@pytest.fixture
def phone(monitor):
    return devices.known(monitor, uuids.uuid4(), PHONE)


def test_a_device_is_called_by_what_it_is_and_its_visit_is_noted_once_a_minute(monitor, phone):
    assert phone.label == "Firefox · Android"
    elsewhere = devices.known(monitor, uuids.uuid4(), PHONE)
    past = timezone.now() - datetime.timedelta(hours=1)
    Device.objects.update(seen_at=past)
    devices.known(monitor, phone.uuid, "another browser")
    phone.refresh_from_db()
    assert phone.seen_at > past
    assert phone.label == "Firefox · Android"
    seen = phone.seen_at
    devices.known(monitor, phone.uuid, PHONE)
    phone.refresh_from_db()
    assert phone.seen_at == seen
    elsewhere.refresh_from_db()
    assert elsewhere.seen_at == past


def test_the_account_page_lists_them_and_says_what_forgetting_costs(signed_in, monitor, phone):
    client = signed_in(monitor)
    text = client.get(reverse("account:index")).content.decode()
    assert "Firefox · Android" in text
    assert "that have not reached the site are lost for good" in text
    assert "can still be sent" in text
    place = reverse("account:device_forget", args=[phone.pk])
    assert f'action="{place}"' in text
    page = client.post(place, follow=True).content.decode()
    assert "The device has been forgotten." in page
    assert place not in page
    phone.refresh_from_db()
    assert (phone.key, phone.forgotten_at is None) == ("", False)
    (row,) = recorded(monitor)
    assert row.changes == {"devices": ["1", "0"]}
    client.post(place)
    assert len(recorded(monitor)) == 1


def test_nothing_of_devices_is_shown_where_there_is_none(signed_in, monitor):
    text = signed_in(monitor).get(reverse("account:index")).content.decode()
    assert "without a connection" not in text


def test_another_persons_device_stays(signed_in, phone):
    stranger = signed_in(MonitorFactory())
    stranger.post(reverse("account:device_forget", args=[phone.pk]))
    phone.refresh_from_db()
    assert phone.key


def test_an_administrator_forgets_all_devices_with_the_sessions(signed_in, administrator, phone):
    account, client = phone.account, signed_in(administrator)
    page = client.get(reverse("people:person", args=[account.pk])).content.decode()
    assert "Firefox · Android" in page
    # Nobody is signed in, and the phone is in other hands.
    place = reverse("people:end_sessions", args=[account.pk])
    assert f'action="{place}"' in page
    client.post(place, {"reason": "Seized"})
    phone.refresh_from_db()
    assert phone.key
    client.post(place, {"reason": "Seized", "forget_devices": "on"})
    phone.refresh_from_db()
    assert phone.key == ""
    (row,) = recorded(account)
    assert (row.reason, row.actor) == ("Seized", administrator)
    told = client.get(reverse("account_history", args=[account.pk])).content.decode()
    assert "evices" in told
    with pytest.raises(devices.Forgotten):
        devices.known(account, phone.uuid, PHONE)


def test_a_new_password_and_a_closed_account_keep_the_keys(administrator, monitor, phone):
    key = phone.key
    people.change_password(monitor, "a slow walk along the river")
    people.close(monitor, actor=administrator, reason="On leave")
    people.reopen(monitor, actor=administrator, reason="Back")
    assert devices.known(monitor, phone.uuid, PHONE).key == key


def test_the_database_keeps_no_key_of_a_forgotten_device(phone):
    for wrong in ({"key": ""}, {"forgotten_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Device.objects.filter(pk=phone.pk).update(**wrong)


def test_accounts_are_known_by_handles_of_their_own(monitor, editor):
    assert monitor.handle != editor.handle
    assert str(monitor.pk) != monitor.handle.hex
