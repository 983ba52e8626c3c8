"""Columns give what the cards give: every question, quantity and filter, and many together."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator

import pytest
from django.db.models import Exists, OuterRef, Q
from django_filters import ModelChoiceFilter

from cards.filter_kinds import APART
from cards.filters import CardFilter
from cards.models import Card, City, Period, Region
from reports import facts
from reports.columns import changes, conditions, counting, keeping, reading
from reports.explorer.filters import ExplorerFilter
from reports.explorer.measures import MEASURES, QUANTITIES
from reports.explorer.questions import QUESTIONS
from reports.explorer.registers import Registers
from reports.explorer.spec import Spec
from reports.models import ColumnChange, MonthColumn
from tests.factories import AnalystFactory, EditorFactory, MonitorFactory
from tests.reports.explorer.test_cross import write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: What hangs on court cases is asked of the cards.
OF_CASES = {"court", "outcomes", "articles"}
OF_CASES_BY_FILTER = OF_CASES | {"consequences", "outcome", "article"}


@pytest.fixture
def packed(reference, both):
    write(1, 300)
    facts.rebuild()
    assert keeping.settle() > 40
    assert not ColumnChange.objects.exists()
    return both


@pytest.fixture(params=["current", "some changed"])
def kept(request, packed):
    """All months are current; or some are not, in more runs than are asked for one by one."""
    if request.param == "some changed":
        months = sorted(set(MonthColumn.objects.values_list("month", flat=True)))
        changes.note("default", months[5:8] + months[10:40:2])
        assert len(reading.read("default", {"date"}, (None, None)).rest) == reading.MOST_SPANS
    return packed


def test_what_is_kept_is_what_questions_and_quantities_ask_of_a_card():
    columns = {name for each in QUESTIONS for name in each.columns if not name.startswith("x_")}
    quantities = {each.code for each in QUANTITIES} - {"answer_days"}
    assert columns | {"date", "start_time"} <= set(keeping.CODED)
    assert quantities == set(keeping.NUMBERS)
    for name in keeping.NUMBERS:
        assert Card._meta.get_field(name).get_internal_type() == "PositiveIntegerField"


def test_each_question_and_quantity(kept):
    by_cards = set()
    for at, question in enumerate(QUESTIONS):
        measure = MEASURES[at % len(MEASURES)].code
        if not kept.agree(Spec(rows=question.code, measure=measure)):
            by_cards.add(question.code)
    assert by_cards == OF_CASES
    for each in QUANTITIES:
        assert kept.agree(Spec(rows="form", columns="year", measure=f"sum-{each.code}"))


@pytest.mark.slow
def test_every_pair_of_questions(kept):
    # Where cards are asked as well, some of the pairs: each question comes with several.
    step = 5 if ColumnChange.objects.exists() else 1
    for at, rows in enumerate(QUESTIONS):
        for columns in QUESTIONS[at + 1 :: step]:
            used = kept.agree(Spec(rows=rows.code, columns=columns.code, measure="sum-police"))
            assert used == (not OF_CASES & {rows.code, columns.code})


def parameters() -> Iterator[tuple[str, str]]:
    """Every parameter of the filter with every value that it takes, or with some."""
    with_choices = ExplorerFilter({}).filters
    for name, each in with_choices.items():
        if isinstance(each, ModelChoiceFilter):
            rows = Period.dated() if name == "period" else each.extra["queryset"]
            rows = rows if name == "period" else Region.objects if name == "region_then" else rows
            for row in rows.all():
                yield name, str(row.pk) if name != "period" else str(row.code)
        elif "choices" in each.extra:
            for code, _label in each.extra["choices"]:
                yield name, str(code)
    for question in QUESTIONS:
        filter_ = CardFilter.base_filters[question.code]
        codes = {str(code) for code, _label in filter_.extra.get("choices", ())}
        if codes & APART:
            yield "told", question.code
    yield from (
        ("from", "2019-03-10"), ("to", "2021-05-20"), ("year", "2020"),
        ("source", "media,direct"), ("police_actions", "filmed,force"),
    )  # fmt: skip


def test_every_filter_with_every_value(packed):
    months = sorted(set(MonthColumn.objects.values_list("month", flat=True)))
    changes.note("default", months[20:22])
    by_cards, seen = set(), set()
    for name, value in parameters():
        spec = Spec(rows="form", measure="mean-participants", chosen=((name, value),))
        chosen = ExplorerFilter({name: value})
        if not packed.agree(spec) and chosen.qs.exists():
            by_cards.add(name)
        seen.add(name)
    # Of a period without cards there are no columns either.
    assert by_cards == OF_CASES_BY_FILTER
    assert seen == set(ExplorerFilter({}).filters)


@pytest.mark.parametrize("seed", range(4))
def test_questions_filters_and_measures_by_chance(kept, seed):
    chance = random.Random(seed)
    every = list(parameters())
    used = 0
    for _view in range(40):
        rows, columns = chance.sample(QUESTIONS, 2)
        chosen = dict(chance.sample(every, chance.randint(0, 3)))
        used += kept.agree(
            Spec(
                rows.code,
                chance.choice(["", columns.code]),
                chance.choice(MEASURES).code,
                chosen=tuple(sorted(chosen.items())),
            )
        )
    assert used > 5


def test_days_that_cut_months_and_years_without_cards(packed):
    spans = [
        ("2018-03-15", "2018-03-20"), ("2018-03-15", "2019-03-14"), ("1999-01-01", "1999-12-31"),
        ("2019-01-01", "2018-01-01"), ("1990-01-01", "2099-12-31"),
    ]  # fmt: skip
    for first, last in spans:
        for chosen in ((("from", first), ("to", last)), (("from", first),), (("to", last),)):
            for rows in ("place", "year"):
                packed.agree(Spec(rows, "weekday", "mean-police", chosen=chosen))


def test_whom_the_cards_are_shown_to(packed):
    everywhere = {"all_regions": True}
    part = {"all_regions": False, "regions": ["KZ-75"]}
    spec = Spec("form", "place", chosen=(("told", "organiser"),))
    assert packed.agree(spec, AnalystFactory(**everywhere))
    assert packed.agree(spec, AnalystFactory(**part))
    assert packed.agree(spec, EditorFactory(**everywhere))
    # Which cards are one's own the columns do not tell.
    assert not packed.agree(spec, EditorFactory(**part))
    assert not packed.agree(spec, MonitorFactory(**everywhere))
    seen = packed.answers(Spec(), AnalystFactory(**part))[0].at().n
    assert 0 < seen < packed.answers(Spec())[0].at().n


def test_many_groups_are_sorted_out_instead_of_laid_out(packed, monkeypatch):
    monkeypatch.setattr(counting, "MOST_CELLS", 3)
    for measure in ("count", "sum-participants"):
        assert packed.agree(Spec("police_actions", "attributes", measure))


def test_a_register_changed_after_packing(packed):
    """Regions, places and groups of topics are read when somebody asks, not when one packs."""
    City.objects.filter(pk="almaty").update(region="KZ-71", place="semey")
    for rows in ("region", "place", "region_then"):
        assert packed.agree(Spec(rows, "form", chosen=(("region", "KZ-71"),)))
        assert packed.agree(Spec(rows, "form", chosen=(("place", "semey"),)))


NOT_TOLD = {
    "another table": Q(Exists(Card.objects.filter(pk=OuterRef("pk")))),
    "who wrote": Q(monitor=1),
    "a key": Q(pk__in=[1]),
    "some numbers": Q(participants__in=[1]),
    "a way over two tables": Q(city__place__code="almaty"),
    "a part of a text": Q(form__icontains="x"),
    "an outer row": Q(date=OuterRef("date")),
    "one or the other": Q(form="x") ^ Q(topic="y"),
    "no column": Q(mood="good"),
}


@pytest.mark.parametrize("asked", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_columns_do_not_tell_is_refused(asked):
    with pytest.raises(conditions.Unsupported):
        conditions.condition(asked, {})
    with pytest.raises(conditions.Unsupported):
        conditions.condition(Q(form="x") | asked, {})
    # Where something else decides, it need not be told.
    nothing = conditions.condition(Q(pk__in=[]) & asked, {})
    assert (nothing.names, nothing.holds(None)) == (frozenset(), False)
    everything = conditions.condition(Q(status="approved") | asked, {})
    assert (everything.names, everything.holds(None)) == (frozenset(), True)


TESTED = (
    Q(detained__gt=0), ~Q(detained__gt=0), Q(detained=0), ~Q(detained=0), Q(detained=None),
    Q(detained__isnull=True), ~Q(detained__isnull=True), Q(detained__range=(1, 3)),
    ~Q(detained__range=(1, 3)), ~(Q(detained__lt=3) & Q(police__lte=10)),
    ~(Q(detained__lt=3) | ~Q(police__gte=10)), Q(start_time__hour=9), ~Q(start_time__hour=9),
    Q(start_time__isnull=True), Q(start_time__hour__gte=12), ~Q(start_time__hour__gte=12),
    Q(date__year__in=[2018, 2020]), Q(date__lt=datetime.date(2019, 1, 5)),
    Q(application_date__isnull=False), ~Q(application_date__gt=datetime.date(2019, 1, 5)),
    Q(police_actions__has="force"), ~Q(police_actions__has="force"), Q(police_actions=""),
    ~Q(police_actions=""), Q(form__in=["rally", "picket"]), ~Q(form__in=["rally"]), Q(form="nil"),
    Q(form__in=[]), ~Q(form__in=[]), Q(), ~Q(form="rally", topic="nil"), Q(inclusion="excluded"),
    Q(status__in=["approved", "draft"]), ~Q(status="approved"), Q(city__region__in=["KZ-75"]),
)  # fmt: skip


def test_conditions_hold_on_the_cards_that_the_database_chooses(packed):
    """Also on unknown answers, and in the contrary of what they pass."""
    leads = Registers().leads
    for asked in TESTED:
        number = Card.objects.counted().filter(asked).count()
        where = conditions.condition(asked, leads)
        wanted = counting.Asked(where, [conditions.grouping("form", leads)], None)
        kept = reading.read("default", wanted.names, (None, None))
        assert sum(line[1] for line in counting.counted(kept.table, wanted)) == number, asked
