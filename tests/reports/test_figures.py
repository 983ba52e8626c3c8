"""The six figures: they show what their tables print, and say it in words."""

from django.utils.translation import override

from reports.figures import FIGURES
from reports.types import TOTAL
from tests.reports.material import Little, printed, report_of

CARDS = [Little(place="astana", form="picket")] * 3 + [Little(topic="eviction")]


def figure(report, number: str):
    return next(each for each in report.figures if each.number == number)


def text(value) -> str:
    with override("en"):
        return str(value)


def test_there_are_six_and_they_stand_in_the_report():
    report = report_of(CARDS)
    assert [each.number for each in report.figures] == list(FIGURES) == list("123456")
    blocks = [block for chapter in report.chapters for block in chapter.blocks]
    assert [block.figure.number for block in blocks if block.figure] == list("123456")


def test_figure_1_shows_table_1_without_its_total():
    drawn = figure(report_of(CARDS), "1")
    assert [text(name) for name in drawn.categories] == ["astana", "almaty"]
    assert [series.values for series in drawn.series] == [(3, 1)]
    assert drawn.unit == "count"
    assert text(drawn.alt) == (
        "Chart: Assemblies in 2018 by place. Assemblies: astana: 3; almaty: 1."
    )


def test_figures_by_period_tell_published_from_computed_and_leave_gaps():
    was = printed("4", "2017", "political", "share", "5.5%", "percent")
    drawn = figure(report_of(CARDS, [(was, "2017")]), "2")
    assert [text(name) for name in drawn.categories] == ["2017", "2018"]
    political, economic, social = drawn.series
    assert political.values == (5.5, 0)
    assert political.published == (True, False)
    assert economic.values == (None, 75)
    assert social.values == (None, 25)
    assert "economic: 2017: no figure; 2018: 75%." in text(drawn.alt)


def test_figures_3_and_4_show_organisers():
    report = report_of([Little(organiser="trade_union"), Little(organiser="individual")])
    assert figure(report, "3").series[0].values == (50,)
    assert [series.values for series in figure(report, "4").series] == [(50,), (0,), (50,)]


def test_figure_5_shows_forms_by_number():
    drawn = figure(report_of(CARDS), "5")
    assert [text(name) for name in drawn.categories] == ["picket", "rally"]
    assert drawn.series[0].values == (3, 1)


def test_figure_6_takes_from_the_index_what_table_9_does_not_have():
    was = printed("12", "2016", TOTAL, "law_abidance_index", "9.6%", "percent")
    share = printed("9", "2017", TOTAL, "unsanctioned_share", "86%", "percent")
    report = report_of([Little(), Little(sanction="sanctioned")], [(was, "2016"), (share, "2017")])
    drawn = figure(report, "6")
    assert drawn.series[0].values == (90.4, 86, 50)
    assert drawn.series[0].published == (True, True, False)


def test_a_figure_of_nothing_says_so():
    report = report_of([])
    assert figure(report, "1").categories == ()
    assert text(figure(report, "1").alt).endswith("There is nothing to show.")
    blocks = [block for chapter in report.chapters for block in chapter.blocks]
    assert "1" not in [block.figure.number for block in blocks if block.figure]
