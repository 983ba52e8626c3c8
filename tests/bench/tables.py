"""Section: the values of a report, answers of the explorer, facts; beside six other engines."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import child, engines, flat, product, servers, synthetic, timing
from tests.bench.engines import DuckDB, Engine
from tests.bench.rows import Row
from tests.bench.site import Site, site

SECTION = "tables"
VALUES = "Every value of a report"
AGAIN = "Every value once more, when nothing has changed since the same process read the facts"
WHOLE = "The whole report: with its sentences, figures and errata"
REBUILD = "All facts derived anew"
MEMORY = "Most memory while a report's values are computed"
ON_DISK = "Bytes on the disk for each card"
SLOPE = "How the time grows with the cards, as a power of their number"
GROWTH = "Every value of a report: from 1,000,000 cards to 5,000,000"
BASE = "DuckDB, native file"
LABELS = {"sqlite": "Zhinalys, SQLite", "postgresql": "Zhinalys, PostgreSQL"}
#: How many times faster than DuckDB, by number of cards.
LIMITS = {1_000_000: 6.0, 5_000_000: 25.0}
MOST_GROWTH, MOST_EXPLORING, MOST_REBUILDING = 1.3, 8.0, 2.0
#: What facts cannot serve: the explorer's address, and the same as SQL over flat tables.
EXPLORED = {
    "Explorer: forms by organisers, of assemblies with placards at which police were present": (
        "rows=form&columns=organiser&attributes=placards&police_present=yes",
        "SELECT form, organiser_type, COUNT(*), 0, 0, MIN(date), MAX(date) FROM cards"
        " WHERE status = 'approved' AND inclusion = 'counted' AND police_present = 'yes'"
        " AND attributes LIKE '%;placards;%' GROUP BY 1, 2",
    ),
    "Explorer: mean participants by topic and permit, of assemblies with minors": (
        "rows=topic&columns=legal_status&measure=mean-participants&minors_present=yes",
        "SELECT topic, legal_status, COUNT(*), COUNT(participants), SUM(participants), MIN(date),"
        " MAX(date) FROM cards WHERE status = 'approved' AND inclusion = 'counted'"
        " AND minors_present = 'yes' GROUP BY 1, 2",
    ),
}
#: With more cards only what limits speak of is measured: the others take minutes for each table.
ALL_BESIDE = 1_000_000
#: Engines that read every row for every table take seconds at a million: fewer rounds.
SLOW = (engines.SQLite, engines.PostgreSQL)
QUICK = tuple(each for each in engines.ENGINES if each not in SLOW)


class Unequal(AssertionError):
    """Two engines computed different tables: nothing is timed."""


def run(sizes: Sequence[int], databases: Sequence[str]) -> Iterator[Row]:
    """Every comparison at every size; equal cells first, then times."""
    seconds: dict[str, dict[int, float]] = {}
    for cards in sizes:
        for row in _at(cards, databases):
            if row.what == VALUES and row.seconds is not None:
                seconds.setdefault(row.engine, {})[cards] = row.seconds
            yield row
    yield from _slopes(seconds)


def _at(cards: int, databases: Sequence[str]) -> Iterator[Row]:
    """Everything measured with that many cards."""
    tables = flat.tables(synthetic.columns(cards))
    folder = servers.folder() / "engines"
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        sites = {name: stack.enter_context(site(cards, name)) for name in databases}
        loaded = {}
        for kind in engines.ENGINES:
            if kind is engines.PostgreSQL and "postgresql" not in databases:
                continue
            if cards > ALL_BESIDE and kind is not DuckDB:
                continue
            engine = kind(folder, cards)
            loaded[kind] = engine
            stack.callback(engine.drop)
            loading = timing.clock(lambda engine=engine: engine.load(tables))
            yield Row(SECTION, "Loading", cards, _name(engine), loading,
                      note="From columns in memory.")  # fmt: skip
            engine.open()
            stack.callback(engine.close)
        _check(cards, loaded, sites)
        yield from _values(cards, loaded, sites)
        yield from _explored(cards, loaded[DuckDB], sites)
        if cards <= ALL_BESIDE:
            yield from _rebuilt(cards, sites)
        yield from _sizes(cards, loaded, sites)
        yield from _memory(cards, folder, loaded, sites)


def _name(engine: Engine) -> str:
    return BASE if isinstance(engine, DuckDB) else engine.name


def _check(cards: int, loaded: Mapping[type[Engine], Engine], sites: Mapping[str, Site]) -> None:
    """Every engine gives the product's cells; Unequal with the first that do not."""
    told = {LABELS[name]: it.call("tests.bench.product:cells", flat.OWN)
            for name, it in sites.items()}  # fmt: skip
    cells = {_name(engine): engine.cells() for engine in loaded.values()}
    first = next(iter(told.values()), None) or cells[BASE]
    for name, found in (told | cells).items():
        if different := product.differences(first, found):
            raise Unequal(f"{name}, {cards} cards: {len(different)} cells, {different[:3]}")
    for name, it in sites.items():
        for query, sql in EXPLORED.values():
            rows = loaded[DuckDB].ask(sql)
            mine = it.call("tests.bench.product:crossed", query)
            theirs = {(row[0], row[1]): (row[2], row[3], row[4] or 0) for row in rows}
            if {key: _whole(each) for key, each in mine.items() if each[0]} != theirs:
                raise Unequal(f"{name}, {cards} cards: {query}")


