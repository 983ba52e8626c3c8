"""Charts of the explorer: which one fits, what it shows, and that its files are sound."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from cards.models import Card
from reports.explorer import blocks
from reports.explorer.compute import compute
from reports.explorer.spec import Spec, parse
from reports.models import SavedView
from reports.render import atlas, plots, render_svg
from reports.render.png import alone_png, alone_svg
from tests.factories import AnalystFactory
from tests.reports.explorer.test_cross import write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
#: Kind of chart -> a view that is drawn so.
VIEWS = {
    "bars": "rows=form",
    "columns": "rows=year",
    "layers": "rows=place&columns=detentions",
    "lines": "rows=detentions&columns=year&chart=lines",
    "multiples": "rows=topic_group&columns=year",
    "heat": "rows=weekday&columns=hour&measure=mean-participants",
    "map": "rows=region_then&chart=map",
}


@pytest.fixture
def cards(reference):
    write(3, 120)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        *((query, kind) for kind, query in VIEWS.items()),
        ("rows=form&columns=detentions&measure=mean-police", "heat"),
        ("rows=form&columns=detentions&measure=column", "heat"),
        ("rows=form&columns=police_actions", "heat"),
        ("rows=topic_group&columns=detentions&chart=bars", "bars"),
        # More answers than a chart can tell apart.
        ("rows=form&columns=attributes&chart=layers", "heat"),
        ("rows=topic&columns=year&chart=lines", "heat"),
    ],
)
def test_the_chart_that_fits(cards, query, kind):
    assert compute(parse(query)).figure.kind == kind


@pytest.mark.parametrize("kind", VIEWS)
def test_every_mark_with_a_value_is_a_link_to_its_cards(cards, kind):
    figure = compute(parse(VIEWS[kind]), None, lambda cell: "/behind").figure
    element = plots.inline_svg(figure, "en")
    root = ElementTree.fromstring(element)
    links = [each for each in root.iter(f"{SVG}a") if each.get(LINK) == "/behind"]
    marks = [url for series in figure.series for url in series.urls if url]
    assert len(links) == len(marks) > 2
    assert {each.get("tabindex") for each in links} == {"-1"}
    assert root.get("aria-hidden") == "true"
    assert not [each for each in root.iter() if "style" in each.attrib]
    assert not [each for each in root.iter() if each.tag.endswith(("}style", "}script"))]


@pytest.mark.slow
@pytest.mark.parametrize("kind", VIEWS)
def test_files_are_sound_and_the_same_every_time(cards, kind):
    figure = compute(parse(VIEWS[kind])).figure
    picture = alone_png(figure, "en", "A title", ["Source: here"])
    with Image.open(io.BytesIO(picture)) as image:
        image.verify()
        assert image.format == "PNG"
        assert image.width == 1260
    drawing = alone_svg(figure, "en", "A title", ["Source: here"])
    root = ElementTree.fromstring(drawing)
    assert root.tag == f"{SVG}svg"
    assert root[0].text == "A title"
    assert "style" not in {name for each in root.iter() for name in each.attrib}
    assert drawing == alone_svg(figure, "en", "A title", ["Source: here"])
    assert render_svg(figure, "ru") == render_svg(figure, "ru")


def test_a_gap_is_no_zero(cards):
    figure = compute(parse("rows=place&columns=year&measure=mean-injured")).figure
    values = {value for series in figure.series for value in series.values}
    table = compute(parse("rows=place&columns=year&measure=mean-injured")).table
    unknown = [cell for row in table.rows for cell in row.cells if cell.value.n == 0]
    assert unknown
    assert None in values
    assert {cell.value.value for cell in unknown} == {None}


def test_the_words_beside_a_chart_name_its_largest_value(cards):
    made = compute(parse("rows=form&order=size"))
    largest = made.table.rows[0]
    alt = str(made.figure.alt)
    assert str(largest.label) in alt
    assert str(int(largest.cells[0].value.value)) in alt


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("to=2018-06-18", "until June 2018"),
        ("to=2022-06-07", "from June 2018 to June 2022"),
        ("from=2022-06-08", "split off then"),
    ],
)
def test_the_map_says_which_boundaries_it_shows(cards, query, said):
    from django.utils.translation import override

    with override("en"):
        note = str(compute(parse(f"rows=city&chart=map&{query}")).figure.note)
    assert said in note
    assert "Natural Earth" in note
    assert "GeoNames" in note


def test_the_map_is_drawn_where_the_country_lies():
    (left, low), (right, top) = atlas.extent()
    west, _south = atlas.degrees_of((left, 8.0))
    assert west == pytest.approx(46.5, abs=2)
    assert (right - left) / (top - low) == pytest.approx(1.95, abs=0.2)
    for place in ((76.9, 43.2), (51.4, 51.2), (67.0, 40.6)):
        assert atlas.degrees_of(atlas.project(*place)) == pytest.approx(place)
    assert sum(line.outline for line in atlas.lines()) > 15


def test_a_saved_view_gives_the_blocks_of_a_chapter(cards):
    view = SavedView.objects.create(
        owner=AnalystFactory(), name="By form", query="rows=form&columns=detentions"
    )
    figure, table = blocks(view.pk, period="2018")
    assert (figure.kind, table.kind) == ("figure", "table")
    assert figure.figure.number == table.table.code == f"view-{view.pk}"
    cells = list(table.table.cells())
    assert {cell.key.period for cell in cells} == {"2018"}
    assert {cell.key.table for cell in cells} == {f"view-{view.pk}"}
    assert all(cell.drill["period"] == "2018" for cell in cells)
    assert (
        table.table.rows[-1].cells[-1].value.value
        == compute(Spec(chosen=(("period", "2018"),))).cross.at().n
    )
    assert repr(blocks(view.pk, "2018")[1].table) == repr(table.table)


def test_an_edition_of_one_region_counts_no_card_of_another(cards):
    view = SavedView.objects.create(owner=AnalystFactory(), name="Places", query="rows=region")
    table = blocks(view.pk, "2018", "KZ-75")[-1].table
    assert [row.code for row in table.rows] in (["KZ-75", "TOTAL"], [])
    everything = SavedView.objects.create(owner=view.owner, name="All", query="rows=year")
    here = Card.objects.counted().filter(city__region="KZ-75").count()
    assert (
        blocks(everything.pk, "2018", "KZ-75")[-1].table.rows[-1].cells[0].value.value == here > 0
    )


def test_a_view_with_a_time_of_its_own_keeps_it(cards):
    owner = AnalystFactory()
    over_years = SavedView.objects.create(owner=owner, name="1", query="rows=form&columns=year")
    own = SavedView.objects.create(owner=owner, name="2", query="rows=form&from=2019-01-01")
    assert {cell.key.period for cell in blocks(over_years.pk, "2018")[1].table.cells()} == {""}
    drills = [cell.drill for cell in blocks(own.pk, "2018")[1].table.cells()]
    assert all(drill["from"] == "2019-01-01" and "period" not in drill for drill in drills)
    with pytest.raises(KeyError):
        blocks(10**9)
