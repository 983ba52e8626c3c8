"""The public pages: for everybody, of what was frozen only, the same for all who ask."""

from __future__ import annotations

import io
import re
import time
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cards.models import Period
from monitoring.accounts import sessions
from reports.editions import drafting, freezing
from reports.public import links as where
from reports.public import making
from reports.public.links import FileLinks, SiteLinks
from reports.public.picture import card
from tests.editions import draft_and_frozen, on_the_public_page
from tests.factories import make_card

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def public(analyst, monitor, reference):
    make_card("approved", monitor=monitor)
    return on_the_public_page(analyst)


@pytest.fixture
def stranger():
    return Client()


def addresses(code: str) -> list[str]:
    """One of every kind below an edition."""
    return [
        f"/editions/{code}/", f"/editions/{code}/en/", f"/editions/{code}/ru/",
        f"/editions/{code}/en/figure-1.svg", f"/editions/{code}/ru/card.png",
        f"/editions/{code}/files/report-{code}.json",
    ]  # fmt: skip


def picture_of(edition) -> str:
    sha256 = edition.freeze.texts["boxes"][0]["pictures"][0]["sha256"]
    return f"/editions/{edition.code}/pictures/{sha256[:16]}.jpg"


def everything(edition) -> list[str]:
    return ["/editions/", "/editions/en/", *addresses(edition.code), picture_of(edition)]


def test_everybody_reads_what_is_public(stranger, public):
    for address in everything(public):
        assert stranger.get(address).status_code == 200, address
    page = stranger.get("/editions/2018-1/en/").content.decode()
    assert "Overall results of the monitoring" in page
    assert "Case en" in page
    assert 'alt="A square"' in page
    assert public.freeze.checksum in page
    assert "https://example.org/editions/2018-1/" in page
    assert "Edition 2018-1" in stranger.get("/editions/en/").content.decode()
    assert "Bureau" in page


def test_no_cookie_no_session_no_token_and_nothing_of_the_visitor(public, signed_in, analyst):
    visitor = signed_in(analyst)
    for address in everything(public):
        for answer in (Client().get(address), visitor.get(address, HTTP_ACCEPT_LANGUAGE="kk")):
            assert answer.cookies == {}
            assert "Cookie" not in answer.headers.get("Vary", "")
            assert "Accept-Language" not in answer.headers.get("Vary", "")
            assert b"csrfmiddlewaretoken" not in answer.content
            assert b"<script" not in answer.content
            assert analyst.alias.encode() not in answer.content
        assert Client().get(address).content == visitor.get(address).content


