"""The public pages as files: every link leads to one of them."""

from __future__ import annotations

import re

import pytest
from django.core.management import CommandError, call_command

from tests.editions import draft_and_frozen, on_the_public_page
from tests.factories import make_card

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def exported(tmp_path, analyst, monitor, reference):
    make_card("approved", monitor=monitor)
    on_the_public_page(analyst)
    draft_and_frozen(analyst)
    call_command("export_public", "--out", str(tmp_path), "--address", "https://example.net/r")
    return tmp_path


def test_every_link_leads_to_a_file(exported):
    pages = list(exported.rglob("*.html"))
    assert {str(page.relative_to(exported)) for page in pages} == {
        "index.html", "ru/index.html", "kk/index.html", "en/index.html",
        "2018-1/index.html", "2018-1/ru/index.html", "2018-1/en/index.html",
    }  # fmt: skip
    followed = 0
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.read_text()):
            if not link.startswith(("https://", "http://")):
                assert not link.startswith("/"), link
                assert (page.parent / link).resolve().is_file(), (page, link)
                followed += 1
    assert followed > 50


def test_styles_find_their_fonts(exported):
    for sheet in (exported / "assets" / "css").glob("*.css"):
        for link in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
            assert (sheet.parent / link).resolve().is_file(), link


def test_only_what_is_public_is_written(exported):
    names = {path.name for path in exported.iterdir()}
    assert names == {"assets", "index.html", "ru", "kk", "en", "2018-1"}
    assert not list(exported.rglob(".*"))
    assert b"%PDF" in (exported / "2018-1" / "files" / "report-2018-1-en.pdf").read_bytes()


def test_other_sites_are_told_where_it_lies(exported):
    page = (exported / "2018-1" / "en" / "index.html").read_text()
    assert 'content="https://example.net/r/2018-1/en/card.png"' in page


def test_again_it_gives_the_same_bytes(exported):
    before = {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()}
    call_command("export_public", "--out", str(exported), "--address", "https://example.net/r")
    assert before == {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()}


def test_what_cannot_be_written_is_told(tmp_path, settings, reference):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError):
        call_command("export_public", "--out", str(tmp_path / "file"))
    with pytest.raises(CommandError, match="https"):
        call_command("export_public", "--out", str(tmp_path), "--address", "example.org")
    settings.PUBLIC_EDITIONS = False
    with pytest.raises(CommandError, match="PUBLIC_EDITIONS"):
        call_command("export_public", "--out", str(tmp_path))
