"""A worker knows every address from the beginning, and loads what is behind one when asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from monitoring import later

ROOT = Path(__file__).resolve().parent.parent
#: Reverses an address of every room, then says what was loaded for it.
WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.urls import reverse
for name in ("home", "sign_in", "cards:all", "reports:index", "public:index", "field:state",
             "account:index", "api:page"):
    reverse(name, **({"args": ()}))
from django.template.loader import get_template
get_template("base.html")
print(*sorted(name for name in sys.modules if name.partition(".")[0] in
              ("cards", "reports", "monitoring")))
"""


@pytest.mark.slow
def test_a_worker_starts_without_what_its_first_page_does_not_need():
    found = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=os.environ, capture_output=True, text=True,
        check=True,
    ).stdout.split()  # fmt: skip
    loaded = [
        name
        for name in found
        if ".views" in name
        or name.startswith(("reports.render", "reports.facts", "reports.types"))
        or name in ("cards.files.previews", "cards.filters", "cards.reading", "reports.source")
    ]
    assert loaded == []
    assert "cards.models.card" in found


def test_a_view_that_is_loaded_later_answers_and_tells_its_marks(client, db):
    view = later.views("monitoring.views").healthz
    assert view.login_required is False
    assert view.__name__ == "healthz"
    assert not hasattr(view, "view_class")
    assert client.get(reverse("healthz")).content == b"ok\n"


def test_every_address_leads_to_a_view_that_can_be_loaded():
    def walk(patterns):
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns)
            elif isinstance(each, URLPattern):
                yield each

    views = list(later.load())
    assert len(views) == len(list(walk(get_resolver().url_patterns))) > 150
    assert all(callable(view) and not isinstance(view, later.View) for view in views)
    assert later.check(None) == []


class _Misspelt:
    urlpatterns = [path("", later.views("monitoring.views").nowhere, name="nowhere")]


class _Missing:
    urlpatterns = [path("", later.views("monitoring.no_views").home, name="nowhere")]


@pytest.mark.parametrize("broken", [_Misspelt, _Missing])
def test_a_view_that_is_not_there_is_told_before_anybody_asks_for_it(broken):
    with override_settings(ROOT_URLCONF=broken):
        found = checks.run_checks(tags=[checks.Tags.urls])
    assert [error.id for error in found] == ["monitoring.E002"]
