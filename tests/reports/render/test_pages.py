"""The printed pages of a report of real size, in three languages: structure and breaks."""

import io
import re
import subprocess
from html import unescape

import pikepdf
import pytest
from django.utils.translation import override

from reports.render import tagging
from reports.render.pdf import OPTIONS, print_html, to_print
from reports.types import LANGUAGES
from tests.reports.render import edition

pytestmark = [pytest.mark.slow, pytest.mark.once]

FOOT = 297 - 24
"""Millimetres from the top of a page to where its text ends."""
PAGE = FOOT - 26


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def html(language) -> str:
    return print_html(edition.report(), language)


@pytest.fixture(scope="module")
def document(language):
    """Set in pages once, for the file and for what only its boxes tell."""
    return to_print(edition.report(), language).render(**OPTIONS)


@pytest.fixture(scope="module")
def printed(document) -> bytes:
    return document.write_pdf(finisher=tagging.finish, **OPTIONS)


@pytest.fixture(scope="module")
def opened(printed):
    with pikepdf.open(io.BytesIO(printed)) as document:
        yield document


@pytest.fixture(scope="module")
def pages(printed) -> list[list[str]]:
    """The lines of every page between head and foot, from top to bottom."""
    command = ["pdftotext", "-bbox-layout", "-", "-"]
    found = subprocess.run(command, input=printed, capture_output=True, check=True).stdout.decode()
    pages = []
    for page in found.split("<page ")[1:]:
        height = float(re.search(r'height="([\d.]+)"', page)[1])
        top, bottom = (25, FOOT) if height > 800 else (21, 190)
        lines: list[tuple[float, list[tuple[float, str]]]] = []
        pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" [^>]*>(.*?)</word>'
        words = [
            (float(y) / 72 * 25.4, float(x), unescape(w)) for x, y, w in re.findall(pattern, page)
        ]
        for above, left, word in sorted(words):
            if not top < above < bottom:
                continue
            if not lines or above - lines[-1][0] > 0.9:
                lines.append((above, []))
            lines[-1][1].append((left, word))
        pages.append([" ".join(word for _left, word in sorted(line)) for _above, line in lines])
    return pages


def elements(opened) -> list:
    """All elements of the structure tree in reading order."""
    found = []

    def walk(element):
        found.append(element)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                walk(kid)

    walk(opened.Root.StructTreeRoot.K[0])
    return found


def test_a_checker_finds_nothing_against_pdf_ua(printed):
    validator = pytest.importorskip("page")
    checked = validator.validate_pdf_bytes(printed, profile="ua1")
    assert [(each.rule_id, each.message) for each in checked.failures] == []
    assert checked.rules.total > 90


def test_language_title_identifier_and_order(opened, language):
    assert str(opened.Root.Lang) == language
    assert opened.Root.ViewerPreferences.DisplayDocTitle is True
    assert "2018" in str(opened.docinfo["/Title"])
    assert re.search(rb"pdfuaid:part[>=\"]+1", opened.Root.Metadata.read_bytes())
    assert {str(page.Tabs) for page in opened.pages} == {"/S"}


def test_nothing_is_in_another_language_than_the_document(html, language):
    assert re.findall(r'\slang="(\w+)"', html) == [language]


def test_every_heading_of_a_table_has_a_scope_and_an_id(opened):
    heads = [each for each in elements(opened) if each.S == "/TH"]
    real = [each for each in heads if "/A" in each]
    assert {str(each.A.Scope) for each in real} == {"/Column", "/Row"}
    for table in (each for each in elements(opened) if each.S == "/Table"):
        groups = {str(kid.S) for kid in table.K}
        assert {"/THead", "/TBody"} <= groups
    kinds = {
        str(each.A.Scope)
        for table in elements(opened)
        if table.S == "/THead"
        for row in table.K
        for each in row.K
    }
    assert kinds == {"/Column"}


def test_every_figure_has_words(opened):
    figures = [each for each in elements(opened) if each.S == "/Figure"]
    assert len(figures) == len(edition.report().figures) + 2
    assert all(len(str(each.Alt)) > 5 for each in figures)


