"""Figures of the running site: for whoever has the token, and nobody's data among them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.conf import settings as site_settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cards.vocabularies import Status
from monitoring.operations import counting, gauges
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded
from tests.accounts.means import reader, sign_in
from tests.factories import EditorFactory, MonitorFactory, make_card

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-tests"
LINE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)")
#: Labels of counters and histograms, of gauges, and of a gauge that cannot be read.
LABELS = {"route", "method", "status", "le", "kind", "gauge", *gauges.LABELS}


@pytest.fixture
def scraped(client, settings):
    """``scraped()``: what Prometheus would read now, series -> value."""
    settings.METRICS_TOKEN = TOKEN
    counting._meters.cache_clear()
    gauges._read.clear()

    def read() -> dict[str, float]:
        gauges._read.clear()
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        assert answer["Cache-Control"] == "private, no-store"
        lines = answer.content.decode().splitlines()
        found = [LINE.fullmatch(line) for line in lines if not line.startswith("#")]
        return {
            found["name"] + (f"{{{found['labels']}}}" if found["labels"] else ""): float(
                found["value"]
            )
            for found in found
        }

    yield read
    counting._meters.cache_clear()
    gauges._read.clear()


def test_without_a_token_there_is_no_such_address(client, settings):
    assert settings.METRICS_TOKEN == ""
    for authorization in ("", "Bearer ", "Bearer x"):
        answer = client.get("/metrics", headers={"Authorization": authorization})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ё"],
)
def test_another_token_opens_nothing(client, settings, authorization, administrator):
    settings.METRICS_TOKEN = TOKEN
    client.force_login(administrator)
    answer = client.get("/metrics", headers={"Authorization": authorization})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_it_is_refused_in_the_clear_where_the_site_speaks_https(client, settings):
    settings.METRICS_TOKEN, settings.HTTPS = TOKEN, True
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers=headers).status_code == 403
    assert client.get("/metrics", headers=headers, secure=True).status_code == 200


def test_nothing_is_counted_while_nobody_may_ask(client, monkeypatch):
    monkeypatch.setattr(counting, "_meters", None)  # whoever called it would break
    assert client.get("/healthz").status_code == 200


@pytest.mark.slow
def test_requests_are_counted_by_name_of_address_method_and_kind_of_answer(
    scraped, signed_in, editor
):
    card = make_card("submitted")
    scraped()
    page = signed_in(editor)
    for _each in range(3):
        page.get(card.get_absolute_url())
    page.get("/nothing/there/")
    page.generic("MADE-UP", "/healthz")
    page.get("/static/css/tokens.css")
    found = scraped()
    assert found['zhinalys_requests_total{method="GET",route="cards:detail",status="2xx"}'] == 3
    assert found['zhinalys_requests_total{method="GET",route="nowhere",status="4xx"}'] == 1
    assert found['zhinalys_requests_total{method="OTHER",route="healthz",status="4xx"}'] == 1
    assert found['zhinalys_request_seconds_count{route="cards:detail"}'] == 3
    assert found['zhinalys_request_seconds_bucket{le="+Inf",route="cards:detail"}'] == 3
    assert 0 < found['zhinalys_request_seconds_sum{route="cards:detail"}'] < 60
    assert any(
        name.startswith('zhinalys_requests_total{method="GET",route="static"') for name in found
    )


def test_wrong_passwords_and_codes_are_counted_and_nothing_else_of_them(scraped, editor):
    before = scraped()["zhinalys_sign_ins_failed_total"]
    client = reader()
    sign_in(client, editor, "wrong")
    client.post(reverse("sign_in"), {"username": "nobody-of-that-name", "password": "wrong"})
    assert scraped()["zhinalys_sign_ins_failed_total"] == before + 2
    sign_in(client, editor)
    client.post(reverse("sign_in_second"), {"code": "000000"})
    found = scraped()
    assert found["zhinalys_sign_ins_failed_total"] == before + 3
    assert [name for name in found if "sign_in" in name and "failed" in name] == [
        "zhinalys_sign_ins_failed_total"
    ]


def test_what_the_database_refuses_is_counted(scraped, client, monkeypatch):
    def twice(*args, **kwargs):
        with transaction.atomic():
            for _each in range(2):
                get_user_model().objects.create(username="twice", alias="twice")

    scraped()
    monkeypatch.setattr("monitoring.views.health.states", twice)
    with pytest.raises(IntegrityError):
        client.get("/readyz")
    assert scraped()['zhinalys_database_errors_total{kind="IntegrityError"}'] == 1


def test_gauges_tell_what_is_so(scraped, reference):
    editor = EditorFactory()
    for status in ("draft", "submitted", "approved", "approved"):
        make_card(status, editor=editor)
    found = scraped()
    assert {status: found[f'zhinalys_cards{{status="{status}"}}'] for status in Status.values} == {
        "draft": 1, "submitted": 1, "returned": 0, "approved": 2, "rejected": 0, "duplicate": 0,
    }  # fmt: skip
    assert 0 < found["zhinalys_review_oldest_seconds"] < 600
    assert found["zhinalys_history_entries"] > 8
    assert found["zhinalys_attachments"] == found["zhinalys_attachments_bytes"] == 0
    assert found["zhinalys_parcels_held"] == 0
    free, size = (
        found[f'zhinalys_disk_{word}_bytes{{folder="data"}}'] for word in ("free", "size")
    )
    assert 0 < free < size
    assert found['zhinalys_ready{check="database"}'] == 1
    if connection.vendor == "postgresql":
        assert found["zhinalys_database_bytes"] > 1_000_000


def test_the_last_operations_are_told_and_what_never_was_is_no_zero(scraped, db):
    assert not any("zhinalys_operation" in name for name in scraped())
    with recorded(Kind.BACKUP):
        pass
    with pytest.raises(OSError, match="full"), recorded(Kind.VERIFY_FACTS):
        raise OSError("full")
    found = scraped()
    assert found['zhinalys_operation_timestamp_seconds{operation="backup",outcome="done"}'] > 1e9
    assert found['zhinalys_operation_failed{operation="backup"}'] == 0
    assert found['zhinalys_operation_failed{operation="verify_facts"}'] == 1
    assert not any('operation="verify_facts",outcome="done"' in name for name in found)


def test_a_gauge_that_cannot_be_read_is_named_and_the_others_stand(scraped, monkeypatch):
    def broken():
        raise RuntimeError("somebody's data")

    monkeypatch.setitem(
        gauges.GAUGES, "zhinalys_broken", gauges.Gauge("zhinalys_broken", "Broken.", broken)
    )
    found = scraped()
    assert found['zhinalys_gauge_failed{gauge="zhinalys_broken"}'] == 1
    assert "zhinalys_history_entries" in found
    assert "zhinalys_broken" not in found


def test_a_gauge_is_read_no_more_often_than_it_says(monkeypatch):
    read = []
    monkeypatch.setattr(gauges, "GAUGES", {})
    gauges.register("zhinalys_x", "X.", lambda: read.append(1) or len(read), seconds=60)
    gauges.register("zhinalys_y", "Y.", lambda: read.append(1) or 7)
    for _each in range(3):
        values = {gauge.name: value for gauge, value, _good in gauges.readings()}
        assert values == {"zhinalys_x": 1, "zhinalys_y": 7}
    assert len(read) == 4


def test_no_figure_is_told_by_person_place_or_card(scraped, monkeypatch, reference):
    """With few people a count by region tells who worked when."""
    for label in ("region", "place", "city", "user", "role", "person", "card", "address"):
        with pytest.raises(ValueError, match=label):
            gauges.register("zhinalys_x", "X.", lambda: 1, labels=(label,))
    make_card("approved", city="almaty")
    told = set()
    for name in scraped():
        told |= set(re.findall(r'(\w+)="', name))
    assert told <= LABELS
    assert {label for gauge in gauges.GAUGES.values() for label in gauge.labels} <= gauges.LABELS


def test_scraping_asks_as_much_with_many_cards_as_with_few(
    scraped, django_assert_max_num_queries, reference
):
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            scraped()
        return len(caught)

    scraped()
    few = asked()
    editor, monitor = EditorFactory(), MonitorFactory(all_regions=True)
    for _each in range(8):
        make_card("submitted", editor=editor, monitor=monitor)
    assert asked() == few < 60


@pytest.mark.slow
def test_a_worker_starts_without_what_counts():
    """Where nobody may ask for figures, the library is not read at all."""
    script = (
        "import sys, django; django.setup()\n"
        "import monitoring.urls\n"
        "from django.conf import settings\n"
        "from django.test import Client\n"
        "settings.ALLOWED_HOSTS = ['*']\n"
        "assert Client().get('/healthz').status_code == 200\n"
        "print('prometheus_client' in sys.modules)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=site_settings.BASE_DIR, capture_output=True, text=True, check=False,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
    )  # fmt: skip
    assert answer.stdout.strip() == "False", answer.stderr


def test_long_work_is_counted_by_state(scraped, editor):
    from monitoring.jobs.models import Job

    Job.objects.create(kind="x", asked_by=editor)
    found = scraped()
    assert {name: found[f'zhinalys_jobs{{state="{name}"}}'] for name in ("waiting", "running")} == {
        "waiting": 1, "running": 0,
    }  # fmt: skip
    assert found["zhinalys_jobs_oldest_seconds"] >= 0
    assert found["zhinalys_jobs_workers"] == 0
