"""An analyst lets a program read: a token issued, used, revoked; the documented example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def ask(site: str, path: str, token: str) -> tuple[int, dict]:
    """Status and JSON of an answer, as a program without any library gets it."""
    request = Request(f"{site}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_token_is_issued_used_and_revoked(site, person, visit, viewport):
    from monitoring.accounts.models import AccessEntry

    page = visit(person("analyst"), viewport)
    page.goto("/account/")
    page.click('main a[href="/account/tokens/"]')
    page.fill("[name=name]", "Notebook of the yearly report")
    page.fill("[name=purpose]", "short")
    page.check("[name=scopes][value=cards]")
    page.select_option("[name=days]", "30")
    page.locator("main form.panel button").click()
    # The purpose is too short: said at the field, and what was typed is still there.
    expect(page.locator(".field--error")).to_have_count(1)
    expect(page.locator("[name=name]")).to_have_value("Notebook of the yearly report")
    page.fill("[name=purpose]", "Figures and cards for the yearly report")
    page.locator("main form.panel button").click()
    token = page.inner_text("#token").strip()
    assert token.startswith("zhn_")

    status, values = ask(site, "values/?period=2018&table=14", token)
    assert status == 200
    assert values["results"]
    status, cards = ask(site, "cards/?limit=5", token)
    assert (status, len(cards["results"])) == (200, 5)
    entry = AccessEntry.objects.filter(action="cards_fetched").get()
    assert entry.purpose == "Figures and cards for the yearly report"

    page.goto("/account/tokens/")
    assert token not in page.content()
    page.locator("main .rows form button").click()
    expect(page.locator("main")).to_contain_text(token[:10])
    status, problem = ask(site, "values/", token)
    assert (status, problem["status"]) == (401, 401)
    assert page.foreign == []
    assert page.broken == []


def test_a_sign_in_that_is_not_fresh_is_confirmed_and_nothing_typed_is_lost(
    site, person, visit, settings
):
    page = visit(person("analyst"))
    page.goto("/account/tokens/")
    page.fill("[name=name]", "Notebook")
    page.fill("[name=purpose]", "Figures for the yearly report")
    settings.FRESH_SIGN_IN_AGE = -1
    page.locator("main form.panel button").click()
    page.wait_for_selector("[name=password]")
    settings.FRESH_SIGN_IN_AGE = 600
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.locator("main form button").click()
    page.wait_for_selector("#token")
    assert page.inner_text("#token").startswith("zhn_")


@pytest.mark.parametrize("language", ["python"])
def test_the_documented_example_runs_as_it_stands(site, person, language):
    from monitoring.accounts import tokens
    from monitoring.api import examples

    _token, text = tokens.issue(
        person("analyst"), name="example", purpose="The documentation", scopes=["values"]
    )
    environment = {**os.environ, "ZHINALYS_SITE": site, "ZHINALYS_TOKEN": text}
    done = subprocess.run(
        [sys.executable, "-c", examples.both()[language]],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert printed[0].split() == ["row_label", "column_label", "value", "n", "unknown"]
    assert any(line.strip().startswith("Almaty") for line in printed)
