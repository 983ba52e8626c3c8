"""The shipped reference data: the files by themselves, and what they become in the database."""

import csv
import datetime
import zoneinfo
from collections import Counter, defaultdict

import pytest
from django.conf import settings
from django.utils import translation

from cards.models import (
    City,
    CityRegion,
    Form,
    Law,
    Period,
    Place,
    Provision,
    Region,
    Topic,
    TopicGroup,
)
from cards.models.reference import LATITUDE, LONGITUDE
from cards.reference import Loaded, load_reference, region_on
from cards.vocabularies import LegalStatus

FOLDER = settings.BASE_DIR / "fixtures" / "reference"
KAZAKH_ONLY = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
CYRILLIC = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") | {letter.lower() for letter in KAZAKH_ONLY}
TODAY = datetime.date(2026, 11, 22)

pytestmark = pytest.mark.django_db


def rows(name: str) -> list[dict[str, str]]:
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


LABELLED = ["regions", "places", "cities", "forms", "topic_groups", "topics", "laws"]


@pytest.mark.parametrize("name", LABELLED)
def test_every_row_has_its_own_code_and_place_and_three_names(name):
    table = rows(name)
    codes = [row["code"] for row in table]
    assert len(set(codes)) == len(codes)
    assert [int(row["order"]) for row in table] == list(range(1, len(table) + 1))
    for row in table:
        for language in ("ru", "kk", "en"):
            label = row[f"label_{language}"]
            assert label, row
            assert label == " ".join(label.split()), row
            assert len(label) <= 200


@pytest.mark.parametrize("name", LABELLED)
def test_names_are_written_in_the_letters_of_their_language(name):
    for row in rows(name):
        assert not any(letter in CYRILLIC for letter in row["label_en"].lower()), row
        for language in ("ru", "kk"):
            letters = {x for x in row[f"label_{language}"].lower() if x.isalpha()}
            assert letters <= CYRILLIC, row


def test_russian_names_use_kazakh_letters_only_where_kato_does():
    found = {
        row["label_ru"]
        for name in LABELLED
        for row in rows(name)
        if KAZAKH_ONLY & set(row["label_ru"])
    }
    assert found == {"Қонаев", "область Жетісу", "область Ұлытау"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("almaty", "Алматы"),
        ("astana", "Астана"),
        ("uralsk", "Орал"),
        ("taldykorgan", "Талдықорған"),
        ("shymkent", "Шымкент"),
        ("aktobe", "Ақтөбе"),
        ("ust-kamenogorsk", "Өскемен"),
        ("semey", "Семей"),
        ("aktau", "Ақтау"),
        ("karaganda", "Қарағанды"),
        ("kostanay", "Қостанай"),
        ("kyzylorda", "Қызылорда"),
        ("zhezkazgan", "Жезқазған"),
        ("petropavlovsk", "Петропавл"),
        ("turkestan", "Түркістан"),
        ("kokshetau", "Көкшетау"),
        ("temirtau", "Теміртау"),
        ("konaev", "Қонаев"),
        ("zhanaozen", "Жаңаөзен"),
        ("ekibastuz", "Екібастұз"),
        ("kulsary", "Құлсары"),
        ("satpayev", "Сәтбаев"),
        ("lenger", "Леңгір"),
    ],
)
def test_kazakh_names_of_cities(code, name):
    assert {row["code"]: row["label_kk"] for row in rows("cities")}[code] == name


def test_kazakh_names_of_regions_are_not_half_russian():
    names = {row["code"]: row["label_kk"] for row in rows("regions")}
    assert names["KZ-62"] == "Ұлытау облысы"
    assert names["KZ-33"] == "Жетісу облысы"
    assert names["KZ-47"] == "Маңғыстау облысы"
    cities = {"KZ-71", "KZ-75", "KZ-79"}
    assert {code for code, name in names.items() if not name.endswith(" облысы")} == cities


def test_89_cities_each_with_kato_and_a_place_of_its_region():
    cities = rows("cities")
    assert len(cities) == 89
    assert len({city["kato"] for city in cities}) == 89
    places = {place["code"] for place in rows("places")}
    assert len(places) == 19
    assert {city["place"] for city in cities} == places
    of_region = defaultdict(set)
    for city in cities:
        assert city["kato"].isdigit()
        assert len(city["kato"]) == 9
        # The first two digits of KATO are those of the region's ISO code.
        assert city["region"] == f"KZ-{city['kato'][:2]}"
        of_region[city["region"]].add(city["place"])
    # A region of today reports as one place; one place may stand for two regions.
    assert all(len(found) == 1 for found in of_region.values())
    assert of_region["KZ-19"] == of_region["KZ-33"] == {"taldykorgan"}
    assert of_region["KZ-10"] == {"semey"}
    assert of_region["KZ-63"] == {"ust-kamenogorsk"}
    assert of_region["KZ-62"] == {"zhezkazgan"}


def test_a_place_is_named_after_its_principal_city_and_lies_in_that_order():
    cities = rows("cities")
    for place, city in zip(rows("places"), cities, strict=False):
        assert city["code"] == place["code"] == city["place"]
        assert place["label_kk"].startswith(city["label_kk"])