def test_what_caches_and_browsers_are_told(stranger, public):
    for address in everything(public):
        answer = stranger.get(address)
        said = answer.headers["Cache-Control"]
        assert said.startswith("public") or "public" in said.split(", ")
        assert "max-age=" in said
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        again = stranger.get(address, HTTP_IF_NONE_MATCH=answer.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
    for name in ("en", "ru"):
        answer = stranger.get(f"/editions/2018-1/{name}/")
        assert answer.headers["Content-Language"] == name
    data = stranger.get("/editions/2018-1/files/report-2018-1.json")
    assert data.headers["Access-Control-Allow-Origin"] == "*"


def test_another_method_is_refused(stranger, public):
    for address in everything(public):
        assert stranger.post(address).status_code == 405


@pytest.mark.parametrize("off", [False, True])
def test_what_is_not_public_is_not_there(stranger, public, analyst, settings, off):
    """A draft, a frozen one, one taken away, one that never was, the whole switched off: alike."""
    draft, frozen = draft_and_frozen(analyst)
    hidden = on_the_public_page(analyst, public=False)
    settings.PUBLIC_EDITIONS = not off
    codes = [draft.code, frozen.code, hidden.code, "1913-1", *([public.code] if off else [])]
    answers = {}
    for code in codes:
        for address in addresses(code):
            answer = stranger.get(address)
            assert answer.status_code == 404, address
            language = "en" if "/en/" in address else "ru"
            own = ("Content-Length", "X-Request-ID")
            headers = {k: v for k, v in answer.headers.items() if k not in own}
            answers.setdefault((language, answer.content), []).append(headers)
            assert answer.cookies == {}
    assert len(answers) == 2, "one page in each language"
    for told in answers.values():
        assert all(headers == told[0] for headers in told)
    if off:
        assert stranger.get("/editions/").status_code == 404


def test_what_an_edition_does_not_have_is_not_there(stranger, public):
    for address in (
        "kk/", "la/", "en/figure-77.svg", "la/figure-1.svg", "kk/card.png", "files/poems.csv",
        "pictures/0123456789abcdef.jpg", picture_of(public)[18:].replace(".jpg", ".png"),
    ):  # fmt: skip
        assert stranger.get(f"/editions/2018-1/{address}").status_code == 404, address


def test_taken_away_it_is_gone_and_shown_again_it_is_back(stranger, public, analyst):
    freezing.show(public, actor=analyst, public=False)
    assert stranger.get("/editions/2018-1/en/").status_code == 404
    assert "2018-1" not in stranger.get("/editions/en/").content.decode()
    freezing.show(public, actor=analyst, public=True)
    assert stranger.get("/editions/2018-1/en/").status_code == 200


def test_a_corrected_edition_stays_and_says_what_took_its_place(stranger, public, analyst, monitor):
    make_card("approved", monitor=monitor)
    new = on_the_public_page(analyst, corrects=public, public=False)
    page = stranger.get("/editions/2018-1/en/").content.decode()
    assert "This edition has been replaced by a corrected one." in page
    assert "It is edition 2018-2." in page
    freezing.show(new, actor=analyst, public=True)
    page = stranger.get("/editions/2018-1/en/").content.decode()
    assert '<a href="/editions/2018-2/en/">Read edition 2018-2</a>' in page
    page = stranger.get("/editions/2018-2/en/").content.decode()
    assert '<a href="/editions/2018-1/en/">2018-1</a>' in page
    assert "replaced by a corrected edition" in stranger.get("/editions/en/").content.decode()


def test_pages_come_from_what_was_frozen_and_never_from_cards(stranger, public, monitor):
    make_card("approved", monitor=monitor)
    cache.clear()
    for address in everything(public):
        with CaptureQueriesContext(connection) as asked:
            assert stranger.get(address).status_code == 200
        tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(q["sql"] for q in asked)))
        assert tables <= {
            "reports_edition", "reports_freeze", "reports_frozenfile", "reports_picturefile",
        }, address  # fmt: skip
    figures = stranger.get("/editions/2018-1/en/").content.decode()
    assert re.search(r'name="description" content="[^"]*: 1;', figures), "not 2, as of today"


def test_what_was_made_once_is_kept(stranger, public):
    for address, queries in {
        "/editions/en/": 1, "/editions/2018-1/en/": 2, "/editions/2018-1/en/figure-1.svg": 1,
        "/editions/2018-1/en/card.png": 1,
    }.items():  # fmt: skip
        stranger.get(address)
        with CaptureQueriesContext(connection) as asked:
            stranger.get(address)
        assert len(asked) == queries, address


def test_the_list_asks_the_same_however_long_it_is(stranger, public, analyst):
    for _ in range(3):
        on_the_public_page(analyst)
    stranger.get("/editions/en/")
    with CaptureQueriesContext(connection) as asked:
        assert stranger.get("/editions/en/").content.count(b"public-editions__what") == 4
    assert len(asked) == 1


def test_the_indices_over_the_years_stand_on_the_list(stranger, public):
    page = stranger.get("/editions/en/").content.decode()
    assert page.count('class="trend"') == 4
    assert page.count("<circle") == 4
    assert "Over the years" in page


