"""A phone is lost: its owner forgets it, or an administrator does; read by axe on the way."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from monitoring.accounts import devices
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
AGENT = "Mozilla/5.0 (Android 14; Mobile) Firefox/130.0"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_owner_forgets_a_device(person, visit, viewport, tmp_path):
    monitor = person("monitor")
    for _turn in range(2):
        devices.known(monitor, uuid.uuid4(), AGENT)
    page = visit(monitor, viewport)
    page.goto("/account/")
    # The browser that looks may have made itself known as well.
    rows = page.locator("section[aria-labelledby=devices] .rows__row", has_text="Firefox")
    expect(rows).to_have_count(2)
    rows.first.locator("summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / "devices.png", full_page=True)
    rows.first.locator("form button").click()
    expect(rows).to_have_count(1)
    assert len([row for row in devices.devices_of(monitor) if "Firefox" in row.label]) == 1


def test_an_administrator_forgets_them_with_the_sessions(person, visit, tmp_path):
    monitor = person("monitor")
    devices.known(monitor, uuid.uuid4(), AGENT)
    page = visit(person("administrator"), PHONE)
    page.goto(f"/settings/people/{monitor.pk}/")
    form = page.locator(f"form[action='/settings/people/{monitor.pk}/sessions/end/']")
    page.locator("section[aria-labelledby=where] summary").click()
    assert violations(page) == []
    page.screenshot(path=tmp_path / "person.png", full_page=True)
    form.locator("[name=reason]").fill("The phone was taken")
    form.locator("[name=forget_devices]").check()
    form.locator("button").click()
    expect(page.locator("section[aria-labelledby=where] .rows__what")).to_have_count(0)
    assert devices.devices_of(monitor) == []