def test_cities_lie_in_kazakhstan_apart_from_each_other_in_a_known_time_zone():
    zones = zoneinfo.available_timezones()
    spots = set()
    for city in rows("cities"):
        latitude, longitude = float(city["latitude"]), float(city["longitude"])
        assert LATITUDE[0] < latitude < LATITUDE[1], city
        assert LONGITUDE[0] < longitude < LONGITUDE[1], city
        spots.add((round(latitude, 2), round(longitude, 2)))
        assert city["time_zone"] in zones, city
        noon = datetime.datetime(2025, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo(city["time_zone"]))
        assert noon.utcoffset() == datetime.timedelta(hours=5)
    assert len(spots) == 89


def test_a_name_leads_to_one_city():
    owners = defaultdict(set)
    for city in rows("cities"):
        names = {city["code"], city["label_ru"], city["label_kk"], city["label_en"]}
        for name in names | set(city["aliases"].split("|")) - {""}:
            owners[name.casefold()].add(city["code"])
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("Целиноград", "astana"),
        ("Акмола", "astana"),
        ("Нур-Султан", "astana"),
        ("Nur-Sultan", "astana"),
        ("Нұр-Сұлтан", "astana"),
        ("Алма-Ата", "almaty"),
        ("Семипалатинск", "semey"),
        ("Капчагай", "konaev"),
        ("Чимкент", "shymkent"),
        ("Джамбул", "taraz"),
        ("Гурьев", "atyrau"),
        ("Зыряновск", "altai"),
        ("Байконур", "baikonur"),
    ],
)
def test_old_and_other_names_are_aliases(old, code):
    aliases = {row["code"]: row["aliases"].split("|") for row in rows("cities")}
    assert old in aliases[code]


def test_each_city_belongs_to_one_region_on_every_day_since_2010():
    history = defaultdict(list)
    regions = {row["code"]: row for row in rows("regions")}
    for row in rows("city_regions"):
        history[row["city"]].append(row)
        region = regions[row["region"]]
        assert region["valid_from"] <= row["valid_from"]
        assert (region["valid_to"] or "9999") >= (row["valid_to"] or "9999")
    day = datetime.timedelta(days=1)
    for city in rows("cities"):
        spans = history.pop(city["code"])
        assert spans[0]["valid_from"] == "2010-01-01"
        for before, after in zip(spans, spans[1:], strict=False):
            assert datetime.date.fromisoformat(before["valid_to"]) + day == (
                datetime.date.fromisoformat(after["valid_from"])
            )
        assert spans[-1]["valid_to"] == ""
        assert spans[-1]["region"] == city["region"]
    assert history == {}


def test_regions_know_what_they_come_from():
    regions = {row["code"]: row for row in rows("regions")}
    came = {code: row["predecessor"] for code, row in regions.items() if row["predecessor"]}
    assert came == {
        "KZ-10": "KZ-63",
        "KZ-33": "KZ-19",
        "KZ-62": "KZ-35",
        "KZ-61": "KZ-YUZ",
        "KZ-79": "KZ-YUZ",
    }
    assert [code for code, row in regions.items() if row["active"] == "0"] == ["KZ-YUZ"]
    assert len(regions) == 21


def test_topics_belong_to_their_groups():
    assert Counter(row["group"] for row in rows("topics")) == {
        "political": 4,
        "economic": 4,
        "social": 8,
    }


def test_statuses_of_the_laws_are_answers_of_the_card():
    for law in rows("laws"):
        sanctioned = law["sanctioned_statuses"].split(";")
        excluded = law["excluded_statuses"].split(";")
        assert set(sanctioned) | set(excluded) <= set(LegalStatus.values)
        assert not set(sanctioned) & set(excluded)


def test_printed_names_of_periods_lead_to_periods():
    periods = {row["code"] for row in rows("periods")}
    aliases = {
        (row["table"], row["period_label"]): row["period"] for row in rows("published_periods")
    }
    assert aliases == {
        ("10", "2011 (sic; 2010)"): "2010",
        ("15", "2012"): "2011-2012",
        ("15", "2013"): "2012-2013",
        ("9", "text"): "",
    }
    assert {code for code in aliases.values() if code} <= periods


@pytest.fixture
def empty_tables(db):
    """Nothing of the reference: what every other test finds there is taken out."""
    for model in (CityRegion, City, Place, Region, Topic, TopicGroup, Form, Law, Provision, Period):
        if model is Region:
            model.objects.update(predecessor=None)
        model.objects.all().delete()


@pytest.fixture
def reference(empty_tables):
    return load_reference(today=TODAY)


def test_loading_fills_every_table(reference):
    assert {name: loaded.new for name, loaded in reference.items()} == {
        "Region": 21,
        "Place": 19,
        "City": 89,
        "CityRegion": 110,
        "Form": 16,
        "TopicGroup": 3,
        "Topic": 16,
        "Law": 2,
        "Provision": 6,
        "Period": 16,
    }
    for model in (Region, Place, City, CityRegion, Form, TopicGroup, Topic, Law, Provision, Period):
        assert model.objects.count() == reference[model.__name__].new
    assert Law.objects.get(code="act_2020").sanctioned_statuses == ("sanctioned", "notified")
    assert Topic.objects.get(code="gas_price").group_id == "economic"
    assert str(City.objects.get(code="zhem").latitude) == "48.78000"


