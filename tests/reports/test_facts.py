"""Facts against a second computation, after every kind of change, and in periods of any cut."""

from __future__ import annotations

import datetime
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cards import services, workflow
from cards.models import Card, CaseUpdate, Coverage, Form, Place, Topic, TopicGroup
from cards.models import Period as PeriodRow
from reports import facts, source
from reports.facts import keep, years
from reports.facts.derive import Bounds, Registers, statement
from reports.facts.months import Span, runs
from reports.models import Fact, MonthRatios, YearFact
from reports.tables import tables_of
from reports.types import TOTAL, Facts, Label, Period, Sum
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card, rows_of_cards
from tests.reports import generate, recompute

pytestmark = pytest.mark.django_db


def kept() -> dict:
    """The facts in the database, in the form of ``recompute.cells``."""
    return {
        (fact.place_id, fact.month): (
            {
                (name, code): n
                for name, answers in fact.counts.items()
                for code, n in answers.items()
            },
            {name: tuple(pair) for name, pair in fact.sums.items()},
        )
        for fact in Fact.objects.all()
    }


def expected() -> dict:
    """What they have to be, by the second computation."""
    return {
        where: (dict(counts), sums)
        for where, (counts, sums) in recompute.cells(
            generate.all_cards(), generate.all_applications()
        ).items()
    }


def period(start=None, end=None, months=12.0, code="p") -> Period:
    return Period(code, Label(code, code, code), start, end, months, "cards")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize("seed", range(12))
def test_rebuilt_facts_equal_the_second_computation(reference, seed):
    generate.write_cards(seed)
    generate.write_applications(seed)
    facts.rebuild()
    assert kept() == expected()
    assert list(facts.verify()) == []


@pytest.mark.slow
def test_thousands_of_generated_sets(reference):
    """Every month of a place is a set of cards of its own: about a thousand for each seed."""
    sets = 0
    for seed in (1000, 1001):
        with transaction.atomic():
            generate.write_cards(seed, 4500, first=day("2000-01-01"), days=365 * 25)
            facts.rebuild()
            found = kept()
            assert found == expected(), seed
            sets += len(found)
            transaction.set_rollback(True)
    assert sets > 2000


def test_every_measure_of_the_list_occurs(reference):
    """A set of cards large enough shows each measure, and none that is not in the list."""
    generate.write_cards(7, 150)
    generate.write_applications(7, 60)
    facts.rebuild()
    found = {name for fact in Fact.objects.all() for name in (*fact.counts, *fact.sums)}
    assert found == {measure.name for measure in facts.MEASURES}


def test_a_card_counts_only_while_it_is_approved(reference, editor, other_editor):
    card = make_card("submitted")
    assert kept() == {}
    card = workflow.apply(card, "approve", actor=editor)
    assert kept() == expected()
    assert kept()["almaty", day("2018-05-01")][1]["assemblies"] == (1, 1)
    card = workflow.apply(card, "reopen", actor=editor, reason="A mistake in the place")
    assert kept() == expected() == {}
    workflow.apply(card, "reject", actor=editor, reason="Not an assembly")
    assert kept() == {}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_in_one_month_both_count(reference):
    """Each derives the month with the other's card still uncommitted, unless one waits."""
    cards = [make_card("submitted", place=f"Square {n}") for n in range(6)]
    editors = EditorFactory.create_batch(len(cards))
    together = threading.Barrier(len(cards))

    def approve(card: Card, editor) -> None:
        together.wait(10)
        try:
            for _attempt in range(200):
                try:
                    workflow.apply(card, "approve", actor=editor)
                    return
                except OperationalError:  # SQLite in memory does not wait for the other writer
                    time.sleep(0.02)
            raise AssertionError("the card was never approved")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(cards)) as pool:
        for done in [pool.submit(approve, *pair) for pair in zip(cards, editors, strict=True)]:
            done.result(60)
    assert kept() == expected()
    assert kept()["almaty", day("2018-05-01")][1]["assemblies"] == (6, 6)


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "rejected", "duplicate"])
def test_no_other_state_changes_a_fact(reference, status):
    make_card("approved")
    before = kept()
    make_card(status, participants=1000, participants_high=None)
    assert kept() == before == expected()


