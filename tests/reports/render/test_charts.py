"""Charts: the same bytes, no inline styles, gaps that are not zeros, published figures marked."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import translation
from PIL import Image

from reports.render import figure_png, png, render_svg, style
from reports.render.png import plain_png
from tests.reports.render import sample

#: Drawing and printing take their time; the inner loop goes without.
pytestmark = pytest.mark.slow

FIGURES = sample.figures()
KINDS = {figure.kind: figure for figure in FIGURES}
ROOT = Path(__file__).resolve().parents[3]


def texts(svg: bytes) -> list[str]:
    return [
        "".join(element.itertext())
        for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_the_drawing_is_the_same_every_time(figure):
    assert render_svg(figure, "ru") == render_svg(figure, "ru")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_no_inline_style_that_a_content_policy_would_strip(figure):
    root = ElementTree.fromstring(render_svg(figure, "kk"))
    assert not [element for element in root.iter() if "style" in element.attrib]
    assert not [element for element in root.iter() if element.tag.endswith(("}style", "}script"))]
    assert root[0].text == figure.title.kk


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_outlines_need_no_font_and_text_stays_text(figure):
    assert texts(render_svg(figure, "ru")) == []
    written = render_svg(figure, "ru", text="text")
    assert texts(written)
    assert {
        element.attrib["font-family"].split(",")[0].strip("' ")
        for element in ElementTree.fromstring(written).iter("{http://www.w3.org/2000/svg}text")
    } == {style.FAMILY}


def test_numbers_follow_the_language():
    assert "43,8\u00a0%" in texts(render_svg(KINDS["stacked"], "kk", text="text"))
    assert "43.8%" in texts(render_svg(KINDS["stacked"], "en", text="text"))


def test_published_columns_have_a_dagger_and_a_colour_of_their_own():
    svg = render_svg(KINDS["columns"], "ru", text="text")
    assert "2017†" in texts(svg)
    assert "2018" in texts(svg)
    assert style.colour("chart-published").encode() in svg
    assert style.colour("chart-published").encode() not in render_svg(KINDS["bars"], "ru")


def test_a_gap_is_a_dash_and_not_a_zero():
    series = KINDS["bars"].series[0]
    gap = dataclasses.replace(series, values=(10.0, None, 5.0, 1.0, 3.0))
    figure = dataclasses.replace(KINDS["bars"], series=(gap,))
    shown = texts(render_svg(figure, "ru", text="text"))
    assert "–" in shown
    assert "0" not in shown


def test_long_names_are_broken_and_stay_inside():
    long = ("Собрание в форме одиночного пикета у здания областного акимата",) * 3
    figure = dataclasses.replace(
        KINDS["bars"],
        categories=long,
        series=(dataclasses.replace(KINDS["bars"].series[0], values=(1.0, 2.0, 3.0)),),
    )
    root = ElementTree.fromstring(render_svg(figure, "ru", text="text"))
    places = [
        float(element.attrib["x"])
        for element in root.iter("{http://www.w3.org/2000/svg}text")
        if "x" in element.attrib
    ]
    assert min(places) >= 0


def test_an_empty_figure_still_draws():
    empty = dataclasses.replace(KINDS["bars"], categories=(), series=())
    assert render_svg(empty, "ru").startswith(b"<?xml")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_a_picture_is_the_same_every_time(figure, report):
    assert figure_png(report, figure, "kk") == figure_png(sample.report(), figure, "kk")


def test_a_picture_goes_alone(report):
    """Title and words for those who do not see it stand in the file; print has more dots."""
    drawn = Image.open(io.BytesIO(figure_png(report, KINDS["bars"], "kk")))
    assert drawn.size[0] == 1260
    assert round(drawn.info["dpi"][0]) == 200
    assert drawn.text["Title"] == KINDS["bars"].title.kk
    assert drawn.text["Description"] == KINDS["bars"].alt.kk
    assert "Software" not in drawn.text
    bare = Image.open(io.BytesIO(plain_png(KINDS["bars"], "kk")))
    assert bare.size[0] == 1890
    assert drawn.height / 200 > bare.height / 300 + 0.5, "the title and the source have room"


def test_a_picture_says_where_it_comes_from(report):
    """What is written around the chart, read from the drawing and not from its dots."""
    with translation.override("en"):
        real = png._sources(sample.report(demonstration=False), KINDS["bars"])
        demonstration = png._sources(report, KINDS["columns"])
        frozen = png._sources(sample.edition(), KINDS["bars"])
    assert real == [
        "Source: Freedom of peaceful assembly in Kazakhstan. 2018",
        "Kazakhstan International Bureau for Human Rights and Rule of Law",
    ]
    assert demonstration[2].startswith("† Figure published in an earlier report")
    assert demonstration[3] == "Demonstration: reconstructed cards."
    assert "https://example.org/editions/2018-2/" in frozen


def test_reading_the_module_loads_no_heavy_library():
    code = (
        "import sys, django; django.setup(); import reports.render;"
        "heavy = {'docx', 'lxml', 'matplotlib', 'weasyprint', 'xlsxwriter', 'pandas', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_several_columns_become_small_charts_each_with_its_name():
    figure = dataclasses.replace(KINDS["stacked"], kind="columns")
    svg = render_svg(figure, "ru", text="text")
    shown = texts(svg)
    assert {"Политические", "Экономические", "Социальные"} <= set(shown)
    assert style.colour("chart-published").encode() in svg
    assert style.colour("chart-2").encode() not in svg


def test_the_parts_of_a_stack_are_named_beside_it():
    svg = render_svg(KINDS["stacked"], "ru", text="text")
    assert {"Политические", "Экономические", "Социальные"} <= set(texts(svg))
    root = ElementTree.fromstring(svg)
    assert not [e for e in root.iter() if e.attrib.get("id", "").startswith("legend")]


def test_a_stack_whose_last_parts_are_thin_keeps_its_key():
    first, *others = KINDS["stacked"].series
    thin = dataclasses.replace(first, values=(*first.values[:-1], 1.0))
    figure = dataclasses.replace(KINDS["stacked"], series=(thin, *others))
    root = ElementTree.fromstring(render_svg(figure, "ru", text="text"))
    assert [e for e in root.iter() if e.attrib.get("id", "").startswith("legend")]
