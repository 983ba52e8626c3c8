"""The Word document: real styles, tables and fields, what people write in it, the same bytes."""

import dataclasses
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont

from reports.render import render_docx
from reports.render.style import FAMILY
from reports.types import Block
from tests.reports.render import sample

#: Drawing the figures takes its time; the inner loop goes without.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
FIELDS = {"TOC", "SEQ", "TC", "PAGE", "STYLEREF"}
RENDER = """
import hashlib, django
django.setup()
from reports.render import render_docx
from tests.reports.render import sample
print(hashlib.sha256(render_docx(sample.edition(), "kk")).hexdigest())
"""


def opened(content: bytes) -> Document:
    return Document(io.BytesIO(content))


def without_figures(*blocks: Block):
    """A report of one chapter with these blocks: quick to write."""
    plain = sample.report()
    chapter = dataclasses.replace(plain.chapters[0], blocks=blocks)
    return dataclasses.replace(plain, chapters=(chapter,))


@pytest.fixture(scope="module")
def content() -> bytes:
    return render_docx(sample.edition(), "en")


@pytest.fixture(scope="module")
def document(content):
    return opened(content)


def by_style(document, name: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style.name == name]


def instructions(content: bytes) -> list[str]:
    """The codes of all fields, in every part of the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name[-4:] == ".xml"]
    return [
        code.strip() for part in parts for code in re.findall(r"<w:instrText[^>]*>([^<]*)", part)
    ]


def test_it_says_whose_it_is_of_when_and_in_which_language(document):
    core = document.core_properties
    assert core.title == "Freedom of peaceful assembly in Kazakhstan. 2018"
    assert (
        core.author
        == core.last_modified_by
        == ("Kazakhstan International Bureau for Human Rights and Rule of Law")
    )
    assert core.created.date().isoformat() == core.modified.date().isoformat() == "2019-03-01"
    assert (core.language, core.identifier) == ("en-GB", "https://example.org/editions/2018-2/")


@pytest.mark.parametrize(
    ("language", "locale"), [("ru", "ru-RU"), ("kk", "kk-KZ"), ("en", "en-GB")]
)
def test_its_words_are_marked_with_their_language(language, locale):
    made = opened(render_docx(without_figures(Block("text", sample.LETTERS)), language))
    defaults = made.styles.element.find(qn("w:docDefaults"))
    assert {each.get(qn("w:val")) for each in defaults.iter(qn("w:lang"))} == {locale}
    assert sample.LETTERS in [each.text for each in made.paragraphs]


def test_chapters_are_headings_and_stand_in_the_contents(document):
    assert by_style(document, "Heading 1") == [
        "3 Overall results",
        "4 Character of the assemblies",
        "Annex",
    ]
    assert "By period" in by_style(document, "Heading 2")
    assert "A heading of the analysts" in by_style(document, "Heading 2")
    assert by_style(document, "TOC 1") == [
        "3\tOverall results",
        "4\tCharacter of the assemblies",
        "\tAnnex",
    ]


def test_every_line_of_the_contents_leads_to_its_place(document):
    body = document.element.body
    marks = [each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))]
    links = [each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))]
    targets = [link for link in links if link]
    assert set(targets) == set(marks)
    assert len(set(targets)) == len(marks) == 3 + 5 + 4  # chapters, tables, figures
    assert len(targets) == len(marks) + 2, "and the references in the prose and in the case"
    numbers = [each.get(qn("w:id")) for each in body.iter(qn("w:bookmarkStart"))]
    assert len(set(numbers)) == len(numbers)


def test_fields_are_of_these_kinds_and_no_others(content):
    codes = instructions(content)
    assert {code.split()[0] for code in codes} == FIELDS
    assert [code for code in codes if code.startswith("SEQ Table")] == [
        rf"SEQ Table \* ARABIC \r {number}" for number in (1, 2, 3, 8, 14)
    ]
    assert len([code for code in codes if code.startswith("TC ")]) == 5 + 4


def test_captions_name_tables_and_figures(document):
    assert by_style(document, "Table Caption")[0] == "Table 1 Assemblies by place"
    captions = by_style(document, "Figure Caption")
    assert [caption.split()[:2] for caption in captions] == [
        ["Figure", str(number)] for number in (1, 2, 3, 4)
    ]
    assert [caption.split("\n")[-1] for caption in captions] == ["Assemblies by place"] + [
        "Topics"
    ] * 3
    assert all("?\n" in caption for caption in captions), "each answers a question"


def test_heads_of_tables_stand_again_on_every_page(document):
    tables = [table for table in document.tables if table.style.name == "Report Table"]
    assert len(tables) == 5 + 1  # and one of words
    for table in tables:
        repeated = [
            row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None
            for row in table.rows
        ]
        heads = repeated.index(False)
        assert heads in (1, 2)
        assert not any(repeated[heads:])
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"


def test_a_spanning_head_is_one_cell(document):
    (table,) = [each for each in document.tables if each.cell(0, 0).text == "Form"]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc
    assert [table.cell(0, 1).text, table.cell(1, 2).text] == ["2017†", "Share, %"]


def test_pictures_say_in_words_what_they_show(document, report):
    named = document.element.body.iter(qn("wp:docPr"))
    alternatives = [each.get("descr") for each in named]
    assert sorted(alternatives) == sorted(
        [*(figure.alt.en for figure in report.figures), "People in a square"]
    )
    identities = [each.get("id") for each in document.element.body.iter(qn("wp:docPr"))]
    assert len(set(identities)) == len(identities)
    widths = sorted(round(shape.width.mm) for shape in document.inline_shapes)
    assert widths == [150, 162, 162, 162, 162]


def test_figures_have_three_hundred_dots_per_inch(document):
    from PIL import Image

    images = [
        Image.open(io.BytesIO(part.blob))
        for part in document.part.package.iter_parts()
        if str(part.partname).endswith(".png")
    ]
    wide = [image for image in images if image.width > 1000]
    assert len(wide) == 4
    assert {round(image.info["dpi"][0]) for image in wide} == {300}


def test_a_wide_table_has_pages_on_their_side(document):
    sizes = [round(section.page_width.mm) for section in document.sections]
    assert sizes == [210, 210, 210, 297, 210]
    for section in document.sections[1:]:
        assert "PAGE" in section.footer._element.xml
        assert section.header.paragraphs[0].text.startswith("Freedom of peaceful assembly")
    assert "PAGE" not in document.sections[0].footer._element.xml


def test_prose_keeps_what_its_markdown_says(document):
    (paragraph,) = [each for each in document.paragraphs if each.text.startswith("A bold word")]
    runs = {run.text: run for run in paragraph.runs}
    assert runs["bold"].bold
    assert runs["emphasis"].italic
    (link,) = paragraph.hyperlinks
    assert (link.text, link.address) == ("link", "https://example.org/page?a=1&b=2")
    assert "javascript:alert(1)" in paragraph.text, "a text, and no link"
    assert "<script>alert(1)</script>; Қ ң ө." in paragraph.text
    items = [each for each in document.paragraphs if each._p.pPr.numPr is not None]
    assert [each.text for each in items if each.style.name == "List Number"] == []
    texts = [each.text for each in items]
    assert {"first", "second", "below it", "counted from five"} <= set(texts)
    assert by_style(document, "Quote") == ["A witness said so."]


def test_each_numbered_list_counts_for_itself(document):
    numbering = document.part.numbering_part.element
    starts = [each.get(qn("w:val")) for each in numbering.iter(qn("w:startOverride"))]
    assert starts == ["1", "5", "1", "5"]  # in the prose and in the case


def test_a_case_stands_in_a_box_of_its_own(document):
    (box,) = [table for table in document.tables if table.style.name == "Case Box"]
    cell = box.cell(0, 0)
    texts = [each.text for each in cell.paragraphs]
    assert texts[:2] == ["Astana, 10 January", "Astana, 10 January 2018"]
    assert "The square" in texts
    (heading,) = [each for each in cell.paragraphs if each.style.name == "Box Heading"]
    assert heading.text == "A heading of the analysts"


def test_the_title_page_of_an_edition_says_what_it_is(document):
    assert by_style(document, "Imprint")[:-1] == [
        "Edition: 2018-2",
        "Frozen on: 1 March 2019",
        "Takes the place of edition: 2018-1",
        "Permanent address: https://example.org/editions/2018-2/",
        f"Checksum of the values: {'1' * 64}",
        "Suggested citation: The bureau. Freedom of peaceful assembly. Edition 2018-2.",
    ]
    assert by_style(document, "Change") == [
        "This edition takes the place of edition 2018-1. These values differ from it:",
        "Table 1, Astana: 9 became 10",
    ]


def test_only_a_demonstration_says_so():
    for demonstration in (True, False):
        report = dataclasses.replace(without_figures(), demonstration=demonstration)
        made = opened(render_docx(report, "en"))
        assert bool(by_style(made, "Demonstration")) is demonstration
        assert ("Demonstration" in made.sections[-1].footer._element.xml) is demonstration


def test_no_style_of_the_template_is_left(document):
    assert {style.font.name for style in document.styles if style.name == "Normal"} == {FAMILY}
    assert not [style.name for style in document.styles if "Accent" in style.name]
    with_fonts = document.styles.element.findall(f".//{qn('w:rFonts')}")
    assert not [each for each in with_fonts if each.get(qn("w:asciiTheme"))]


def test_it_brings_its_letters_with_all_the_kazakh_ones(content):
    """Read as Word does: the key beside each font uncovers it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        table = archive.read("word/fontTable.xml").decode()
        keys = re.findall(r'<w:embed(Regular|Bold) r:id="\w+" w:fontKey="{([0-9A-F-]+)}"', table)
        fonts = {}
        for number, (kind, key) in enumerate(keys, start=1):
            hidden = archive.read(f"word/fonts/font{number}.odttf")
            back = bytes.fromhex(key.replace("-", ""))[::-1] * 2
            plain = bytes(a ^ b for a, b in zip(hidden[:32], back, strict=True)) + hidden[32:]
            fonts[kind] = TTFont(io.BytesIO(plain))
    assert [font["name"].getDebugName(1) for font in fonts.values()] == [FAMILY, FAMILY]
    assert fonts["Bold"]["name"].getDebugName(2) == "Bold"
    assert fonts["Bold"]["OS/2"].usWeightClass > fonts["Regular"]["OS/2"].usWeightClass
    for font in fonts.values():
        assert {ord(letter) for letter in sample.LETTERS} <= set(font.getBestCmap())
    assert '<w:altName w:val="Arial"/>' in table