def test_withdrawing_restores_every_value(reference, editor):
    generate.write_cards(3)
    facts.rebuild()
    before = kept()
    card = make_card("approved", editor=editor, date=day("2020-01-15"))
    add_outcome(card, decided_on=day("2020-02-15"))
    assert kept() != before
    workflow.apply(card, "reopen", actor=editor, reason="Counted twice")
    assert kept() == before == expected()


def test_changed_and_moved_between_months_and_places(reference, editor, other_editor):
    stays = make_card("approved", participants=7, participants_low=None, participants_high=None)
    card = make_card("approved", editor=editor)
    card = workflow.apply(card, "reopen", actor=editor, reason="Another city and day")
    services.save(
        card,
        actor=editor,
        answers={"city": "semey", "date": day("2018-07-10"), "participants": 28},
        reason="As the second source says",
    )
    assert kept() == expected()
    workflow.apply(card, "approve", actor=other_editor)
    assert kept() == expected()
    assert set(kept()) == {("almaty", day("2018-05-01")), ("semey", day("2018-07-01"))}
    assert stays.city_id == "almaty"


def test_an_approved_card_saved_by_a_service_refreshes_both_cells(reference):
    card = make_card("approved")
    services.save(
        card,
        actor=MonitorFactory(all_regions=True),
        answers={"city": "astana", "date": day("2018-06-02")},
        reason="Loaded again from the source",
    )
    assert kept() == expected()
    assert set(kept()) == {("astana", day("2018-06-01"))}


def test_a_late_outcome_counts_once_it_is_approved(reference, editor):
    card = make_card("approved", detained=3, in_the_name_of_the_law="no")
    before = kept()
    update = add_outcome(card, review="pending")
    assert kept() == before
    services.review_outcome(update, actor=editor, accept=True)
    assert kept() == expected()
    where = "almaty", day("2018-05-01")
    assert kept()[where][1]["convicted"] == (1, 1)
    add_outcome(card, outcome="terminated", decided_on=day("2018-08-01"), fine_mci=None)
    assert kept() == expected()
    assert kept()[where][1]["convicted"] == (1, 0)
    assert kept()[where][0]["outcome", "terminated"] == 1
    add_outcome(card, outcome="warning", decided_on=None, fine_mci=None)
    assert kept() == expected()
    assert kept()[where][1]["convicted"] == (1, 0), "what has no date comes before what has one"


def test_prevented_assemblies_stand_apart(reference):
    card = make_card(
        "approved",
        course="prevented",
        detained=4,
        participants=None,
        police=None,
        participants_low=None,
        participants_high=None,
        participants_basis="",
        police_basis="",
    )
    add_outcome(card)
    counts, sums = kept()["almaty", day("2018-05-01")]
    assert counts == {}
    assert sums == {
        "prevented": (1, 1),
        "prevented_detained": (1, 4),
        "prevented_convicted": (1, 1),
    }
    assert kept() == expected()


def test_a_change_past_the_services_is_found_and_mended(reference):
    make_card("approved")
    assert list(facts.verify()) == []
    Card.objects.update(participants=26)
    found = list(facts.verify())
    assert [str(difference) for difference in found] == [
        "almaty 2018-05 both_participants: kept (1, 25), cards (1, 26)",
        "almaty 2018-05 participants: kept (1, 25), cards (1, 26)",
        "almaty 2018-05 participants_of_detained: kept (1, 25), cards (1, 26)",
        "almaty 2018-05 police_per_participant_millionths: kept (1, 400000), cards (1, 384615)",
    ]
    facts.rebuild()
    assert list(facts.verify()) == []
    assert kept() == expected()


