"""Prose and case boxes: clean, in the outline, the same on the web and in the standalone file."""

import base64
import dataclasses
import datetime
import re

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from reports.render.html import context
from reports.render.markdown import prose
from reports.types import Block, CaseBox, Label, Picture
from tests.reports.material import Little, report_of

PICTURE = Picture(
    "crowd.jpg", b"\xff\xd8 not drawn here", "image/jpeg", 640, 480, "A crowd", "From the east"
)
BOX = CaseBox(
    Label("Случай", "Оқиға", "A case <one>"),
    Label("Астана", "Астана", "Astana"),
    datetime.date(2018, 1, 10),
    "# Morning\n\nAbout **25** residents.\n\n## Later\n\nAll were detained.",
    (PICTURE, dataclasses.replace(PICTURE, name="tall.png", width=300, height=480, caption="")),
)


def page(*blocks: Block, language: str = "en", **more) -> str:
    report = report_of([Little(), Little(place="astana")])
    first = dataclasses.replace(report.chapters[2], blocks=(*blocks, *report.chapters[2].blocks))
    chapters = (*report.chapters[:2], first, *report.chapters[3:])
    with override(language):
        values = context(dataclasses.replace(report, chapters=chapters), language, **more)
        values["figure_base"] = lambda figure: f"/{figure.number}.svg"
        return render_to_string("reports/_report.html", values)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Two\nlines **here**", "<p>Two\nlines <strong>here</strong></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
    ],
)
def test_what_is_allowed_is_set(typed, shown):
    assert prose(typed).strip() == shown


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        "![alt](https://example.org/a.png)",
        "[![alt](a.png)](https://example.org/)",
        "<b>bold</b>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](file:///etc/passwd)",
        "[x](/static/css/report.css)",
        "[x](report.css)",
        "`code`",
        "    indented",
        "```\nfenced\n```",
        '<span class="page" data-target="#table-1">x</span>',
    ],
)
def test_nothing_else_becomes_markup(typed):
    html = prose(typed, anchors=())
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a"}
    assert set(re.findall(r'href="([^"]*)"', html)) <= {"https://example.org/"}


def test_a_picture_in_prose_leaves_its_description():
    assert prose("Before ![a crowd](a.png) after").strip() == "<p>Before a crowd after</p>"


@pytest.mark.parametrize(
    ("typed", "level", "levels"),
    [
        ("# a\n\n## b\n\n# c", 3, ["h3", "h4", "h3"]),
        ("### a\n\n##### b\n\n###### c\n\n### d", 3, ["h3", "h4", "h4", "h3"]),
        ("## a\n\n# b\n\n## c", 3, ["h3", "h3", "h4"]),
        ("a\n=\n\nb\n-", 3, ["h3", "h4"]),
        ("# a\n\n### b", 4, ["h4", "h4"]),
    ],
)
def test_headings_nest_without_gaps(typed, level, levels):
    assert re.findall(r"<(h\d)>", prose(typed, level=level)) == levels


def test_a_link_into_the_report_names_its_page_and_one_to_nowhere_is_text():
    with override("en"):
        html = prose("See [table 1](#table-1) and [table 99](#table-99).", anchors={"table-1"})
    assert '<a href="#table-1" rel="noopener noreferrer">table 1</a><span class="page-ref"' in html
    assert (
        'data-target="#table-1" data-before="page&nbsp;" data-after=""></span> and table 99.'
        in html
    )


def test_a_link_out_of_the_report_stays():
    html = prose("[OSCE](https://www.osce.org/) <https://example.org/a>")
    assert re.findall(r'href="([^"]+)"', html) == ["https://www.osce.org/", "https://example.org/a"]


def test_prose_stands_in_its_chapter():
    html = page(Block("prose", text="## Why\n\nSee [the table](#table-1) & more."))
    assert '<div class="report-prose">\n<h3>Why</h3>' in html
    assert '<a href="#table-1"' in html
    assert "&amp; more" in html


def test_prose_speaks_the_language_of_the_page():
    text = Label("По-**русски**", "Қазақша", "In English")
    assert "По-<strong>русски</strong>" in page(Block("prose", text=text), language="ru")
    assert "Қазақша" in page(Block("prose", text=text), language="kk")


def test_a_case_has_its_place_its_day_and_its_pictures():
    html = page(Block("box", box=BOX))
    assert '<h3 class="report-box-title">A case &lt;one&gt;</h3>' in html
    assert '<p class="report-box-where">Astana, 10 January 2018</p>' in html
    box = html[html.index('class="report-box"') : html.index("</figure>\n</div>")]
    assert re.findall(r"<(h\d)", box) == ["h3", "h4", "h4"]
    inside = base64.b64encode(PICTURE.content).decode()
    assert f'src="data:image/jpeg;base64,{inside}" width="640" height="480" alt="A crowd"' in box
    assert box.count("<figcaption>") == 1
    assert "report-picture-upright" in box


def test_a_case_without_place_day_and_pictures_is_whole():
    html = page(Block("box", box=CaseBox("Short", "", None, "Text.")))
    assert 'class="report-box-where"' not in html
    assert "<h3 class=\"report-box-title\">Short</h3>" in html  # fmt: skip


def test_pictures_may_have_an_address_of_their_own():
    html = page(Block("box", box=BOX), picture_base=lambda picture: f"/pictures/{picture.name}")
    assert 'src="/pictures/crowd.jpg"' in html
    assert "data:image/jpeg" not in html