def _whole(numbers: tuple[int, int, float]) -> tuple[int, int, float]:
    n, known, total = numbers
    return n, known, int(total)


def _rounds(cards: int, slow: bool = False) -> int:
    if slow:
        return 3
    return 11 if cards <= ALL_BESIDE else 7


def _values(
    cards: int, loaded: Mapping[type[Engine], Engine], sites: Mapping[str, Site]
) -> Iterator[Row]:
    """Times of the values, the quick engines beside the product and the slow ones by themselves."""
    calls: dict[str, Any] = {
        LABELS[name]: lambda it=it: it.clock("tests.bench.product:values", flat.OWN)
        for name, it in sites.items()
    }
    for kind in (each for each in QUICK if each in loaded):
        engine = loaded[kind]
        calls[_name(engine)] = lambda engine=engine: timing.clock(engine.cells)
    taken = timing.paired(calls, _rounds(cards), warm=2, own=True)
    slow = {
        _name(engine): lambda engine=engine: timing.clock(engine.cells)
        for kind, engine in loaded.items()
        if kind in SLOW
    }
    taken |= timing.paired(slow, _rounds(cards, slow=True), own=True)
    for name, seconds in taken.items():
        mine = name in LABELS.values()
        yield Row(
            SECTION,
            VALUES,
            cards,
            name,
            seconds,
            ratio=taken[BASE] / seconds,
            limit=LIMITS.get(cards) if mine else None,
            at_least=True,
            against=f"{BASE}: times faster",
        )
    for what, path in (
        (AGAIN, "tests.bench.product:values_again"),
        (WHOLE, "tests.bench.product:report"),
    ):
        calls = {
            LABELS[name]: lambda it=it, path=path: it.clock(path, flat.OWN)
            for name, it in sites.items()
        }
        for name, seconds in timing.paired(calls, 5, own=True).items():
            yield Row(SECTION, what, cards, name, seconds)


def _explored(cards: int, duckdb: Engine, sites: Mapping[str, Site]) -> Iterator[Row]:
    for what, (query, sql) in EXPLORED.items():
        calls: dict[str, Any] = {
            LABELS[name]: lambda it=it, query=query: it.clock("tests.bench.product:crossed", query)
            for name, it in sites.items()
        }
        calls[BASE] = lambda sql=sql: timing.clock(lambda: duckdb.ask(sql))
        taken = timing.paired(calls, _rounds(cards), own=True)
        for name, seconds in taken.items():
            mine = name in LABELS.values()
            limit = MOST_EXPLORING if mine and cards == 1_000_000 else None
            yield Row(SECTION, what, cards, name, seconds, seconds / taken[BASE], limit,
                      against=BASE)  # fmt: skip