def test_facts_without_cards_behind_them_are_found(reference):
    month = day("2018-02-01")
    Fact.objects.create(
        place_id="semey", month=month, counts={"course": {"held": 1}}, sums={"assemblies": [1, 1]}
    )
    assert {(d.measure, d.value, d.kept, d.derived) for d in facts.verify()} == {
        ("course", "held", 1, None),
        ("assemblies", "", (1, 1), None),
    }
    facts.rebuild()
    assert kept() == {}


def test_a_failed_change_leaves_the_facts_as_they_were(reference, editor):
    card = make_card("submitted")
    with transaction.atomic():
        workflow.apply(card, "approve", actor=editor)
        assert kept() == expected() != {}
        transaction.set_rollback(True)
    assert kept() == {}


def test_a_new_form_and_topic_count_at_once(reference):
    Form.objects.create(code="flash_mob-2", label_ru="Ф", label_kk="Ф", label_en="F")
    group = TopicGroup.objects.create(code="ecology", label_ru="Э", label_kk="Э", label_en="E")
    Topic.objects.create(code="smog", group=group, label_ru="С", label_kk="С", label_en="S")
    make_card("approved", form="flash_mob-2", topic="smog")
    counts, _sums = kept()["almaty", day("2018-05-01")]
    assert counts["form", "flash_mob-2"] == counts["topic", "smog"] == 1
    assert counts["topic_group", "ecology"] == 1


def test_the_law_of_the_day(reference):
    """A notified assembly is sanctioned since the act of 2020 came into force, not before."""
    for date, serial in (("2020-06-05", 1), ("2020-06-06", 2)):
        make_card("approved", date=day(date), legal_status="notified", place=f"Square {serial}")
    counts, _sums = kept()["almaty", day("2020-06-01")]
    assert counts["sanction", "unsanctioned"] == counts["sanction", "sanctioned"] == 1


@pytest.mark.parametrize(
    ("start", "end", "whole", "edges"),
    [
        ("2018-01-01", "2018-12-31", ("2018-01-01", "2018-12-01"), []),
        ("2018-01-02", "2018-03-31", ("2018-02-01", "2018-03-01"), [("2018-01-02", "2018-01-31")]),
        ("2018-01-01", "2018-02-27", ("2018-01-01", "2018-01-01"), [("2018-02-01", "2018-02-27")]),
        (
            "2018-12-31",
            "2019-03-01",
            ("2019-01-01", "2019-02-01"),
            [("2018-12-31", "2018-12-31"), ("2019-03-01", "2019-03-01")],
        ),
        ("2018-05-02", "2018-05-30", None, [("2018-05-02", "2018-05-30")]),
        ("2018-05-20", "2018-06-10", None, [("2018-05-20", "2018-06-10")]),
        ("2018-05-01", "2018-05-31", ("2018-05-01", "2018-05-01"), []),
    ],
)
def test_whole_months_and_edges(start, end, whole, edges):
    span = Span(day(start), day(end))
    assert span.whole == (whole and (day(whole[0]), day(whole[1])))
    assert span.edges == tuple((day(a), day(b)) for a, b in edges)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2019-12-01", "2020-11-30"),
        ("2020-01-15", "2021-02-10"),
        ("2020-06-06", "2020-06-20"),
        ("2020-05-20", "2020-06-10"),
        ("2010-01-01", "2010-12-31"),
    ],
)
def test_periods_of_any_cut_equal_the_second_computation(reference, start, end):
    generate.write_cards(11, 120)
    facts.rebuild()
    start, end = day(start), day(end)
    found = facts.for_period(period(start, end))
    inside = [card for card in generate.all_cards() if start <= card.date <= end]
    counts, sums = recompute.whole(inside)
    dimensions = {name for name, _code in counts}
    assert {
        (d, code): n for d in dimensions for code, n in found.values(TOTAL, d).items()
    } == counts
    assert {m: found.sum(TOTAL, m) for m in sums} == {m: Sum(*pair) for m, pair in sums.items()}
    assert {measure for _place, measure in found.sums} == set(sums)
    median = recompute.median_police_per_participant(inside)
    assert found.medians.get((TOTAL, "police_per_participant")) == median


