"""A large file on a phone: checked and loaded in the background, on a page that may be left."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.files import card_row, csv_of
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def without_a_worker(settings, tmp_path):
    """The site does the work itself, in the background, as it does where nobody set up anything."""
    from monitoring.jobs import embedded
    from monitoring.jobs.progress import STOPPING

    settings.JOBS, settings.JOBS_DIR = "auto", tmp_path / "jobs"
    settings.MEDIA_ROOT = tmp_path / "media"
    STOPPING.clear()
    yield
    settings.JOBS = "immediate"
    embedded.leave()
    embedded._thread = None
    STOPPING.clear()


@pytest.fixture
def disk(monkeypatch):
    """Reading the chosen file waits until the test says that the disk is ready, or not for ever."""
    from cards.files.pending import Pending

    ready, read = threading.Event(), Pending.contents

    def contents(self):
        ready.wait(120)
        return read(self)

    monkeypatch.setattr(Pending, "contents", contents)
    yield ready
    ready.set()


def test_a_file_is_checked_and_loaded_while_one_does_something_else(
    person, visit, without_a_worker, disk
):
    from cards.models import Card

    rows = [card_row(f"J-{n}", place="Square " + "x" * 200) for n in range(600)]
    file = {"name": "cards.csv", "mimeType": "text/csv", "buffer": csv_of(*rows)}
    before = Card.objects.count()
    phone = visit(person("editor"), PHONE)
    phone.goto("/cards/import/")
    phone.set_input_files("[name=cards]", files=[file])
    phone.click("main form button.btn-primary")
    phone.wait_for_url("**/jobs/**")
    expect(phone.locator("progress")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("cards.csv")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # A reload changes nothing; on another page a note leads back.
    phone.reload()
    expect(phone.locator("[data-part=step]")).not_to_be_empty()
    phone.goto("/cards/")
    phone.click(".under-way a")
    phone.click(".stack-table a")
    phone.wait_for_url("**/jobs/*/")
    disk.set()
    phone.wait_for_url("**/cards/import/*/", timeout=60_000)
    expect(phone.locator("main")).to_contain_text("600")
    assert Card.objects.count() == before

    phone.locator("form[action$='/load/'] button").click()
    phone.wait_for_url("**/jobs/**")
    phone.wait_for_url("**/cards/import/", timeout=120_000)
    expect(phone.locator(".messages")).to_contain_text("600")
    assert Card.objects.count() == before + 600
    assert (phone.foreign, phone.broken) == ([], [])


def test_cancelled_on_the_page_nothing_is_loaded(person, visit, without_a_worker, disk):
    from cards.models import Card
    from monitoring.jobs.models import Job

    rows = [card_row(f"J-{n}", place="Square " + "x" * 200) for n in range(600)]
    file = {"name": "cards.csv", "mimeType": "text/csv", "buffer": csv_of(*rows)}
    before = Card.objects.count()
    desk = visit(person("editor"), DESK)
    desk.goto("/cards/import/")
    desk.set_input_files("[name=cards]", files=[file])
    desk.click("main form button.btn-primary")
    desk.locator("form[action$='/cancel/'] button").click()
    expect(desk.locator("form[action$='/cancel/']")).to_have_count(0)
    disk.set()
    expect(desk.locator(".notice--warning")).to_be_visible(timeout=60_000)
    assert Job.objects.get().state == "cancelled"
    assert Card.objects.count() == before
