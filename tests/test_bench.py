"""The benchmark itself, with few cards and no limits on time."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os

import numpy as np
import pytest

from tests.bench import (
    SECTIONS,
    assembly,
    document,
    engines,
    flat,
    product,
    rows,
    servers,
    synthetic,
    tables,
    timing,
)
from tests.bench.child import Child, Failed
from tests.bench.rows import Row
from tests.bench.site import site
from tests.databases import kind

CARDS = 2_000


@pytest.fixture(scope="module")
def bench_dir(tmp_path_factory):
    """A folder of the test's own; on PostgreSQL the suite's server."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("bench")
        patch.setenv("BENCH_DIR", str(folder))
        if kind() == "postgresql":
            patch.setenv("BENCH_POSTGRES_URL", os.environ["DATABASE_URL"].rpartition("/")[0])
        servers.postgresql.cache_clear()
        yield folder
        if kind() == "postgresql":
            for name in servers.databases(_prefix()):
                servers.on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')
    servers.postgresql.cache_clear()


def _prefix() -> str:
    from tests.bench.site import prefix

    return prefix()


@pytest.fixture(scope="module")
def filled(bench_dir):
    """A site with cards, on the database of the suite."""
    with site(CARDS, kind()) as it:
        yield it


@pytest.fixture(scope="module")
def flat_tables():
    return flat.tables(synthetic.columns(CARDS))


def test_the_same_cards_each_time_and_others_by_another_seed():
    first, again = synthetic.columns(300), synthetic.columns(300)
    other = synthetic.columns(300, seed=1)
    for made in (first, again, other):
        assert len(made.cards["date"]) == 300
    same = {
        name: np.array_equal(first.cards[name].values, again.cards[name].values)
        for name in first.cards
    }
    assert all(same.values())
    assert not np.array_equal(first.cards["topic_id"].values, other.cards["topic_id"].values)


def test_fifteen_years_twenty_places_a_tenth_with_cases():
    made = synthetic.columns(20_000)
    assert len(made.cards["city_id"].words) == 20
    days = made.cards["date"].values.astype("datetime64[D]").astype(object)
    assert {day.year for day in days} == set(range(2011, 2026))
    with_cases = len(np.unique(made.cases["card"].values)) / 20_000
    assert 0.08 < with_cases < 0.12


@pytest.mark.once
@pytest.mark.slow
def test_synthetic_cards_keep_every_rule_that_a_form_holds_cards_to(filled):
    """And what is kept beside them is what the product would have kept."""
    assert filled.call("tests.test_bench:faults") == {}


def faults() -> dict[str, int]:
    """Runs in the site: problem -> how often; nothing if all is well."""
    from collections import Counter

    from cards import proof, services, validators
    from cards.models import Card, CaseUpdate, NumberSequence
    from cards.serialise import answers_of
    from reports import facts

    found: Counter[str] = Counter()
    today = datetime.date(2026, 11, 1)
    last = {(row.year, row.city_id): row.last for row in NumberSequence.objects.all()}
    for card in Card.objects.all():
        answers = answers_of(card)
        problems = [*validators.missing(answers), *validators.impossible(answers, today)]
        found.update(f"{problem.field} {problem.code}" for problem in problems)
        found["tidy"] += validators.tidy(answers) != answers
        found["search text"] += services.search_text(card.number, answers) != card.search_text
        if card.number:
            serial = int(card.number.rpartition("-")[2])
            found["number"] += serial > last[card.date.year, card.city_id]
    for update in CaseUpdate.objects.select_related("case__card"):
        told = {field.name: getattr(update, field.name) for field in update._meta.fields}
        told["case_code"] = update.case.case_code
        problems = validators.outcome_problems(told, update.case.card.date, today)
        found.update(f"outcome {problem.field} {problem.code}" for problem in problems)
    found["history"] = len(proof.verify().faults)
    found["facts"] = len(list(facts.verify()))
    found["cards"] = abs(Card.objects.count() - CARDS)
    return {name: n for name, n in found.items() if n}