def test_periods_may_overlap_and_lack_dates(reference):
    make_card("approved")
    periods = [
        period(day("2018-01-01"), day("2018-12-31"), code="year"),
        period(day("2018-01-01"), day("2018-06-30"), 6.0, "half"),
        period(None, None, 11.0, "2010"),
    ]
    found = facts.for_periods(periods)
    assert [found[code].assemblies() for code in ("year", "half", "2010")] == [1, 1, 0]
    assert found["2010"].covered["almaty"] == found["2010"].covered_any == 11.0


def test_months_covered(reference):
    year = period(day("2018-01-01"), day("2018-12-31"))
    places = list(Place.objects.filter(active=True))
    for place in places:
        Coverage.objects.create(place=place, month=day("2018-02-01"), state="none")
    others = (("2018-03-01", "none"), ("2018-04-01", "partly"), ("2018-05-01", "full"))
    for month, state in (*others, ("2017-12-01", "none"), ("2019-01-01", "none")):
        Coverage.objects.create(place_id="almaty", month=day(month), state=state)
    found = facts.for_period(year)
    assert found.covered["almaty"] == 9.5
    assert found.covered["semey"] == 11.0
    assert found.covered_any == 11.0


def test_months_covered_of_a_period_that_cuts_them(reference):
    Coverage.objects.create(place_id="almaty", month=day("2018-04-01"), state="none")
    found = facts.for_period(period(day("2018-01-01"), day("2018-04-15"), 3.5))
    assert found.covered["almaty"] == 3.0


def test_a_place_no_longer_offered_is_covered_only_where_cards_are(reference):
    Place.objects.filter(code__in=["semey", "almaty"]).update(active=False)
    make_card("approved")
    covered = facts.for_period(period(day("2018-01-01"), day("2018-12-31"))).covered
    assert covered["almaty"] == 12.0
    assert "semey" not in covered


def test_a_report_reads_no_cards_beside_how_far_monitors_agree(reference):
    """The same queries for ten cards and for three hundred, and for one period and many."""
    periods = [
        period(day(f"{year}-01-01"), day(f"{year}-12-31"), code=str(year))
        for year in range(2015, 2022)
    ]
    counts = []
    for number in (10, 300):
        rows_of_cards(
            number,
            monitor=MonitorFactory(all_regions=True),
            date=lambda n: day("2018-01-01") + datetime.timedelta(n % 700),
        )
        facts.rebuild()
        for some in (periods[:2], periods):
            with CaptureQueriesContext(connection) as queries:
                facts.for_periods(some, medians=["2018"])
            counts.append(len(queries))
            cards = [q["sql"] for q in queries if "cards_card" in q["sql"]]
            assert len(cards) == (1 if len(some) > 2 else 0)
            # It begins with the merges: joined, SQLite would look at every approved card.
            assert all("EXISTS" in sql for sql in cards)
    assert counts == [3, 5, 3, 5]


def test_approving_costs_the_same_number_of_queries_at_any_size(reference, editor):
    counts = []
    for number in (3, 200):
        rows_of_cards(number, monitor=MonitorFactory(all_regions=True))
        facts.rebuild()
        with CaptureQueriesContext(connection) as queries:
            facts.refresh({("almaty", day("2018-05-01"))})
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    # Cards, their cases and permit applications are a statement each; three keep the year's sums
    # and the ratios.
    assert counts[0] == counts[1] <= 11


PERIODS = (
    period(day("2019-01-01"), day("2020-12-31"), code="two years"),
    period(day("2020-01-01"), day("2020-12-31"), code="year"),
    period(day("2019-07-01"), day("2021-03-31"), code="a year and months"),
    period(day("2020-04-01"), day("2020-06-30"), code="quarter"),
    period(day("2019-12-15"), day("2021-02-10"), code="days"),
)


def read() -> dict[str, Facts]:
    return facts.for_periods(PERIODS, medians=[each.code for each in PERIODS])


