"""``prepare`` brings a bare database to where the site works; the second time nothing moves."""

import io
import os
import sqlite3
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from cards.models import Card, City, Period, Place
from monitoring.accounts.models import User
from reports.models import PublishedValue


def run() -> str:
    out = io.StringIO()
    call_command("prepare", stdout=out, stderr=out)
    return out.getvalue()


def everything() -> dict[str, list[dict]]:
    """Every row of every table of the product; not the record of what was done on the server."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "operations"
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_prepare_loads_reference_data_and_published_series_and_makes_no_cards_and_no_people():
    run()
    assert (City.objects.count(), Place.objects.count()) == (89, 19)
    codes = list(Period.objects.values_list("code", flat=True))
    assert codes[:4] == ["2010", "2011-2012", "2012-2013", "2014"]
    assert "2018" in codes
    assert PublishedValue.objects.count() == 583
    assert Card.objects.count() == User.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_printed_names_of_periods_are_resolved():
    run()
    found = PublishedValue.objects.values_list("table", "period_label", "period")
    other = {(table, label, code) for table, label, code in found if label != code}
    assert other == {
        ("10", "2011 (sic; 2010)", "2010"),
        ("15", "2012", "2011-2012"),
        ("15", "2013", "2012-2013"),
        ("9", "text", None),
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_a_second_run_changes_nothing():
    run()
    before = everything()
    out = run()
    assert everything() == before
    assert "updated 1" not in out


@pytest.mark.slow
@pytest.mark.django_db
def test_what_people_changed_stays():
    run()
    Period.objects.filter(code="2017").update(basis="cards")
    City.objects.filter(code="zhem").update(active=False)
    before = everything()
    run()
    assert everything() == before


@pytest.mark.slow
def test_from_a_database_that_does_not_exist_yet(tmp_path):
    path = tmp_path / "new.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "monitoring.settings",
        "DATABASE_URL": f"sqlite:///{path}",
        "DATA_DIR": str(tmp_path),
    }
    for _time in range(2):
        done = subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        with sqlite3.connect(path) as database:
            count = database.execute("SELECT count(*) FROM cards_city").fetchone()
        assert count == (89,)