def pytest_generate_tests(metafunc):
    """The engine on a server is tried by the suite that has one."""
    if "engine" in metafunc.fixturenames:
        tried = [
            each
            for each in engines.ENGINES
            if each is not engines.PostgreSQL or kind() == "postgresql"
        ]
        metafunc.parametrize("engine", tried, ids=[each.__name__ for each in tried])


@pytest.mark.once
@pytest.mark.slow
def test_an_engine_computes_every_cell_that_the_product_computes(
    filled, flat_tables, bench_dir, engine
):
    mine = filled.call("tests.bench.product:cells", flat.OWN)
    assert len(mine) > 1_500
    its = engine(bench_dir, CARDS)
    its.load(flat_tables)
    its.open()
    try:
        assert product.differences(mine, its.cells()) == []
    finally:
        its.close()
        its.drop()


def test_a_difference_between_two_engines_is_found():
    """Counts have to be equal exactly, a mean to nine places; what is not there is no zero."""
    address = ("1", "2025", "almaty", "assemblies")
    one = {address: (10, None, None, 10, 0, None, None)}
    assert product.differences(one, dict(one)) == []
    for other in ((11, None), (10, 0), (None, None)):
        numbers = (other[0], None, None, 10, other[1], None, None)
        told = product.differences(one, {address: numbers})
        assert told if other != (10, 0) else not told
    mean = {address: (1 / 3, 1, 3, 3, 0, None, None)}
    near = {address: (1 / 3 + 1e-13, 1, 3, 3, 0, None, None)}
    far = {address: (1 / 3 + 1e-8, 1, 3, 3, 0, None, None)}
    assert product.differences(mean, near) == []
    assert product.differences(mean, far)
    assert product.differences(mean, {})


@pytest.mark.once
@pytest.mark.slow
def test_the_section_of_tables_measures_everything_and_leaves_the_site_as_it_was(bench_dir, filled):
    before = filled.call("tests.bench.product:cells", flat.OWN)
    found = list(tables.run([CARDS], [kind()]))
    told = {row.what for row in found}
    assert {
        tables.VALUES,
        tables.AGAIN,
        tables.WHOLE,
        tables.REBUILD,
        tables.MEMORY,
        *tables.EXPLORED,
    } <= told
    assert tables.SLOPE not in told, "one size has no slope"
    assert all(row.seconds is None or row.seconds > 0 for row in found)
    on = {row.engine for row in found if row.what == tables.VALUES}
    assert len(on) == len(engines.ENGINES) + (kind() == "postgresql")
    assert filled.call("tests.bench.product:cells", flat.OWN) == before


@pytest.mark.once
@pytest.mark.slow
def test_what_is_written_to_a_copy_stays_there(bench_dir, filled):
    before = filled.call("tests.test_bench:number_of_cards")
    with site(CARDS, kind(), scratch=True) as copy:
        assert copy.call("tests.test_bench:number_of_cards") == before
        copy.call("tests.test_bench:add_a_draft")
        assert copy.call("tests.test_bench:number_of_cards") == before + 1
    assert filled.call("tests.test_bench:number_of_cards") == before


def number_of_cards() -> int:
    from cards.models import Card

    return Card.objects.count()


def add_a_draft() -> None:
    from cards import services
    from monitoring.accounts.models import User

    services.create(actor=User.objects.get(username="monitor-1"), answers={"place": "Here"})


@pytest.mark.slow
def test_a_section_that_computes_other_numbers_is_not_timed(monkeypatch, bench_dir):
    with Child() as child, pytest.raises(Failed, match="Unequal"):
        child.call("tests.test_bench:unequal")


def unequal() -> None:
    class Wrong(engines.NumPy):
        def cells(self) -> assembly.Cells:
            return {("1", "2025", "almaty", "assemblies"): (1, None, None, 1, 0, None, None)}

    class Empty(engines.DuckDB):
        def __init__(self) -> None:
            """Nothing is opened."""

        def cells(self) -> assembly.Cells:
            return {}

    loaded = {engines.DuckDB: Empty(), engines.NumPy: Wrong(None, 1)}  # type: ignore[arg-type]
    tables._check(1, loaded, {})


# --- Rows, timing, the document ------------------------------------------------------------------