def test_a_gap_parts_a_line_and_is_never_zero():
    def line(value):
        cell = SimpleNamespace(value=SimpleNamespace(value=value)) if value is not None else None
        shown = (("Title", str(value), False),)
        return SimpleNamespace(cells=(cell,), shown=shown, period=SimpleNamespace(name="2018"))

    trend = making._trend([line(value) for value in (1, 2, None, 4, 8, None)], 0, "Title")
    assert len(trend.lines) == 2
    assert trend.value == "8"
    assert trend.last[1] == 4, "the highest value is at the top"
    assert making._trend([line(None)], 0, "Title").value == "–"
    zero = making._trend([line(0)], 0, "Title")
    assert zero.last[1] == making.HEIGHT - 4


def test_an_empty_list_says_so(stranger, reference):
    page = stranger.get("/editions/en/")
    assert page.status_code == 200
    assert "No report has been published here yet." in page.content.decode()


def test_other_sites_are_told_what_they_show(stranger, public):
    page = stranger.get("/editions/2018-1/en/", HTTP_HOST="localhost").content.decode()
    said = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    assert said["og:image"] == "https://example.org/editions/2018-1/en/card.png"
    assert said["og:url"] == "https://example.org/editions/2018-1/en/"
    assert said["og:title"]
    assert said["og:description"] == said["og:image:alt"]
    assert 'rel="canonical" href="https://example.org/editions/2018-1/en/"' in page
    for code in ("ru", "en"):
        assert f'hreflang="{code}" href="https://example.org/editions/2018-1/{code}/"' in page
    image = Image.open(io.BytesIO(stranger.get("/editions/2018-1/en/card.png").content))
    assert image.size == (1200, 630)


def test_the_picture_beside_a_link_is_always_the_same():
    words = (
        "Bureau",
        "Freedom of peaceful assembly",
        "2018",
        [("Assemblies", "32"), ("x" * 90, "1")],
    )
    assert card(*words) == card(*words)


def test_a_host_that_somebody_invents_is_nowhere_on_a_page(public, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for address in everything(public):
        answer = Client().get(address, HTTP_HOST="evil.example")
        assert b"evil.example" not in answer.content


def test_a_drawing_is_whole(stranger, public):
    svg = stranger.get("/editions/2018-1/en/figure-1.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(svg.content).tag.endswith("svg")


def test_small_numbers_are_explained(stranger, public):
    page = stranger.get("/editions/2018-1/en/").content.decode()
    assert "1 in a table of places is one assembly in a public place" in page


def test_freezing_gives_the_public_address(signed_in, analyst, monitor, monkeypatch):
    make_card("approved", monitor=monitor)
    monkeypatch.setattr(freezing, "files_of", lambda *args: iter(()))
    edition = drafting.create(period=Period.objects.get(pk="2018"), actor=analyst, languages=["en"])
    client = signed_in(analyst)
    session = client.session
    session[sessions.FRESH] = time.time()
    session.save()
    client.post(reverse("reports:edition_freeze", args=[edition.code]))
    edition.refresh_from_db()
    assert edition.freeze.address == "http://testserver/editions/2018-1/"


def test_links_lead_where_the_routes_are():
    site = SiteLinks()
    args = {"code": "2018-1", "language": "en"}
    assert site.to(where.index_path("en")) == reverse("public:index_in", kwargs={"language": "en"})
    assert site.to(where.edition_path("2018-1", "en")) == reverse("public:edition_in", kwargs=args)
    assert site.to(where.edition_path("2018-1")) == reverse("public:edition", args=["2018-1"])
    assert site.to(where.figure_path("2018-1", "en", "2")) == reverse(
        "public:figure", kwargs=args | {"number": "2"}
    )
    assert site.to(where.card_path("2018-1", "en")) == reverse("public:card", kwargs=args)
    for name, make in (("picture", where.picture_path), ("file", where.file_path)):
        assert site.to(make("2018-1", "a.b")) == reverse(f"public:{name}", args=["2018-1", "a.b"])
    assert FileLinks("2018-1/en/").to("en/") == "../../en/index.html"
    assert FileLinks("").asset("css/a.css") == "assets/css/a.css"


def test_the_setting_is_on_by_default():
    assert settings.PUBLIC_EDITIONS is True