@pytest.mark.slow
def test_sums_of_years_give_what_the_months_give(reference):
    """With them, with none of them current, and with half of them."""
    generate.write_cards(11, 120)
    facts.rebuild()
    assert YearFact.objects.filter(current=True).count() == YearFact.objects.count() > 6
    with_years = read()
    YearFact.objects.filter(year=2020).update(current=False)
    MonthRatios.objects.filter(month__year=2020).update(current=False)
    assert read() == with_years
    YearFact.objects.update(current=False)
    MonthRatios.objects.update(current=False)
    assert read() == with_years
    assert years.settle("default") == YearFact.objects.count() + MonthRatios.objects.count()
    assert not YearFact.objects.filter(current=False).exists()
    assert read() == with_years
    assert list(facts.verify()) == []


def test_tables_ask_earlier_periods_for_what_is_kept_apart_for_them(reference, monkeypatch):
    """Neither more, or a report of many years reads everything, nor less."""
    generate.write_cards(14, 200, first=day("2018-01-01"), days=1500)
    PeriodRow.objects.filter(start__isnull=False).update(basis="cards")
    facts.rebuild()
    asked: set[str] = set()
    gathered = source.gather("2021")
    for code, its in gathered.facts.items():
        if code != "2021":
            monkeypatch.setattr(its._counts, "answers", _noting(its._counts.answers, asked))
            monkeypatch.setattr(its._sums, "amount", _noting(its._sums.amount, asked))
    tables_of(gathered.context)
    assert asked == years.OFTEN_COUNTS | years.OFTEN_SUMS


def _noting(call, asked: set[str]):
    def noted(place, measure):
        asked.add(measure)
        return call(place, measure)

    return noted


@pytest.mark.parametrize("act", ["insert", "update", "delete", "move"])
def test_whoever_writes_a_month_takes_the_sums_of_its_year_back(reference, act):
    """Also an older version of the product, which knows nothing of them, and SQL by hand."""
    generate.write_cards(12, 90)
    facts.rebuild()
    fact = Fact.objects.filter(month__year=2020).order_by("pk")[0]
    month, whole = fact.month, {"two years": PERIODS[0]}
    if act == "insert":
        month = day("2031-05-01")
        Fact.objects.create(place_id="taraz", month=month, sums={"assemblies": [2, 2]})
        whole = {"new": period(day("2031-01-01"), day("2031-12-31"), code="new")}
        before = 0
    else:
        before = facts.for_period(PERIODS[0]).assemblies()
    rows = Fact.objects.filter(pk=fact.pk)
    own = fact.sums.get("assemblies", [0, 0])[0]
    expected = {"insert": 2, "update": before - own + 9, "delete": before - own, "move": before}
    if act == "update":
        rows.update(sums={"assemblies": [9, 9]})
    elif act == "delete":
        rows.delete()
    elif act == "move":
        rows.update(month=day("2019-01-01"), place="taraz")
    stale = set(YearFact.objects.filter(current=False).values_list("place_id", "year"))
    touched = {
        "insert": {("taraz", 2031)},
        "move": {(fact.place_id, 2020), ("taraz", 2019)},
    }.get(act, {(fact.place_id, 2020)})
    assert stale == touched
    assert MonthRatios.objects.filter(current=False).exists()
    (only,) = whole.values()
    assert facts.for_period(only).assemblies() == expected[act]


def test_a_sum_of_a_year_that_is_wrong_is_found_and_mended(reference):
    make_card("approved")
    YearFact.objects.update(often=json.dumps({"counts": {}, "sums": {"assemblies": [2, 2]}}))
    MonthRatios.objects.update(ratios=b"")
    found = [str(difference) for difference in facts.verify()]
    assert "almaty 2018 assemblies: kept (2, 2), months (1, 1)" in found
    assert (
        "almaty 2018-05 police_per_participant_millionths: kept (0, 0), cards (1, 400000)" in found
    )
    YearFact.objects.all().delete()
    assert any(difference.whole_year for difference in facts.verify())
    facts.rebuild()
    assert list(facts.verify()) == []


