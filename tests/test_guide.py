"""The guides: the same parts in every language, pictures that exist and say what they show; PDF."""

import functools
import io
import os
import re
import shutil
import subprocess

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from cards import vocabularies
from monitoring import guide
from monitoring.guide import FOLDER, GUIDES, STATIC, file_of, page_of, pdf_of, print_of

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


@functools.cache
def printed(name: str, language: str) -> bytes:
    """The guide's PDF; made once for all tests, which takes seconds."""
    return pdf_of(print_of(name, language))


def alternatives(element) -> list:
    """What stands for each picture below an element of the structure."""
    found = [element.Alt] if element.get("/S") == "/Figure" else []
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found += alternatives(kid)
    return found


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
    """``make guide-pictures`` takes them; ``.ci/density_picture.py`` draws that of the crowd."""
    files = {file: STATIC / file_of(file, language) for _text, file in pictures(name, language)}
    assert [file for file, path in files.items() if not path.exists()] == []
    heavy = {file: path.stat().st_size for file, path in files.items()}
    assert {file: size for file, size in heavy.items() if size > LARGEST} == {}


def test_every_file_and_picture_is_shown_somewhere():
    known = {f"{name}.{language}.md" for name in NAMES for language in LANGUAGES}
    assert {path.name for path in FOLDER.iterdir()} == known
    shown = {
        STATIC / file_of(file, language)
        for language in LANGUAGES
        for name in NAMES
        for _text, file in pictures(name, language)
    }
    assert {path for path in guide.PICTURES.rglob("*") if path.is_file()} <= shown


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
    pages = [reverse(name, args=["editors"]) for name in ("guide", "guide_pdf")]
    for address in (reverse("guides"), *pages):
        assert client.get(address).url.startswith(reverse("sign_in"))


def test_another_name_is_not_found(signed_in, editor):
    assert signed_in(editor).get(reverse("guide", args=["poets"])).status_code == 404
    assert signed_in(editor).get(reverse("guide_pdf", args=["poets"])).status_code == 404
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_monitors_read_the_answers_of_the_card_in_its_own_words(language):
    with translation.override(language):
        words = [str(course.label).split(":")[0] for course in vocabularies.Course]
        words += [str(vocabularies.YesNoUnknown[name].label) for name in ("UNKNOWN", "NO")]
    text = source("monitors", language)
    assert [word for word in words if f"**{word}**" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_monitors_are_told_of_no_article_that_the_card_does_not_know(language):
    """The law changes; what stands on paper for years names what the card names, no more."""
    known = {re.sub(r"\D", "", code) for code in vocabularies.Article.values} - {""}
    told = set(re.findall(r"(?<![\d.,×–-])\b\d{3}\b(?= \()", source("monitors", language)))
    assert told == {"488", "434", "667"} <= known


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pocket_guide_fills_one_sheet(language):
    assert [one.name for one in GUIDES if one.leaflet] == ["monitors"]
    with pikepdf.open(io.BytesIO(printed("monitors", language))) as document:
        assert len(document.pages) == 2


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_guide_on_paper_is_tagged_and_names_its_language(name, language):
    with pikepdf.open(io.BytesIO(printed(name, language))) as document:
        assert document.Root.MarkInfo.Marked is True
        assert b"pdfuaid:part" in document.Root.Metadata.read_bytes()
        assert str(document.Root.Lang) == language
        assert str(document.docinfo["/Title"]) == page_of(name, language).title
        sizes = {tuple(float(side) for side in page.MediaBox[2:]) for page in document.pages}
        assert [(round(width), round(height)) for width, height in sizes] == [(595, 842)]
        fonts = {
            str(font.BaseFont): font.DescendantFonts[0].FontDescriptor
            for page in document.pages
            for font in page.Resources.get("/Font", {}).values()
        }
        assert {one.split("+")[1] for one in fonts} == {"Golos-Text", "Golos-Text-Semi-Bold"}
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts.values())
        told = [str(alt) for alt in alternatives(document.Root.StructTreeRoot)]
        assert told == [text for text, _file in pictures(name, language)]
        with document.open_outline() as outline:
            headings = [part.title for part in outline.root[0].children]
        assert headings == [heading for _anchor, heading in page_of(name, language).contents]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_its_letters_can_be_selected(name, language, tmp_path):
    """Another reader than ours finds every word of it, the Kazakh letters too."""
    path = tmp_path / "guide.pdf"
    path.write_bytes(printed(name, language))
    told = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout
    found = "".join(told.decode().split())
    words = set(re.findall(r"\w{4,}", _PICTURE.sub("", source(name, language))))
    assert len(words) > 300
    assert sorted(word for word in words if word not in found) == []
    if language == "kk":
        assert set("әғқңөұүі") <= set(found.lower())


@pytest.mark.slow
def test_the_address_of_the_paper_gives_it_in_the_language_of_the_reader(signed_in, monitor):
    client = signed_in(monitor)
    address = reverse("guide_pdf", args=["monitors"])
    assert f'href="{address}"' in client.get(reverse("guide", args=["monitors"])).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "kk"
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="monitors-kk.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.content == printed("monitors", "kk")
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    other = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200


def test_the_paper_is_made_once_until_something_that_it_shows_changes(tmp_path, monkeypatch):
    document = print_of("monitors", "en")
    assert pdf_of(document) is not None
    monkeypatch.setattr("weasyprint.HTML", None)
    assert pdf_of(document) == printed("monitors", "en")
    shutil.copytree(STATIC / "css", tmp_path / "css")
    shutil.copytree(STATIC / "guide", tmp_path / "guide")
    monkeypatch.setattr(guide, "STATIC", tmp_path)
    assert print_of("monitors", "en").version == document.version
    (tmp_path / "guide" / "density.svg").write_text("<svg/>")
    assert print_of("monitors", "en").version != document.version
