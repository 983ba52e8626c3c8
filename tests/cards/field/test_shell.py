"""What a browser keeps of the field work: whole, small, and nothing of anybody."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from cards.field import sealing, shell
from cards.field.texts import TEXTS
from tests.factories import MonitorFactory, make_card

LANGUAGES = ("ru", "kk", "en")
#: Bytes over the wire for the first view of the card (quality.md), pictures of the icon left out:
#: a browser fetches those for itself, behind everything else.
FIRST_VIEW = 150_000


@pytest.fixture(autouse=True)
def made_anew(db, reference):
    shell.forget()
    yield
    shell.forget()


def address(language: str) -> str:
    return reverse("field:shell", args=[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_for_everybody(client, language):
    monitor = MonitorFactory(alias="Observer of the east", regions=["KZ-75"])
    make_card("draft", monitor=monitor, place="By the old mill")
    stranger = Client().get(address(language))
    client.force_login(monitor)
    own = client.get(address(language))
    assert own.content == stranger.content
    page = own.content.decode()
    assert f'<html lang="{language}"' in page
    for secret in ("Observer of the east", "By the old mill", monitor.username, "csrfmiddleware"):
        assert secret not in page
    assert "sessionid" not in stranger.cookies


def test_every_city_stands_in_it_with_its_place(client):
    page = client.get(address("en")).content.decode()
    found = re.search(r'<script id="field-cities" type="application/json">(.*?)</script>', page)
    places = {code: (lat, lon) for code, lat, lon in json.loads(found.group(1))}
    assert places["almaty"] == pytest.approx((43.25, 76.95), abs=0.1)
    offered = page[page.index('id="id_city"') : page.index('id="id_place"')]
    assert set(places) == set(re.findall(r'<option value="([\w-]+)"', offered))


def test_it_alone_may_ask_where_the_phone_is(client):
    assert "geolocation=(self)" in client.get(address("en")).headers["Permissions-Policy"]
    assert "geolocation=()" in client.get(reverse("sign_in")).headers["Permissions-Policy"]
    for other in ("camera", "microphone"):
        assert f"{other}=()" in client.get(address("en")).headers["Permissions-Policy"]


def test_another_language_is_not_there(client):
    assert client.get(address("la")).status_code == 404


def loaded_by(name: str) -> set[str]:
    """Static files that a static file loads itself."""
    text = shell._file(name).decode()
    folder = name.rsplit("/", 1)[0]
    found = set()
    pattern = r'(?:from|import\(?)\s*"(\.[^"]+)"|url\("?([^")]+)"?\)'
    for path in (a or b for a, b in re.findall(pattern, text)):
        if path.startswith("data:"):
            continue
        parts = f"{folder}/{path}".split("/")
        while ".." in parts:
            at = parts.index("..")
            del parts[at - 1 : at + 1]
        found.add("/".join(part for part in parts if part != "."))
    return found


def test_nothing_that_the_page_loads_is_missing_from_the_cache(client):
    kept = set(shell.FILES)
    for page in (shell.page("en"), shell.calendar("en")):
        links = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page))
        assert links <= kept
    for name in sorted(kept):
        if name.endswith((".js", ".css")) and not name.startswith("vendor/"):
            assert loaded_by(name) <= kept, name


def test_the_cache_holds_nothing_that_no_page_loads():
    wanted = set()
    for page in (shell.page("en"), shell.calendar("en")):
        wanted |= set(re.findall(r'(?:href|src)="/static/([^"#]+)', page))
    for name in list(wanted):
        if name.endswith((".js", ".css")):
            wanted |= loaded_by(name)
    manifest = {icon["src"].removeprefix("/static/") for icon in shell.manifest("en")["icons"]}
    assert set(shell.FILES) - wanted - manifest <= {"js/field/start.js", "js/field/stash.js"}


def test_the_first_view_weighs_little():
    page = len(gzip.compress(shell.page("kk").encode()))
    files = 0
    for name in shell.FILES:
        if name in shell.ELSEWHERE or name.endswith(".png") or name == "css/calendar.css":
            continue
        body = shell._file(name)
        files += len(body) if name.endswith(".woff2") else len(gzip.compress(body))
    assert page + files < FIRST_VIEW


def test_the_scripts_say_nothing_that_has_no_text_and_no_text_is_idle():
    scripts = "".join(
        shell._file(name).decode() for name in shell.FILES if name.startswith("js/field/")
    )
    named = set(re.findall(r'"([a-z_]+)"', scripts)) | set(re.findall(r"\bsay\((\w+)\)", scripts))
    said = set(re.findall(r'say\("([a-z_]+)"', scripts))
    assert said <= set(TEXTS)
    assert set(TEXTS) - named - {"app_name"} == set()


@pytest.mark.slow
def test_a_new_version_when_anything_changes(monkeypatch):
    def version() -> str:
        shell.forget()
        return re.search(r'"version": "(\w+)"', shell.worker()).group(1)

    first = version()
    assert version() == first
    whole = shell._file
    monkeypatch.setattr(shell, "_file", lambda name: whole(name) + b" " * (name == "css/field.css"))
    second = version()
    assert second != first
    monkeypatch.setitem(TEXTS, "online", "Linked")
    assert version() not in (first, second)


@pytest.mark.slow
def test_the_worker_and_the_manifest_are_for_everybody(client):
    worker = client.get("/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    kept = json.loads(re.search(r"const KEPT = (.*);\n", worker.content.decode()).group(1))
    assert [kept["shells"][code] for code in LANGUAGES] == [address(code) for code in LANGUAGES]
    for path in kept["files"]:
        assert path.startswith("/static/") or Client().get(path).status_code == 200, path
    client.cookies["django_language"] = "kk"
    manifest = client.get(reverse("field_manifest"))
    assert manifest.headers["Content-Type"].startswith("application/manifest+json")
    assert manifest.json()["start_url"] == address("kk")


def test_the_name_on_the_phone_may_be_a_harmless_one(client, settings):
    settings.FIELD_APP_NAME = "Notes"
    assert client.get(reverse("field_manifest")).json()["name"] == "Notes"


def test_what_a_browser_sealed_can_be_opened(settings, tmp_path):
    """A parcel made by static/vendor/jose in Chromium, with the key that it was sealed to."""
    folder = settings.BASE_DIR / "tests" / "cards" / "field"
    made = json.loads((folder / "browser_parcel.json").read_text())
    key = sealing.read_key(json.dumps(made["key"]))
    for parcel in made["parcels"]:
        assert sealing.open_parcel(parcel, [key]) == made["content"].encode()