def test_triggers_that_are_missing_come_back_and_nothing_stale_stays(reference):
    """A migration that rebuilds the table of facts on SQLite takes its triggers along."""
    make_card("approved")
    years.TRIGGERS.remove(connection)
    Fact.objects.update(sums={"assemblies": [5, 5]})
    assert not YearFact.objects.filter(current=False).exists()
    years.after_migrations(None, using="default")
    assert facts.for_period(period(day("2018-01-01"), day("2018-12-31"))).assemblies() == 5
    Fact.objects.update(sums={"assemblies": [6, 6]})
    assert YearFact.objects.filter(current=False).exists()


def test_a_place_whose_year_is_emptied_keeps_nothing(reference):
    make_card("approved")
    assert json.loads(YearFact.objects.get().often)["sums"]["assemblies"] == [1, 1]
    Card.objects.update(status="rejected")
    facts.refresh({("almaty", day("2018-05-01"))})
    assert not YearFact.objects.exists()
    assert not MonthRatios.objects.exists()


def test_months_with_cards_between_them_are_derived_apart(reference):
    """Whatever lies between the months: kept facts, drift, or nothing."""
    generate.write_cards(5)
    facts.rebuild()
    months = sorted(Fact.objects.values_list("place_id", "month"))
    before = kept()
    chosen = set(months[::2])
    assert len(chosen) > keep.FEW_RUNS
    Fact.objects.all().update(counts={}, sums={})
    Fact.objects.filter(place=months[1][0], month=months[1][1]).delete()
    facts.refresh(chosen)
    after = kept()
    assert {where: after[where] for where in chosen} == {where: before[where] for where in chosen}
    others = set(months[1::2])
    assert {where: after.get(where) for where in others} == {
        where: None if where == months[1] else ({}, {}) for where in others
    }


def test_runs_are_broken_where_a_month_lies_between():
    months = [day(f"2018-{number:02}-01") for number in (1, 2, 5, 9)]
    assert list(runs(months)) == [(months[0], months[1]), (months[2],) * 2, (months[3],) * 2]
    assert list(runs(months, [])) == [(months[0], months[3])]
    assert list(runs(months, [day("2018-06-01")])) == [
        (months[0], months[2]), (months[3], months[3])
    ]  # fmt: skip
    assert list(runs(months, [day("2018-12-01"), day("2017-12-01")])) == [(months[0], months[3])]
    assert list(runs([], [months[0]])) == []


@pytest.mark.parametrize("of", ["cards", "cases"])
def test_the_cards_of_a_place_are_found_by_their_index(reference, of):
    """Also where SQLite has not counted its tables: it would look through those of all places."""
    if connection.vendor == "sqlite":
        made = statement(of, "sqlite", Registers.read("default"), Bounds(1, False, True))
        with connection.cursor() as cursor:
            sql = f"EXPLAIN QUERY PLAN {made.sql}"
            cursor.execute(sql, ["almaty", day("2018-01-01"), day("2018-12-31")])
            plan = " ".join(row[3] for row in cursor.fetchall())
        index = "card_counted (status=? AND inclusion=? AND city_id=? AND date>? AND date<?)"
        assert index in plan


def test_refreshing_a_month_leaves_all_others_alone(reference):
    generate.write_cards(5)
    facts.rebuild()
    rows = {(f.place_id, f.month): f.pk for f in Fact.objects.all()}
    CaseUpdate.objects.update(review="rejected")
    chosen = sorted(rows)[0]
    facts.refresh({chosen})
    after = {(f.place_id, f.month): f.pk for f in Fact.objects.all()}
    assert {k: v for k, v in after.items() if k != chosen} == {
        k: v for k, v in rows.items() if k != chosen
    }
    assert kept()[chosen] == expected()[chosen]


def test_months_are_decimal_in_the_database_and_numbers_here(reference):
    from cards.models import Period as Row

    row = Row.objects.get(code="2011-2012")
    assert row.months == Decimal("10.5")
    found = facts.for_period(period(row.start, row.end, float(row.months)))
    assert found.covered_any == 10.5