def test_headings_nest_without_gaps(opened):
    levels = [
        int(str(each.S)[2]) for each in elements(opened) if re.fullmatch(r"/H\d", str(each.S))
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_the_outline_holds_the_chapters_in_their_order(opened, language):
    with override(language):
        titles = [f"{c.number} {c.title}".strip() for c in edition.report().chapters]
    with opened.open_outline() as outline:
        found = [item.title for item in outline.root[0].children]
    assert [title for title in found if title in titles] == titles


def test_all_fonts_are_embedded_and_subset(opened):
    for page in opened.pages:
        for font in page.Resources.get("/Font", {}).values():
            whole = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert re.match(r"/[A-Z]{6}\+Golos-Text", str(font.BaseFont))
            assert {"/FontFile2", "/FontFile3"} & set(whole.FontDescriptor.keys())


def test_photographs_do_not_make_the_file_heavy(printed):
    boxes = [b.box for c in edition.report().chapters for b in c.blocks if b.box]
    assert sum(len(picture.content) for box in boxes for picture in box.pictures) > 1_000_000
    assert len(printed) < 3_000_000


def test_the_contents_name_the_pages_on_which_chapters_begin(opened, pages, language):
    with opened.open_outline() as outline:
        places = {
            item.title: opened.pages.index(_page(opened, item)) + 1
            for item in outline.root[0].children
        }
    with override(language):
        chapters = [(c.number, str(c.title)) for c in edition.report().chapters]
    contents = pages[2]
    for number, title in chapters:
        line = next(line for line in contents if title in line)
        printed_page = int(re.search(r"(\d+)$", line)[1])
        assert printed_page == places[f"{number} {title}".strip()]
        assert title in " ".join(pages[printed_page - 1])


def _page(opened, item):
    target = item.destination if item.destination is not None else item.action.D
    if isinstance(target, pikepdf.String):
        names = opened.Root.Names.Dests.Names
        target = dict(zip(map(str, names[::2]), names[1::2], strict=True))[str(target)]
    return pikepdf.Page(target[0])


def test_a_reference_names_the_page_of_its_table(opened, pages, language):
    whole = " ".join(" ".join(page) for page in pages)
    word = {"ru": r"\(с\.\s(\d+)\)", "kk": r"\((\d+)-бет\)", "en": r"\(page\s(\d+)\)"}
    pattern = rf"{word[language]}|{word['en']}"
    found = [int(next(filter(None, m.groups()))) for m in re.finditer(pattern, whole)]
    assert len(found) > 12
    assert max(found) <= len(pages)


def test_no_page_ends_with_a_heading(pages, html):
    # A picture's caption stands below it; a table's and a figure's above.
    pattern = (
        r"<(h[1-4])[^>]*>(.*?)</\1>|<caption[^>]*>(.*?)</caption>|<figcaption id[^>]*>(.*?)</f"
    )
    headings = set()
    for found in re.finditer(pattern, html, re.DOTALL):
        plain = re.sub(r"<[^>]+>", "", found[2] or found[3] or found[4])
        headings.add("".join(unescape(plain).split()))
    assert len(headings) > 50
    for number, lines in enumerate(pages[1:], start=2):
        assert "".join(lines[-1].split()) not in headings, number
    assert len(pages) > 20


def test_no_table_is_parted_that_fits_on_a_page_and_none_begins_at_its_foot(document):
    parts: dict[int, list[tuple[float, int]]] = {}
    names: dict[int, str] = {}
    for page in document.pages:
        for box in _boxes(page._page_box):
            if box.element_tag == "table" and not box.is_table_wrapper:
                rows = [each for each in _boxes(box) if each.element_tag == "tr"]
                parts.setdefault(id(box.element), []).append((box.height / 96 * 25.4, len(rows)))
                names[id(box.element)] = "".join(box.element.itertext())[:60]
    assert len(parts) > 20
    for key, pieces in parts.items():
        if len(pieces) > 1:
            assert sum(height for height, _rows in pieces) > PAGE * 0.9, names[key]
            assert min(rows for _height, rows in pieces) >= 3, names[key]


def _boxes(box):
    for child in getattr(box, "children", []):
        child = getattr(child, "_box", child)
        if getattr(child, "element", None) is not None:
            yield child
        yield from _boxes(child)


def test_the_title_page_says_which_edition_it_is(printed):
    command = ["pdftotext", "-raw", "-l", "1", "-", "-"]
    found = subprocess.run(command, input=printed, capture_output=True, check=True).stdout.decode()
    first = "".join(found.split())
    imprint = edition.report().imprint
    for text in (imprint.code, imprint.address, imprint.checksum, str(imprint.citation)):
        assert "".join(text.split()) in first
    assert "2019" in first
