"""Public pages in a real browser: read by anybody, without scripts, also from a plain folder."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.editions import on_the_public_page
from tests.journeys.conftest import DESK, PHONE, watched
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def published(site, person):
    """A public edition of 2018, and one that corrects it."""
    analyst = person("analyst")
    first = on_the_public_page(analyst)
    on_the_public_page(analyst, corrects=first)
    return first


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_stranger_reads(published, browser, site, light, viewport):
    context = browser.new_context(base_url=site, viewport=viewport, color_scheme=light)
    page = watched(context.new_page(), site)
    for address in ("/editions/", "/editions/2018-1/ru/", "/editions/2018-2/en/"):
        assert page.goto(address).status == 200
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    assert page.goto("/editions/1913-1/").status == 404
    assert violations(page) == []
    assert context.cookies() == []
    assert page.foreign == []
    assert page.broken == []
    context.close()


def _walk(page, start: str) -> None:
    """From the list to an edition, its language, a file, and back, without any script."""
    page.goto(start)
    assert page.locator(".trend polyline").count() >= 4
    page.locator(".public-editions__what").last.click()
    assert page.locator(".public-notice").count() == 1
    page.locator(".public-head__languages a[hreflang=en]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    for image in page.locator("article img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.locator(".public-contents a[href='#data']").click()
    with page.expect_download() as download:
        page.locator(".public-files a").first.click()
    assert download.value.suggested_filename.startswith("report-2018-1")
    page.locator(".public-notice a").click()
    assert page.locator(".public-facts a", has_text="2018-1").count() >= 1
    page.locator(".public-foot a").click()
    assert page.locator(".public-editions__what").count() == 2


def test_without_scripts_everything_is_there(published, browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = watched(context.new_page(), site)
    _walk(page, "/editions/")
    assert page.foreign == []
    context.close()


def test_a_folder_of_files_is_the_same_site(published, browser, tmp_path):
    from django.core.management import call_command

    call_command("export_public", "--out", str(tmp_path), stderr=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.RequestHandlerClass.log_message = lambda *args: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context(java_script_enabled=False)
    page = watched(context.new_page(), address)
    try:
        _walk(page, f"{address}/index.html")
        assert page.foreign == []
        page.goto(f"{(tmp_path / 'index.html').as_uri()}")
        assert page.locator(".public-editions__what").count() == 2
    finally:
        context.close()
        server.shutdown()
        server.server_close()
