"""What every kind of answer says to browsers and caches; what it asks of requests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from cards import attachments
from monitoring.headers import HEADERS, UNUSED, HeadersMiddleware
from tests.factories import PASSWORD, make_card
from tests.security.attacked import routes
from tests.security.hostile import picture

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
#: Header -> what it must say, on every answer whatever.
EVERYWHERE = {
    **HEADERS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "form-action": "'self'",
    "frame-ancestors": "'none'", "base-uri": "'none'", "object-src": "'none'", "connect-src": "'self'",
}  # fmt: skip


@pytest.fixture
def answers(signed_in, editor, administrator, monkeypatch):
    """An answer of every kind that the site can give, by name."""
    card = make_card("submitted")
    file = SimpleUploadedFile("a.jpg", picture())
    found = attachments.accept(card, actor=card.monitor, file=file)
    page = card.get_absolute_url()
    client, settings_client, stranger = signed_in(editor), signed_in(administrator), Client()
    client.raise_request_exception = False
    given = {
        "page": client.get(page),
        "list": client.get(reverse("cards:all")),
        "settings": settings_client.get("/settings/"),
        "sign-in": stranger.get("/sign-in/"),
        "to the sign-in": stranger.get(page),
        "redirect": client.get("/"),
        "not found": client.get("/nothing/"),
        "forbidden": settings_client.get(reverse("cards:queue")),
        "wrong method": client.delete("/cards/"),
        "wrong host": client.get("/", HTTP_HOST="evil.example"),
        "refused form": client.post(reverse("cards:attach", args=[card.uuid])),
        "forged form": Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a"}),
        "too large": client.post("/cards/", CONTENT_LENGTH=str(10**9)),
        "JSON": stranger.get(page, HTTP_ACCEPT="application/json"),
        "health": stranger.get("/healthz"),
        "ready": stranger.get("/readyz"),
        "copy": client.get(reverse("cards:attachment", args=[card.uuid, found.uuid])),
        "original": client.get(reverse("cards:attachment_original", args=[card.uuid, found.uuid])),
        "export": client.get(reverse("cards:export")),
        "report": client.get(reverse("reports:period", args=["2018"])),
        "report as file": client.get(reverse("reports:download", args=["2018", "json", "ru"])),
        "sign-out": signed_in(editor).post("/sign-out/"),
    }  # fmt: skip

    def broken(request):
        raise RuntimeError("secret of the program")

    monkeypatch.setattr("cards.views.lists.cards_for", broken)
    given["broken"] = client.get(reverse("cards:all"))
    return given


def test_every_answer_says_what_it_must(answers):
    missing = {
        (name, header): answer.headers.get(header)
        for name, answer in answers.items()
        for header, value in EVERYWHERE.items()
        if answer.headers.get(header) != value
    }
    assert missing == {}
    statuses = {answer.status_code for answer in answers.values()}
    assert {200, 302, 400, 401, 403, 404, 405, 413, 422, 500} <= statuses


def test_every_answer_has_a_strict_policy_for_its_content(answers):
    for name, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        if name in ("copy", "original"):
            assert policy == "default-src 'none'; sandbox"
            continue
        said = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
        assert {key: said.get(key) for key in POLICY} == POLICY, name
        assert "unsafe" not in policy
        assert "http" not in policy


def test_nothing_of_a_card_is_kept_by_caches(answers):
    for name, answer in answers.items():
        said = answer.headers["Cache-Control"]
        if name.startswith("report"):
            # Figures, no cards: the browser may keep them if it asks each time whether it may.
            assert {"private", "no-cache"} <= {part.strip() for part in said.split(",")}
        else:
            assert "no-store" in said, name
        assert "public" not in said


def test_no_answer_names_what_it_was_made_with(answers):
    for answer in answers.values():
        assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers)
    assert b"secret of the program" not in answers["broken"].content
    assert b"Traceback" not in answers["broken"].content


def test_signing_out_empties_the_cache_and_never_the_storage(answers):
    assert answers["sign-out"].headers["Clear-Site-Data"] == '"cache"'
    others = [name for name, answer in answers.items() if "Clear-Site-Data" in answer.headers]
    assert others == ["sign-out"]


def test_a_page_says_no_more_than_the_site_uses(answers):
    said = answers["page"].headers["Permissions-Policy"]
    assert said.count("=()") == len(UNUSED) == said.count("=")


def test_what_a_view_says_of_itself_stays():
    def view(request):
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    answer = HeadersMiddleware(view)(RequestFactory().get("/"))
    assert answer.headers["Cache-Control"] == "max-age=60"


# Requests


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
     "http:evil.example", "javascript:alert(1)", "https:/evil.example", "\thttps://evil.example",
     "https://localhost@evil.example/", "//localhost.evil.example/", "\x01//evil.example", "data:text/html,x"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["sign-in", "language"])
def test_nobody_is_led_elsewhere(monitor, target, place):
    client = Client()
    if place == "sign-in":
        sent = {"username": monitor.username, "password": PASSWORD, "next": target}
        answer = client.post("/sign-in/", sent)
    else:
        answer = client.post("/language/", {"language": "kk", "next": target})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert "evil" not in answer.headers["Location"]


def test_the_host_is_never_taken_from_a_stranger(signed_in, editor):
    for name in ("evil.example", "localhost.evil.example", "127.0.0.1:80@evil.example", "a\\b"):
        answer = signed_in(editor).get("/cards/queue/", HTTP_HOST=name)
        assert answer.status_code == 400
        forwarded = signed_in(editor).get("/cards/queue/", HTTP_X_FORWARDED_HOST=name)
        assert forwarded.status_code == 200
        assert "evil" not in forwarded.content.decode()


def test_no_form_is_taken_without_its_token(editor):
    """Every address that takes POST refuses one that another site made the browser send."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    card = make_card("submitted")
    values = {"uuid": str(card.uuid), "attachment": str(card.uuid), "token": str(card.uuid),
              "pk": "1", "object_id": "1", "name": "approve", "anything": "x"}  # fmt: skip
    tried = 0
    for route in routes():
        address = route.filled([values.get(name, "1") for _kind, name in route.parts])
        answer = client.post(address, {"reason": "x"}, HTTP_ORIGIN="https://evil.example")
        if route.name.startswith("api:") and answer.status_code in (301, 401):
            continue  # programs bring a token, and an address with its slash: nothing is taken
        if answer.status_code not in (404, 405):
            assert answer.status_code == 403, route
            tried += 1
    assert tried >= 20