def test_a_limit_is_at_least_or_at_most():
    row = Row("tables", "A", 10, "X", 1.0, ratio=2.0, limit=3.0)
    assert row.reached is True
    assert dataclasses.replace(row, at_least=True).reached is False
    assert dataclasses.replace(row, limit=None).reached is None


def test_later_rows_take_the_place_of_earlier_ones_and_others_stay(tmp_path):
    path = tmp_path / "kept.json"
    first = [Row("tables", "A", 10, "X", 1.0), Row("lists", "B", 10, "X", 2.0, ratio=1.5)]
    rows.keep(first, {"date": "2026-01-01"}, path)
    rows.keep([Row("tables", "A", 10, "X", 3.0)], {"date": "2026-02-02"}, path)
    assert [row.seconds for row in rows.read(path)] == [3.0, 2.0]
    assert rows.about(path) == {
        "lists": {"date": "2026-01-01"},
        "tables": {"date": "2026-02-02"},
    }
    assert json.loads(path.read_text())["rows"]


def test_calls_take_turns_and_the_first_turn_is_left_out():
    order: list[str] = []
    slow = iter([9.0, 1.0, 2.0, 3.0])
    calls = {
        "a": lambda: order.append("a") or next(slow),
        "b": lambda: order.append("b") or 5.0,
    }
    assert timing.paired(calls, 3, own=True) == {"a": 2.0, "b": 5.0}
    assert order == ["a", "b"] * 4


def test_a_slope_is_the_power_by_which_time_grows():
    sizes = [10, 100, 1000]
    assert timing.slope(sizes, [2.0, 20.0, 200.0]) == pytest.approx(1)
    assert timing.slope(sizes, [2.0, 2.0, 2.0]) == pytest.approx(0)
    with pytest.raises(ValueError, match="two sizes"):
        timing.slope([10], [1.0])


@pytest.mark.once
@pytest.mark.slow
def test_memory_is_that_of_the_process_alone():
    """What this process has in memory is not counted to one that it starts."""
    mine = np.ones(30_000_000)
    with Child() as child:
        before = child.peak()
        child.call("tests.test_bench:fill_memory", 40_000_000)
        assert child.peak() - before > 35_000_000
    assert before < mine.nbytes


def fill_memory(size: int) -> int:
    return len(bytearray(b"x") * size)


@pytest.mark.slow
def test_a_call_that_fails_elsewhere_fails_here():
    with Child() as child:
        with pytest.raises(Failed, match="ZeroDivisionError"):
            child.call("tests.test_bench:divide", 1, 0)
        assert child.call("tests.test_bench:divide", 6, 3) == 2


def divide(a: int, b: int) -> float:
    return a / b


def test_the_document_says_what_was_reached_and_what_was_not(tmp_path):
    kept, page, plot = (tmp_path / name for name in ("kept.json", "page.md", "plot.svg"))
    page.write_text(f"Before.\n\n{document.BEGIN}\nold\n{document.END}\n\nAfter.\n")
    fast = Row("tables", tables.VALUES, 1_000_000, "Zhinalys, SQLite", 0.03, 7.0, 6.0, True,
               against="DuckDB")  # fmt: skip
    slow = Row("lists", "Deep pages", 1_000_000, "Zhinalys, SQLite", 0.2, 1.9, 1.3)
    smaller = dataclasses.replace(fast, cards=10_000, seconds=0.02, ratio=1.0, limit=None)
    rows.keep([smaller, fast, slow], {"date": "2026-01-01", "processor": "2 × X"}, kept)
    document.write(kept, page, plot)
    text = page.read_text()
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert "old" not in text
    lines = [line for line in text.splitlines() if "at least 6" in line or "at most 1.3" in line]
    assert [line.split("|")[-2].strip() for line in lines] == ["reached", "**not reached**"]
    assert "30 ms" in text
    assert plot.read_text().lstrip().startswith("<?xml")
    again = plot.read_bytes()
    document.write(kept, page, plot)
    assert (page.read_text(), plot.read_bytes()) == (text, again)


def test_the_document_holds_what_is_kept():
    """The page in the repository was written from the rows beside it."""
    found = rows.read()
    text = document.PAGE.read_text(encoding="utf-8")
    for row in found:
        assert row.section in SECTIONS
        assert row.what in text