def test_loading_again_changes_nothing_and_only_reads(reference, django_assert_num_queries):
    with django_assert_num_queries(10 + 1 + 2):  # tables, the one of the years, savepoint
        again = load_reference(today=TODAY)
    for name, loaded in again.items():
        rows_of_files = reference[name].new - (8 if name == "Period" else 0)
        assert loaded == Loaded(new=0, updated=0, unchanged=rows_of_files), name


def test_loading_mends_names_and_leaves_decisions_of_people_alone(reference):
    City.objects.filter(code="uralsk").update(label_kk="Уральск", active=False)
    CityRegion.objects.filter(city="semey", valid_to=None).update(region="KZ-63")
    Period.objects.filter(code="2017").update(basis="cards")
    Period.objects.filter(code="2010").update(start="2010-02-01", end="2010-12-31")
    Form.objects.create(
        code="sit_in", label_ru="Сидячий протест", label_kk="Отырып наразылық", label_en="Sit-in"
    )
    again = load_reference(today=TODAY)
    assert {name: loaded.updated for name, loaded in again.items() if loaded.updated} == {
        "City": 1,
        "CityRegion": 1,
    }
    uralsk = City.objects.get(code="uralsk")
    assert (uralsk.label_kk, uralsk.active) == ("Орал", False)
    assert region_on("semey", TODAY).code == "KZ-10"
    assert Period.objects.get(code="2017").basis == "cards"
    assert Period.objects.get(code="2010").start == datetime.date(2010, 2, 1)
    assert Form.objects.filter(code="sit_in").exists()


@pytest.mark.parametrize(
    ("city", "day", "region"),
    [
        ("shymkent", (2018, 6, 18), "KZ-YUZ"),
        ("shymkent", (2018, 6, 19), "KZ-79"),
        ("turkestan", (2018, 6, 18), "KZ-YUZ"),
        ("kentau", (2018, 6, 19), "KZ-61"),
        ("semey", (2022, 6, 7), "KZ-63"),
        ("semey", (2022, 6, 8), "KZ-10"),
        ("taldykorgan", (2018, 10, 16), "KZ-19"),
        ("taldykorgan", (2022, 6, 8), "KZ-33"),
        ("konaev", (2022, 6, 8), "KZ-19"),
        ("zhezkazgan", (2022, 6, 7), "KZ-35"),
        ("zhezkazgan", (2026, 1, 1), "KZ-62"),
        ("almaty", (2010, 1, 1), "KZ-75"),
    ],
)
def test_region_of_a_city_on_a_day(reference, city, day, region):
    assert region_on(city, datetime.date(*day)).code == region


def test_no_region_is_invented_for_days_without_history(reference):
    assert region_on("almaty", datetime.date(2009, 12, 31)) is None


def test_labels_follow_the_language(reference):
    city = City.objects.get(code="ust-kamenogorsk")
    found = {}
    for language in ("ru", "kk", "en"):
        with translation.override(language):
            found[language] = city.label
    assert found == {"ru": "Усть-Каменогорск", "kk": "Өскемен", "en": "Ust-Kamenogorsk"}


def test_periods_of_2010_to_2018_then_calendar_years_to_the_present(reference):
    periods = list(Period.objects.all())
    assert [(p.code, float(p.months), p.basis) for p in periods[:8]] == [
        ("2010", 11.0, "published"),
        ("2011-2012", 10.5, "published"),
        ("2012-2013", 11.3, "published"),
        ("2014", 12.0, "published"),
        ("2015", 12.0, "published"),
        ("2016", 12.0, "published"),
        ("2017", 12.0, "published"),
        ("2018", 12.0, "cards"),
    ]
    assert [p.code for p in periods[8:]] == [str(year) for year in range(2019, 2027)]
    assert all(p.basis == "cards" for p in periods[8:])
    assert [p.start for p in periods[:3]] == [None, None, None]


def test_a_new_year_adds_its_period_only(reference):
    again = load_reference(today=datetime.date(2028, 1, 1))
    assert again["Period"].new == 2
    assert list(Period.objects.values_list("code", flat=True))[-2:] == ["2027", "2028"]


def test_a_year_that_another_period_holds_gets_none(empty_tables):
    load_reference(today=datetime.date(2018, 12, 31))
    Period.objects.create(
        code="2019-2020",
        name_ru="2019–2020",
        name_kk="2019–2020",
        name_en="2019–2020",
        start="2019-01-01",
        end="2020-12-31",
        months=24,
        basis="cards",
        order=9,
    )
    assert load_reference(today=datetime.date(2021, 5, 1))["Period"].new == 1
    assert Period.objects.get(code="2021").order == 10


def test_places_have_an_order_of_their_own(reference):
    assert [place.code for place in Place.objects.all()[:3]] == ["almaty", "astana", "uralsk"]
