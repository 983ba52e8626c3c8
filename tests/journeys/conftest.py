"""A real browser against a real server with the data of 2018."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import gate
from tests.browser import launch

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PASSWORD = "a long word for journeys"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django must not take its calls for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, live_server, settings):
    """The site as ``prepare`` leaves it, with the 32 cards of 2018; gives its address.

    When the test is over nothing may be under way while the tables are emptied: see tests/gate.py.
    """
    from django.core.management import call_command

    from cards.field import shell
    from monitoring import demo

    # What an earlier journey made of the field page, with settings of its own.
    shell.forget()
    settings.ALLOWED_HOSTS = ["*"]
    # The second factor has journeys of its own (test_accounts.py).
    settings.SECOND_FACTOR_REQUIRED = False
    call_command("prepare", verbosity=0)
    demo._cards()
    gate.let_in()
    yield live_server.url
    gate.shut()


@pytest.fixture
def person(site):
    """``person(role, regions=…)``: an account that can sign in."""
    from monitoring.accounts.models import User

    def make(role: str, regions: list[str] | None = None, name: str = "") -> User:
        user = User.objects.create_user(
            name or role, password=PASSWORD, role=role, all_regions=regions is None
        )
        user.regions.set(regions or [])
        return user

    return make


def watched(page: Page, site: str) -> Page:
    """The page, whose ``foreign`` requests and ``broken`` scripts are noted."""
    page.foreign, page.broken = [], []

    def note(request) -> None:
        if not request.url.startswith((site, "data:", "blob:")):
            page.foreign.append(request.url)

    page.on("request", note)
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    return page


@pytest.fixture
def visit(browser, site):
    """``visit(user, viewport)``: a page of that person's own browser; foreign requests fail."""
    contexts = []

    def open_page(user, viewport=DESK, **options) -> Page:
        context = browser.new_context(viewport=viewport, locale="ru-RU", base_url=site, **options)
        contexts.append(context)
        page = context.new_page()
        watched(page, site)
        page.goto("/sign-in/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
