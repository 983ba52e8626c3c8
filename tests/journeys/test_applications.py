"""An application refused: recorded on a phone, looked at by an editor, a row in the annex."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_the_phone_to_the_annex(person, visit):
    from cards.models import PermitApplication

    monitor, editor = person("monitor", ["KZ-75"]), person("editor")
    phone = visit(monitor, PHONE)
    phone.goto("/cards/applications/new/")
    ground = phone.locator("[data-field=ground]")
    expect(ground).to_be_hidden()
    phone.fill("[name=applied_on]", "2018-11-02")
    phone.select_option("[name=city]", "almaty")
    phone.locator('label.pill:has([name="decision"][value="refused"])').click()
    expect(ground).to_be_visible()
    phone.fill("[name=answered_on]", "2018-11-01")
    phone.fill("[name=ground]", "Сквер занят")
    phone.click("main form button.btn-primary")
    # The answer cannot be older than the application; what was typed is still there.
    expect(phone.locator("[data-error-summary]")).to_be_focused()
    expect(phone.locator("[name=ground]")).to_have_value("Сквер занят")
    phone.fill("[name=answered_on]", "2018-11-12")
    phone.click("main form button.btn-primary")
    expect(phone.locator("main")).to_contain_text("Сквер занят")
    application = PermitApplication.objects.get()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    desk = visit(editor, DESK)
    desk.goto("/cards/applications/?review=pending")
    desk.click(".stack-table__link")
    desk.click("[name=decision][value=accept]")
    expect(desk.locator(".badge-state--approved").first).to_be_visible()
    desk.goto("/reports/2018/tables/applications/")
    desk.locator("table a", has_text="1").first.click()
    expect(desk.locator(".stack-table__link")).to_have_count(1)
    assert desk.locator(".stack-table__link").get_attribute("href") == (
        application.get_absolute_url()
    )
    assert phone.foreign == desk.foreign == []