def test_signs_that_a_document_cannot_hold_are_left_out():
    odd = "a\x00b\x0bc\ud800d\tе\nf\ufffe"
    made = opened(render_docx(without_figures(Block("text", odd), Block("prose", odd)), "en"))
    texts = [each.text for each in made.paragraphs]
    assert "abcd\tе\nf" in texts
    assert any(text.startswith("a") and "bcd" in text for text in texts)


def test_a_title_cannot_break_out_of_its_field():
    table = dataclasses.replace(sample.places(), title='x" \\f z {DDEAUTO c:\\\\calc} <w:t>')
    content = render_docx(without_figures(Block("table", table=table)), "en")
    (entry,) = [code for code in instructions(content) if code.startswith("TC ")]
    assert entry.count('"') == 2
    assert entry.endswith(r'" \f t \l 1')
    assert "\\" not in entry.split('"')[1]


def test_links_lead_to_the_web_or_a_mailbox_only():
    text = (
        "[a](http://example.org) [b](mailto:a@example.org) [c](file:///etc/passwd) [d](/reports/)"
        " [e](\\\\server\\share) [f](vbscript:x) [g](HTTPS://example.org) ![h](https://example.org/i.png)"
    )
    content = render_docx(without_figures(Block("prose", text)), "en")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        related = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")
        )
    assert sorted(re.findall(r'Target="([^"]*)" TargetMode="External"', related)) == [
        "HTTPS://example.org",
        "http://example.org",
        "mailto:a@example.org",
    ]


def test_two_processes_give_the_same_bytes():
    def rendered(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", RENDER],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    first, second = rendered("1"), rendered("31337")
    assert len(first) == 64
    assert first == second


def test_every_part_of_the_file_is_of_no_time(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert not [name for name in archive.namelist() if "thumbnail" in name]
