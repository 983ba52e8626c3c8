"""A report on one region: what it counts, that regions add up to the country, and what says so."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.translation import override

from cards.models import Card, City, Coverage, Place
from reports import artefacts, facts, source
from reports.models import PublishedValue
from reports.types import TOTAL
from tests.factories import make_application, make_card
from tests.reports import generate

pytestmark = pytest.mark.django_db

#: Two regions that report as one place.
ZHETYSU, ALMATY_REGION, ALMATY = "KZ-33", "KZ-19", "KZ-75"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def written(seed: int) -> None:
    """Cards by chance all over the country, a third of them where a place lies in two regions."""
    chance = random.Random(seed)
    cities = list(City.objects.order_by("code").values_list("code", flat=True))
    both = list(City.objects.filter(place="taldykorgan").values_list("code", flat=True))
    for card in generate.write_cards(seed, 60):
        city = chance.choice(both if chance.random() < 0.3 else cities)
        Card.objects.filter(pk=card.pk).update(city=city)
    for application in generate.write_applications(seed, 20):
        type(application).objects.filter(pk=application.pk).update(city=chance.choice(cities))
    facts.rebuild()


def sums(found) -> tuple[dict, dict]:
    """Totals of all places, without what there is none of."""
    dimensions = {dimension for _place, dimension, _value in found.counts}
    counts = {
        (dimension, value): n
        for dimension in dimensions
        for value, n in found.values(TOTAL, dimension).items()
        if n
    }
    measures = {measure for _place, measure in found.sums}
    totals = {name: found.sum(TOTAL, name) for name in measures if found.sum(TOTAL, name).n}
    return counts, {name: (each.n, each.total) for name, each in totals.items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("code", ["2020", "2021"])
def test_the_regions_add_up_to_the_country(reference, seed, code):
    written(seed)
    whole = sums(source.gather(code).facts[code])
    added: tuple[dict, dict] = ({}, {})
    for region in source.regions():
        counts, totals = sums(source.gather(code, region=region).facts[code])
        for key, n in counts.items():
            added[0][key] = added[0].get(key, 0) + n
        for name, (n, total) in totals.items():
            before = added[1].get(name, (0, 0))
            added[1][name] = (before[0] + n, before[1] + total)
    assert added == whole
    assert whole[1]["assemblies"][0] > 5


@pytest.mark.parametrize("region", [ZHETYSU, ALMATY_REGION, ALMATY])
def test_a_region_is_what_its_cards_say(reference, region):
    written(7)
    cards = [card for card in generate.all_cards() if card.city.region_id == region]
    found = source.gather("2021", region=region).facts["2021"]
    of_year = [card for card in cards if card.date and card.date.year == 2021]
    counted = [c for c in of_year if (c.status, c.inclusion) == ("approved", "counted")]
    assert found.assemblies() == len(counted)
    assert found.sum(TOTAL, "participants").total == sum(c.participants or 0 for c in counted)
    assert found.sum(TOTAL, "detained").total == sum(c.detained or 0 for c in counted)


def test_a_place_in_two_regions_is_parted_by_its_cities(reference):
    for city, people in (("taldykorgan", 10), ("konaev", 20)):
        make_card(
            "approved", city=city, participants=people, participants_low=None,
            participants_high=None,
        )  # fmt: skip
    for region, people in ((ZHETYSU, 10), (ALMATY_REGION, 20)):
        report = source.gather("2018", region=region).report
        line = report.table("18").rows[0]
        assert (line.code, line.cells[0].value.value) == ("taldykorgan", people)


def test_days_that_a_period_cuts_and_medians_are_of_the_region_too(reference):
    from cards.models import Period

    Period.objects.filter(pk="2019").update(start="2019-01-15", end="2019-11-20")
    for city, police in (("almaty", 5), ("astana", 50)):
        make_card(
            "approved", city=city, date="2019-01-20", application_date=None, answer_date=None,
            participants=10, participants_low=None, participants_high=None,
            police=police, police_low=None, police_high=None,
        )  # fmt: skip
    found = source.gather("2019", region=ALMATY).facts["2019"]
    assert found.assemblies() == 1
    assert found.medians[TOTAL, "police_per_participant"] == 0.5


def test_only_places_of_the_region_were_to_be_monitored(reference):
    Coverage.objects.create(place_id="almaty", month="2018-05-01", state="none")
    Coverage.objects.create(place_id="astana", month="2018-06-01", state="none")
    found = source.gather("2018", region=ALMATY).facts["2018"]
    assert (found.covered, found.covered_any) == ({"almaty": 11.0}, 11.0)
    assert Place.objects.count() == 19


def test_what_earlier_reports_printed_of_the_country_is_not_in_it(reference):
    make_card("approved")
    PublishedValue.objects.create(
        edition="2018", table="2", period_label="2017", period_id="2017", row=TOTAL,
        column="assemblies", unit="count", printed="36", value=36,
    )  # fmt: skip
    report = source.gather("2018", region=ALMATY).report
    assert report.published == ()
    assert {cell.source for cell in report.cells()} == {"computed"}
    assert [column.code for column in report.table("2").columns] == ["2018"]
    with pytest.raises(KeyError):
        source.gather("2017", region=ALMATY)


def test_the_report_on_the_country_is_as_if_there_were_no_regions(reference):
    make_card("approved")
    made_from = source.gather("2018")
    assert made_from.region is None
    assert made_from.report.region is None
    assert b",region" not in artefacts.values_csv(made_from.report)
    assert "region" not in json.loads(artefacts.report_json(made_from.report))
    assert source.gather("2018", region=ALMATY).fingerprint != made_from.fingerprint


def test_every_file_says_which_region(reference):
    make_card("approved", city="taldykorgan")
    made_from = source.gather("2018", region=ZHETYSU)
    assert artefacts.file_name(made_from, "pdf", "en") == "report-2018-KZ-33-en.pdf"
    archive = zipfile.ZipFile(artefacts.document(made_from, "csv", "en"))
    for name in archive.namelist():
        lines = list(csv.DictReader(io.StringIO(archive.read(name).decode())))
        assert {line["region"] for line in lines} <= {ZHETYSU}, name
    assert json.load(artefacts.document(made_from, "json", "en"))["region"]["code"] == ZHETYSU
    with override("en"):
        name = str(made_from.region.name)
        assert name == "Zhetysu Region"
        assert b"Zhetysu Region" in artefacts.figure(made_from, "1", "en")
        assert name in str(made_from.report.table("1").title)


@pytest.mark.slow
def test_the_title_page_and_the_workbook_say_which_region(reference):
    import pikepdf
    from openpyxl import load_workbook

    make_card("approved", city="taldykorgan")
    made_from = source.gather("2018", region=ZHETYSU)
    book = load_workbook(artefacts.document(made_from, "xlsx", "en"))
    assert "Zhetysu Region" in book["contents"]["A1"].value
    with pikepdf.open(artefacts.document(made_from, "pdf", "en")) as pdf:
        assert "Zhetysu Region" in str(pdf.docinfo["/Title"])


@pytest.mark.slow
def test_the_page_of_a_region(signed_in, analyst):
    make_card("approved", city="taldykorgan")
    reader = signed_in(analyst)
    address = reverse("reports:region_period", args=["2018", ZHETYSU])
    page = reader.get(address).content.decode()
    assert "Freedom of peaceful assembly in Kazakhstan: Zhetysu Region" in page
    assert "It is about one region: Zhetysu Region." in page
    assert "only the cities of the region are counted: Taldykorgan and Almaty region." in page
    for name, rest in (("region_table", ["1"]), ("region_download", ["pdf", "en"])):
        assert reverse(f"reports:{name}", args=["2018", ZHETYSU, *rest]) in page
    assert f"period=2018&amp;region={ZHETYSU}" in page, "cells lead to the cards of the region"
    assert address in reader.get(reverse("reports:period", args=["2018"])).content.decode()
    table = reader.get(reverse("reports:region_table", args=["2018", ZHETYSU, "2"]))
    assert reverse("reports:region_table", args=["2018", ZHETYSU, "3"]) in table.content.decode()
    for wrong in (["2018", "KZ-00"], ["2018", "KZ-YUZ"], ["2017", ZHETYSU]):
        assert reader.get(reverse("reports:region_period", args=wrong)).status_code == 404


def test_where_there_is_one_place_nothing_is_ranked(reference):
    make_card("approved", detained=2, police_actions=("detained",))
    make_card("approved", detained=2, police_actions=("detained",))
    with override("en"):
        report = source.gather("2018", region=ALMATY).report
        words = " ".join(str(b.text) for chapter in report.chapters for b in chapter.blocks)
    assert "First comes" not in words
    assert "highest in" not in words
    assert "Most people were detained in" not in words


def test_a_region_without_an_assembly_says_so(reference):
    make_card("approved", city="astana")
    with override("en"):
        report = source.gather("2018", region=ALMATY).report
        words = [str(block.text) for chapter in report.chapters for block in chapter.blocks]
    assert "In 2018 monitors recorded no assembly." in " ".join(words)


def test_applications_that_never_became_an_assembly_are_of_the_region(reference):
    year = str(make_application(city="almaty").applied_on.year)
    make_application(city="astana")
    table = source.gather(year, region=ALMATY).report.table("applications")
    assert table.rows[-1].cells[0].value.value == 1


@pytest.mark.slow
def test_the_command_takes_a_region(reference, tmp_path, capsys):
    make_card("approved")
    call_command(
        "build_report", "2018", region=ALMATY, out=tmp_path, formats="csv,json", language=["en"]
    )
    lines = list(csv.DictReader((tmp_path / "values.csv").open(encoding="utf-8")))
    assert {line["region"] for line in lines} == {ALMATY}
    for period, region, words in (
        ("1999", ALMATY, "no period"),
        ("2018", "KZ-00", "no region"),
        ("2017", ALMATY, "tell nothing of a region"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("build_report", period, region=region, out=tmp_path)
