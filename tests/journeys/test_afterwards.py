"""Weeks after the assembly, on a phone: from the reminder at the top of one's cards to the saved
outcome, by taps; and without a script the same."""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TAKEN = {"detained": 3, "police_actions": ("detained",), "in_the_name_of_the_law": "no"}


def card_with_people(monitor, **changes):
    """An approved card with three people detained: one decided on, one before the court."""
    from tests.factories import add_outcome, make_card

    card = make_card("approved", monitor=monitor, **TAKEN | changes)
    add_outcome(card, author=monitor, case_code="A-01", article="koap_434")
    pending = {"outcome": "pending", "fine_mci": None, "decided_on": None}
    add_outcome(card, author=monitor, case_code="A-02", review="pending", **pending)
    return card


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def tap(page: Page, name: str, value: str) -> None:
    page.locator(f'label.pill:has([name="{name}"][value="{value}"])').click()


def test_from_the_reminder_to_the_saved_outcome(person, visit):
    from cards.models import CaseUpdate, CourtCase, Reminder

    monitor = person("monitor", ["KZ-75"])
    card = card_with_people(monitor)
    phone = visit(monitor, PHONE)
    phone.goto("/cards/")
    reminder = phone.locator("#followups .asked__card")
    expect(reminder).to_have_count(1)
    fits(phone)
    # Nobody asks of the person who was decided on.
    expect(reminder.locator(".person strong")).to_have_text(["A-02", "A-03"])
    reminder.locator(".person", has_text="A-02").click()
    expect(phone.locator("[name=case_code]")).to_have_value("A-02")
    expect(phone.locator('.person[aria-current="true"] strong')).to_have_text("A-02")
    # The rest is folded away, and what nobody knows is answered as not known.
    expect(phone.locator("[name=court]")).to_be_hidden()
    expect(phone.locator('[name=article][value="koap_488"]')).to_be_checked()
    phone.locator("[data-fill=today]").click()
    tap(phone, "outcome", "arrest")
    expect(phone.locator("[data-field=fine_mci]")).to_be_hidden()
    phone.fill("[name=arrest_days]", "16")
    phone.click("button[value=add]")
    # Article 488 allows fifteen days at most; what was tapped is still there.
    expect(phone.locator("[data-error-summary]")).to_be_focused()
    expect(phone.locator('[name=outcome][value="arrest"]')).to_be_checked()
    phone.fill("[name=arrest_days]", "15")
    phone.click("button[value=add]")
    phone.wait_for_url("**/#outcomes")
    expect(phone.locator("#outcomes .case")).to_have_count(2)
    fits(phone)
    assert CourtCase.objects.filter(card=card).count() == 2
    latest = CaseUpdate.objects.latest("pk")
    assert (latest.case.case_code, latest.outcome, latest.arrest_days) == ("A-02", "arrest", 15)
    assert (latest.appeal, latest.observed_by_monitor, latest.court) == ("unknown", "unknown", "")

    # Another person by a tap, keeping what was typed; then the third one shall wait.
    phone.goto(f"{card.get_absolute_url()}outcomes/add/")
    phone.fill("[name=decided_on]", "2018-06-11")
    phone.locator(".person", has_text="A-01").click()
    expect(phone.locator("[name=case_code]")).to_have_value("A-01")
    expect(phone.locator("[name=decided_on]")).to_have_value("2018-06-11")
    expect(phone.locator('[name=article][value="koap_434"]')).to_be_checked()
    phone.goto("/cards/")
    phone.locator("#followups .asked__card .waiting__more summary").click()
    phone.locator("#followups button[name=days][value='7']").click()
    phone.wait_for_url("**/cards/#followups")
    expect(phone.locator("#followups-title .count")).to_have_count(0)
    assert Reminder.objects.get().on > datetime.date.today()
    fits(phone)
    assert phone.foreign == phone.broken == []


def test_the_same_without_a_script(person, visit):
    from cards.models import CaseUpdate

    monitor = person("monitor", ["KZ-75"])
    card = card_with_people(monitor)
    page = visit(monitor, DESK, java_script_enabled=False)
    page.goto(f"{card.get_absolute_url()}outcomes/add/?case=A-03")
    page.locator(".person", has_text="A-02").click()
    page.wait_for_url("**case=A-02")
    expect(page.locator("[name=case_code]")).to_have_value("A-02")
    page.fill("[name=decided_on]", "2018-06-11")
    tap(page, "outcome", "terminated")
    page.click("button[value=add]")
    page.wait_for_url("**/#outcomes")
    latest = CaseUpdate.objects.latest("pk")
    assert (latest.case.case_code, latest.outcome) == ("A-02", "terminated")
