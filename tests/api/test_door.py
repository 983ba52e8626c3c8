"""Who comes in by /api/v1/, and what it says of itself."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from monitoring.api import examples, openapi, rate
from monitoring.api.records import Column, Endpoint
from monitoring.urls import CARDS_FOR_PROGRAMS, FIGURES_FOR_PROGRAMS
from tests.program import Program

pytestmark = pytest.mark.django_db
FIGURES = ["periods/", "places/", "indicators/", "tables/", "values/"]
EVERY = [*FIGURES, "cards/", "schema/"]


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("path", EVERY)
def test_without_a_token_or_a_session_nobody_comes_in(reference, path):
    answer = Client().get(f"/api/v1/{path}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer zhn_", "Bearer zhn_" + "a" * 43, "Basic {}", "{}",
     "Bearer x{}", "Bearer {} more", "Token {}", "Bearer \xff\xfe", "Bearer zhn_" + "a" * 100_000],
)  # fmt: skip
def test_a_header_that_holds_no_good_token_is_refused_even_beside_a_session(
    analyst, signed_in, header
):
    program, client = Program(analyst), signed_in(analyst)
    sent = header.replace("{}", program.text)
    assert client.get("/api/v1/periods/").status_code == 200
    answer = client.get("/api/v1/periods/", HTTP_AUTHORIZATION=sent)
    assert answer.status_code == 401


def test_the_scheme_is_read_however_it_is_written(analyst):
    program = Program(analyst)
    assert program.get("periods/", Authorization=f"bearer {program.text}").status_code == 200


def test_a_token_opens_nothing_but_the_api(analyst):
    program = Program(analyst)
    for path in ("/reports/", "/cards/all/", "/account/", "/api/v1/"):
        assert program.get(path).status_code == 302
    for path in ("/api/v1/periods/?token=", "/api/v1/periods/?access_token="):
        assert Client().get(path + program.text).status_code == 401


@pytest.mark.parametrize(
    ("scope", "opens"), [("values", set(FIGURES)), ("cards", {*FIGURES[:3], "cards/"})]
)
def test_a_token_is_good_for_what_it_was_issued_for(analyst, scope, opens):
    program = Program(analyst, scope)
    statuses = {path: program.get(path).status_code for path in [*FIGURES, "cards/"]}
    assert {path for path, status in statuses.items() if status == 200} == opens
    assert set(statuses.values()) == {200, 403}


def test_a_browser_reads_figures_and_never_cards(analyst, signed_in):
    client = signed_in(analyst)
    assert {client.get(f"/api/v1/{path}").status_code for path in FIGURES} == {200}
    assert client.get("/api/v1/cards/").status_code == 401


def test_who_lacks_the_second_factor_comes_in_nowhere(reference):
    from tests.factories import AnalystFactory

    client = Client()
    client.force_login(AnalystFactory(second_factor=False))
    assert client.get("/api/v1/periods/").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_changed(analyst, method):
    program = Program(analyst)
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(
        "/api/v1/values/", headers={"Authorization": f"Bearer {program.text}"}
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_answers_may_be_kept_by_nobody_else_and_read_by_no_other_site(analyst):
    program = Program(analyst)
    for path in EVERY:
        answer = program.get(path, Origin="https://elsewhere.example")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert "private" in answer.headers["Cache-Control"]
        assert {"Authorization", "Cookie"} <= {
            part.strip() for part in answer.headers["Vary"].split(",")
        }
    assert "no-store" in program.get("cards/").headers["Cache-Control"]


def test_an_address_that_does_not_exist_is_told_as_json(analyst):
    program = Program(analyst)
    answer = program.get("poems/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert program.get("cards/no-uuid/").json()["status"] == 404
    assert program.get("periods").headers["Location"] == "/api/v1/periods/"


def test_over_plain_http_a_real_site_refuses_and_leads_nowhere(analyst, settings):
    program = Program(analyst)
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = program.get("values/")
    assert answer.status_code == 403
    assert "HTTPS" in answer.json()["detail"]
    assert program.get("/api/v1/").headers["Location"].startswith("https://")
    answer = program.get("periods/", **{"X-Forwarded-Proto": "https"})
    assert answer.status_code == 200


def test_parameters_that_do_not_exist_or_come_twice_are_named(analyst):
    program = Program(analyst)
    answer = program.get("values/?perod=2018&table=1&table=2&language=la&limit=0&format=xml")
    assert answer.status_code == 400
    said = answer.json()["parameters"]
    assert set(said) == {"perod", "table", "language", "limit", "format"}
    assert "ru, kk, en" in said["language"]
    assert "10000" in said["limit"].replace(",", "").replace("\u00a0", "")
    for wrong in ("limit=10001", "limit=-1", "limit=1.5", "limit=١", "after=open", "period=1913"):
        name = wrong.partition("=")[0]
        answer = program.get(f"values/?{wrong}")
        assert (answer.status_code, set(answer.json()["parameters"])) == (400, {name}), wrong
    assert program.get("periods/?limit=5").status_code == 400
    assert program.get("periods/?format=%00").status_code == 400


@pytest.mark.slow
def test_too_many_requests_wait_longer_each_time(analyst, monkeypatch):
    clock = [1_000_000.0]
    monkeypatch.setattr(rate.time, "time", lambda: clock[0])
    monkeypatch.setattr(rate, "MOST", 5)
    program, other = Program(analyst), Program(analyst)

    def spend() -> int:
        while (answer := program.get("periods/")).status_code == 200:
            pass
        assert answer.status_code == 429
        return int(answer.headers["Retry-After"])

    waits = []
    for _turn in range(5):
        waits.append(spend())
        assert other.get("places/").status_code == 200
        clock[0] += waits[-1]
    assert [round(each / 60) for each in waits] == [1, 2, 4, 8, 8]
    clock[0] += rate.FORGOTTEN
    program.get("periods/")
    assert round(spend() / 60) == 1


def test_a_slow_program_never_waits(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(rate.time, "time", lambda: clock[0])
    for _turn in range(3 * rate.MOST):
        assert rate.seconds_to_wait("somebody") == 0
        clock[0] += rate.SECONDS / rate.MOST


@pytest.mark.slow
def test_the_document_is_valid_and_names_every_address(analyst):
    from jsonschema_rs import validator_for
    from schemathesis import openapi as loader

    document = Program(analyst).get("schema/", Accept="application/json").json()
    loader.from_dict(document).validate()
    listed = {endpoint.path for endpoint, _view in (*FIGURES_FOR_PROGRAMS, *CARDS_FOR_PROGRAMS)}
    assert {path.removeprefix(openapi.PREFIX) for path in document["paths"]} == {
        path.replace("<uuid:uuid>", "{uuid}") for path in listed
    }
    for operation in (each["get"] for each in document["paths"].values()):
        assert {"200", "400", "401", "403", "429"} <= set(operation["responses"])
    for schema in document["components"]["schemas"].values():
        validator_for(schema)


def test_the_document_is_made_from_the_records():
    made = openapi.document(
        [
            Endpoint(
                "poems", "poems/", "Poems", right="",
                columns=(Column("title", "title", codes=("a", "b")),
                         Column("lines", "lines", "integer", always=True)),
            )
        ]
    )  # fmt: skip
    row = made["components"]["schemas"]["poems"]
    assert row["properties"]["title"]["enum"] == ["a", "b", None]
    assert row["properties"]["lines"]["type"] == "integer"
    assert json.dumps(made)


def test_the_page_shows_every_address_and_the_examples(signed_in, analyst, monitor):
    for person in (analyst, monitor):
        text = signed_in(person).get("/api/v1/").content.decode()
        assert "/api/v1/values/" in text
        assert "urlopen" in text
        assert "read.csv" in text
        assert ("/account/tokens/" in text) == (person == analyst)
    assert set(examples.both()) == {"python", "r"}