def _rebuilt(cards: int, sites: Mapping[str, Site]) -> Iterator[Row]:
    for name, it in sites.items():
        calls = {
            "rebuild": lambda it=it: it.clock("tests.bench.product:rebuild"),
            "fused": lambda it=it: it.clock("tests.bench.product:fused"),
        }
        many = cards >= 1_000_000
        taken = timing.paired(calls, 2 if many else 3, warm=1, own=True)
        yield Row(
            SECTION, REBUILD, cards, LABELS[name], taken["rebuild"],
            taken["rebuild"] / taken["fused"], MOST_REBUILDING if many else None,
            against="one SQL statement over the cards, nothing written",
        )  # fmt: skip
        yield Row(SECTION, "One SQL statement over all cards with the same aggregates", cards,
                  LABELS[name], taken["fused"])  # fmt: skip


def _sizes(
    cards: int, loaded: Mapping[type[Engine], Engine], sites: Mapping[str, Site]
) -> Iterator[Row]:
    for engine in loaded.values():
        if (size := engine.size()) is not None:
            yield _amount(ON_DISK, cards, _name(engine), size / cards, "B",
                          "Answers of the cards alone, no history, no texts.")  # fmt: skip
    for name, it in sites.items():
        sizes = it.call("tests.bench.product:size")
        yield _amount(ON_DISK, cards, LABELS[name], sizes["database"] / cards, "B",
                      "Everything: texts, counts, cases, history and all indexes.")  # fmt: skip
        for what, names in (
            ("cards with their indexes", ("cards_card",)),
            ("history", ("cards_event",)),
            ("facts", ("reports_fact", "reports_yearfact", "reports_monthratios")),
            ("columns of answers", ("reports_monthcolumn", "reports_columnchange")),
        ):
            size = sum(int(sizes.get(each, 0)) for each in names)
            yield _amount(f"{ON_DISK}: {what}", cards, LABELS[name], size / cards, "B")
        told = json.loads((it.folder / "filled").read_text())["seconds"]
        for what, seconds in told.items():
            yield Row(SECTION, f"Filling a site: {what}", cards, LABELS[name], seconds,
                      note="Once, when the site was made.")  # fmt: skip


def _amount(what: str, cards: int, engine: str, amount: float, unit: str, note: str = "") -> Row:
    return Row(SECTION, what, cards, engine, note=note, amount=amount, unit=unit)


def _memory(
    cards: int,
    folder: Path,
    loaded: Mapping[type[Engine], Engine],
    sites: Mapping[str, Site],
) -> Iterator[Row]:
    """Most memory of a fresh process that computes the values once; servers are not counted."""
    for kind, engine in loaded.items():
        _cells, _seconds, peak = child.measured(
            "tests.bench.tables:alone", kind.__name__, str(folder), cards
        )
        note = "Without the server." if kind is engines.PostgreSQL else ""
        yield _amount(MEMORY, cards, _name(engine), peak / 2**20, "MB", note)
    for name, kept in sites.items():
        with Site(cards, name, kept.folder, kept.url) as it:
            it.call("tests.bench.product:values", flat.OWN)
            note = "Without the server." if name == "postgresql" else ""
            yield _amount(MEMORY, cards, LABELS[name], it.peak() / 2**20, "MB", note)


def alone(name: str, folder: str, cards: int) -> int:
    """The values by one engine in a process of its own; what lives in memory is put there first."""
    kind = next(each for each in engines.ENGINES if each.__name__ == name)
    engine = kind(Path(folder), cards)
    if engine.in_memory:
        engine.load(flat.tables(synthetic.columns(cards)))
    engine.open()
    return len(engine.cells())


def _slopes(seconds: Mapping[str, Mapping[int, float]]) -> Iterator[Row]:
    for name, by_size in seconds.items():
        sizes = sorted(by_size)
        if len(sizes) < 2:
            continue
        power = timing.slope(sizes, [by_size[each] for each in sizes])
        note = f"From {sizes[0]:,} to {sizes[-1]:,} cards."
        yield _amount(SLOPE, sizes[-1], name, power, "", note)
        if name in LABELS.values() and {1_000_000, 5_000_000} <= set(sizes):
            ratio = by_size[5_000_000] / by_size[1_000_000]
            yield Row(SECTION, GROWTH, 5_000_000, name, by_size[5_000_000], ratio, MOST_GROWTH,
                      against="the same with 1,000,000 cards")  # fmt: skip
