"""The guides: the same parts in every language, pictures that exist and say what they show."""

import os
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from monitoring import guide
from monitoring.guide import FOLDER, GUIDES, PICTURES, page_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
NAMES = [one.name for one in GUIDES]
#: Light enough for a slow phone.
LARGEST = 150_000
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


def source(name: str, language: str) -> str:
    return (FOLDER / f"{name}.{language}.md").read_text()


def pictures(name: str, language: str) -> list[tuple[str, str]]:
    """Text and file of every picture, in order."""
    return _PICTURE.findall(source(name, language))


@pytest.mark.parametrize("name", NAMES)
def test_every_language_tells_the_same_parts_with_the_same_pictures(name):
    parts = {language: len(page_of(name, language).contents) for language in LANGUAGES}
    assert len(set(parts.values())) == 1, parts
    shown = {language: [file for _text, file in pictures(name, language)] for language in LANGUAGES}
    assert shown["ru"] == shown["kk"] == shown["en"] != []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_picture_says_what_it_shows(name, language):
    texts = [text for text, _file in pictures(name, language)]
    assert all(len(text) >= 30 for text in texts), texts
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_picture_exists_and_is_light(name, language):
    """``make guide-pictures`` takes them."""
    files = {file: PICTURES / language / file for _text, file in pictures(name, language)}
    assert [file for file, path in files.items() if not path.exists()] == []
    heavy = {file: path.stat().st_size for file, path in files.items()}
    assert {file: size for file, size in heavy.items() if size > LARGEST} == {}


def test_every_file_and_picture_is_shown_somewhere():
    known = {f"{name}.{language}.md" for name in NAMES for language in LANGUAGES}
    assert {path.name for path in FOLDER.iterdir()} == known
    for language in LANGUAGES:
        shown = {file for name in NAMES for _text, file in pictures(name, language)}
        folder = PICTURES / language
        kept = {path.name for path in folder.iterdir()} if folder.exists() else set()
        assert kept <= shown


@pytest.mark.parametrize("who", ["monitor", "editor", "analyst", "administrator"])
def test_whoever_is_signed_in_reads_it_in_their_language(signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    listed = client.get(reverse("guides")).content.decode()
    assert reverse("guide", args=["editors"]) in listed
    page = client.get(reverse("guide", args=["editors"]))
    assert page.status_code == 200
    assert f"<h1>{page_of('editors', 'en').title}</h1>" in page.content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "kk"
    page = client.get(reverse("guide", args=["editors"])).content.decode()
    assert page_of("editors", "kk").title in page


def test_the_contents_lead_to_the_parts(signed_in, editor):
    page = signed_in(editor).get(reverse("guide", args=["editors"])).content.decode()
    anchors = re.findall(r'href="#(part-\d+)"', page)
    assert len(anchors) == len(page_of("editors", "en").contents) > 10
    assert all(f'<h2 id="{anchor}">' in page for anchor in anchors)


def test_it_is_linked_from_the_footer_and_from_the_menu_of_the_account(signed_in, editor):
    page = signed_in(editor).get(reverse("cards:queue")).content.decode()
    link = f'<a href="{reverse("guides")}">'
    assert link in page[page.index('class="account__panel"') : page.index("</details>")]
    assert link in page[page.index('class="site-footer"') :]


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    for address in (reverse("guides"), reverse("guide", args=["editors"])):
        assert client.get(address).url.startswith(reverse("sign_in"))


def test_another_name_is_not_found(signed_in, editor):
    assert signed_in(editor).get(reverse("guide", args=["poets"])).status_code == 404
    assert signed_in(editor).get("/guide/..%2Feditors/").status_code == 404


def test_it_is_read_once_until_the_file_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    file = tmp_path / "editors.en.md"
    file.write_text("# One\n\n## Part\n\nText")
    first = page_of("editors", "en")
    assert page_of("editors", "en") is first
    file.write_text("# Another\n\n## Part\n\nText")
    os.utime(file, ns=(1, 1))
    assert page_of("editors", "en").title == "Another"


def test_nothing_runs_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    (tmp_path / "editors.en.md").write_text(
        "# T\n\n## P\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![y](z.webp)"
    )
    html = page_of("editors", "en").html
    assert "<script" not in html
    assert "javascript" not in html.replace("x](javascript:alert(1))", "")
    assert '<img src="/static/guide/en/z.webp" alt="y" loading="lazy">' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_its_buttons_are_those_of_the_pages(language):
    """What stands in bold and is a button of the site is spelled as on the button."""
    with translation.override(language):
        words = [
            gettext("Review queue"), gettext("Awaiting a court"), gettext("Correct answers"),
            gettext("Load files"), gettext("Check the file"), gettext("Add a court outcome"),
            gettext("Add files"), gettext("Decide whether it counts"),
            pgettext("button", "Approve"), pgettext("button", "Return to the monitor"),
            pgettext("button", "Reject"), pgettext("button", "Mark as duplicate"),
            pgettext("button", "Take up again"), pgettext("button", "Reopen"),
        ]  # fmt: skip
    text = source("editors", language)
    assert [word for word in words if f"**{word}**" not in text] == []