def test_a_large_request_is_refused_unread(signed_in, editor, settings):
    settings.REQUEST_MAX_BYTES, settings.REQUEST_MAX_BYTES_SIGNED_OUT = 1000, 100
    page = reverse("cards:import")
    assert signed_in(editor).post(page, {"x": "y" * 200}).status_code == 422
    refused = signed_in(editor).post(page, {"x": "y" * 2000})
    assert refused.status_code == 413
    assert "too large" in refused.content.decode()
    stranger = Client()
    assert stranger.post("/sign-in/", {"x": "y" * 200}).status_code == 413
    answer = stranger.post("/sign-in/", {"x": "y" * 200}, HTTP_ACCEPT="application/json")
    assert json.loads(answer.content)["ok"] is False
    for length in ("-1", "1e9", "x", "٣", "9" * 40):
        assert stranger.post("/sign-in/", {}, CONTENT_LENGTH=length).status_code == 400


def test_a_form_of_too_many_fields_is_refused(signed_in, editor):
    answer = signed_in(editor).post("/language/", {f"f{n}": "1" for n in range(2100)})
    assert answer.status_code == 400


# The settings of a real site


def _with_https(script: str) -> str:
    """What a script prints under the settings of a real site."""
    answer = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{script}"], cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "monitoring.settings", "PATH": "", "HTTPS": "true",
             "SECRET_KEY": "k" * 30 + "abcdefghij" * 5, "ALLOWED_HOSTS": "cards.example.org",
             "DATABASE_URL": "sqlite://:memory:", "DATA_DIR": "/nonexistent"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.slow
def test_djangos_own_check_of_a_deployment_finds_nothing():
    said = _with_https(
        "from django.core.management import call_command\n"
        "import sys; call_command('check', deploy=True, fail_level='WARNING', stderr=sys.stdout)\n"
    )
    assert "no issues" in said


@pytest.mark.slow
def test_cookies_of_a_real_site_are_bound_to_it():
    said = _with_https(
        "from django.test import Client\n"
        "from django.conf import settings\n"
        "client = Client(HTTP_HOST='cards.example.org')\n"
        "answer = client.get('/sign-in/', secure=True)\n"
        "for value in answer.cookies.values(): print(value.OutputString())\n"
        "answer = client.post('/language/', {'language': 'kk'}, secure=True)\n"
        "for value in answer.cookies.values(): print(value.OutputString())\n"
        "print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)\n"
        "print(answer.headers['Strict-Transport-Security'])\n"
        "print(client.get('/sign-in/').status_code, client.get('/healthz').status_code)\n"
    )
    *cookies, session, transport, plain = said.strip().splitlines()
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
        assert "Path=/;" in cookie + ";"
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie
    assert session == "__Host-sessionid True"
    assert transport == "max-age=31536000; includeSubDomains; preload"
    assert plain == "301 200"
