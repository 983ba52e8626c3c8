"""The data package: `frictionless validate` finds nothing, and finds what is spoilt on purpose."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reports.render import data_package
from reports.render.package.resources import BY_PLACE
from reports.types import LANGUAGES
from tests.reports import material
from tests.reports.render import sample
from tests.reports.render.test_data import carried, floats

FRICTIONLESS = Path(sys.executable).with_name("frictionless")
CODEBOOK = [("Place", "city", "=Город", "choice", "astana; almaty", "-required")]
RESOURCES = ("values", "places", "indicators", "tables", "rows", "columns", "periods", "codebook")


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture(scope="module")
def packed(report) -> dict[str, bytes]:
    return files(data_package(report, CODEBOOK))


@pytest.fixture(scope="module")
def described(packed) -> dict:
    return json.loads(packed["datapackage.json"])


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """Of a report as ``build`` makes it, the printed figures of 2018 beside its cells."""
    cards = [material.Little(place=place, cases=("fine",)) for place in material.PLACES]
    periods = tuple(material.periods_2018())
    made = material.report_of(cards, material.published_2018(), periods)
    return files(data_package(made, CODEBOOK))


def validated(packed: dict[str, bytes], folder: Path, name: str = "datapackage.json"):
    for path, content in packed.items():
        (folder / path).write_bytes(content)
    return subprocess.run(
        [FRICTIONLESS, "validate", name, "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def problems(done) -> set[str]:
    """The kinds of errors that were found."""
    report = json.loads(done.stdout)
    found = [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]
    return {error["type"] for error in found}


def test_it_has_its_files(packed):
    assert list(packed) == [
        "datapackage.json",
        *(f"README.{language}.md" for language in LANGUAGES),
        *(f"{name}.csv" for name in RESOURCES),
    ]


def test_it_says_whose_it_is_and_where_from(described, settings):
    assert described["name"] == "freedom-of-assembly-2018"
    assert described["created"] == "2018-12-31T00:00:00Z"
    assert [each["role"] for each in described["contributors"]] == ["publisher"]
    assert described["sources"][1]["title"] == "GeoNames"
    assert described["demonstration"] is True
    assert described["description"].endswith("Demonstration: reconstructed cards.")
    assert "licenses" not in described, "none is named before the organisation has chosen it"
    assert [each["name"] for each in described["resources"]] == list(RESOURCES)


@pytest.mark.slow
def test_the_licence_is_the_one_of_the_settings(report, settings):
    settings.DATA_LICENCE = "CC-BY-4.0"
    settings.DATA_LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
    made = files(data_package(report))
    described = json.loads(made["datapackage.json"])
    assert described["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ]
    assert "CC-BY-4.0 <https://" in made["README.kk.md"].decode()


def test_an_edition_names_itself():
    described = json.loads(files(data_package(sample.edition()))["datapackage.json"])
    assert described["version"] == "2018-2"
    assert described["homepage"] == "https://example.org/editions/2018-2/"
    assert described["created"] == "2019-03-01T00:00:00Z"


def test_every_column_is_described_as_it_stands_in_its_file(packed, described):
    for resource in described["resources"]:
        fields = resource["schema"]["fields"]
        heading = next(csv.reader(io.StringIO(packed[resource["path"]].decode())))
        assert [field["name"] for field in fields] == heading
        assert all(field["description"] for field in fields)
        assert resource["bytes"] == len(packed[resource["path"]])


def test_values_are_those_of_the_report(packed, report):
    found = lines(packed["values.csv"])
    cells = list(report.cells())
    assert [floats(line) for line in found] == [carried(cell.value) for cell in cells]
    places = {line["code"] for line in lines(packed["places.csv"])}
    assert places == set(sample.PLACES)
    for line in found:
        is_place = line["table"] in BY_PLACE and line["row"] in places
        assert line["place"] == (line["row"] if is_place else "")


def test_every_computed_value_leads_to_its_definition(whole):
    codes = {line["code"] for line in lines(whole["indicators.csv"])}
    for line in lines(whole["values.csv"]):
        if line["source"] == "computed":
            assert line["indicator"] in codes, line
    found = {(line["table"], line["row"]): line for line in lines(whole["values.csv"])}
    assert found["14", "TOTAL"]["indicator"]


def test_printed_figures_find_the_definition_of_the_computed_one_beside_them(whole):
    printed = [line for line in lines(whole["values.csv"]) if line["source"] == "published"]
    assert {line["indicator"] for line in printed if line["table"] == "3"} == {"rally_activity"}
    assert {line["indicator"] for line in printed if line["table"] == "12"} == {"law_abidance"}


def test_names_stand_in_all_languages(whole):
    for name in ("places", "indicators", "tables", "rows", "columns", "periods"):
        first = "title" if name == "tables" else "name"
        for line in lines(whole[f"{name}.csv"]):
            assert all(line[f"{first}_{language}"] for language in LANGUAGES), (name, line)


def test_readmes_speak_their_languages(packed):
    titles = {code: packed[f"README.{code}.md"].decode().splitlines()[0] for code in LANGUAGES}
    assert titles["en"] == "# Freedom of peaceful assembly in Kazakhstan. 2018"
    assert titles["ru"].startswith("# Свобода мирных собраний в Казахстане")
    assert titles["kk"].startswith("# Қазақстандағы бейбіт жиналыстар бостандығы")
    for text in packed.values():
        assert b"&quot;" not in text
        assert b"&#x27;" not in text
    english = packed["README.en.md"].decode()
    assert "- `name_ru`, `name_kk`, `name_en`: Name." in english
    assert "has not named a licence yet" in english


def test_it_is_the_same_every_time(report):
    assert data_package(report, CODEBOOK) == data_package(sample.report(), CODEBOOK)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["packed", "whole"])
def test_frictionless_finds_nothing(request, which, tmp_path):
    done = validated(request.getfixturevalue(which), tmp_path)
    assert done.returncode == 0, done.stdout
    checked = json.loads(done.stdout)
    assert checked["valid"] is True
    assert checked["stats"]["tasks"] == len(RESOURCES)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("values.csv", b",percent,40,10,", b",percent,?,10,", "type-error"),
        ("values.csv", b"\n1,2018,astana,", b"\n1,2018,atlantis,", "foreign-key"),
        ("values.csv", b",computed,astana,", b",computed,atlantis,", "foreign-key"),
        ("values.csv", b",percent,40,", b",per cent,40,", "constraint-error"),
        ("places.csv", b"\nalmaty,", b"\nastana,", "primary-key"),
    ],
)  # fmt: skip
def test_frictionless_finds_what_is_spoilt(packed, tmp_path, name, old, new, kind):
    assert old in packed[name]
    spoilt = packed | {name: packed[name].replace(old, new, 1)}
    # The checksum would find it first.
    plain = json.loads(packed["datapackage.json"])
    for resource in plain["resources"]:
        del resource["hash"], resource["bytes"]
    spoilt["datapackage.json"] = json.dumps(plain).encode()
    done = validated(spoilt, tmp_path)
    assert done.returncode == 1
    assert kind in problems(done)


@pytest.mark.slow
def test_frictionless_finds_another_file_than_was_described(packed, tmp_path):
    done = validated(packed | {"places.csv": packed["places.csv"] + b"\n"}, tmp_path)
    assert problems(done) & {"hash-count", "byte-count"}
