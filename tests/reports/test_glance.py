"""The main figures at the front: cells of the tables, with what they mean and where they stand."""

from django.utils.translation import override

from reports.numbers import NOTHING
from reports.types import TOTAL
from tests.reports.material import Little, printed, report_of

CARDS = [Little(detained=2, cases=("fine",), spread=1)] * 3 + [Little(place="astana")]


def lines(report) -> dict[str, list[str]]:
    chapter = report.chapters[0]
    assert (chapter.code, chapter.number) == ("glance", "")
    (grid,) = chapter.blocks
    with override("en"):
        assert all(len(line) == len(grid.items) for line in grid.lines)
        return {str(line[0]): [str(text) for text in line[1:]] for line in grid.lines}


def test_they_are_the_cells_of_the_tables():
    found = lines(report_of(CARDS, [(printed("2", "2017", TOTAL, "assemblies", "36"), "2017")]))
    assert found["Assemblies"][:2] == ["4", "36"]
    assert found["Assemblies"][-1] == "Table 2"
    assert found["People detained"][0] == "6"
    assert found["People detained"][-1] == "Table 16"


def test_a_range_stands_behind_its_value():
    participants = lines(report_of(CARDS))["Participants"]
    assert participants[0] == "40\u202f(37–43)"
    assert participants[1] == NOTHING


def test_they_say_what_they_mean():
    with override("en"):
        assert all(len(line[-2]) > 20 for line in lines(report_of(CARDS)).values())


def test_a_period_without_assemblies_has_none():
    assert report_of([]).chapters[0].code == "introduction"
