"""Filling a site's database with synthetic cards, fast; runs in the site's own process.

The same rows that the product would have written: cards with their numbers, counts of people,
court cases with their updates, applications, two entries of the history for each card on one valid
chain, the register of coverage, and the facts and columns derived from all of it. Constraints are
checked as the rows come in. On PostgreSQL rows come by COPY while triggers rest: who keeps
something beside the cards by a trigger there fills it in ``_afterwards``.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import synthetic, words
from tests.bench.synthetic import Column, Columns

PASSWORD = "demonstration"
#: Rows that are turned into texts at once.
BATCH = 100_000


def start() -> None:
    """Set Django up for the database that the environment names."""
    import django

    django.setup()


def ensure(cards: int, folder: str) -> None:
    """Fill the empty database, or bring the tables of a filled one up to date."""
    from django.core.management import call_command

    done = Path(folder) / "filled"
    if done.exists():
        call_command("migrate", interactive=False, verbosity=0)
        _pack()
        return
    seconds = fill(cards)
    done.write_text(json.dumps({"version": synthetic.VERSION, "seconds": seconds}))


def fill(cards: int) -> dict[str, float]:
    """Make tables and fill them; returns the seconds that loading, indexes, facts and columns
    took."""
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("prepare", verbosity=0, stdout=io.StringIO())
    made = synthetic.columns(cards)
    began = time.perf_counter()
    with transaction.atomic(), _resting(connection):
        _people()
        _registers(made.coverage)
        for table, rows in _tables(made):
            _write(connection, table, rows)
        _ends(made.cards)
        loaded = time.perf_counter()
    indexed = time.perf_counter()
    _afterwards(connection)
    from reports import facts

    _analyse(connection)
    ready = time.perf_counter()
    facts.rebuild()
    told = time.perf_counter() - ready
    _analyse(connection)
    began_packing = time.perf_counter()
    _pack()
    packed = time.perf_counter() - began_packing
    return {
        "loading": loaded - began,
        "indexes": indexed - loaded,
        "facts": told,
        "columns": packed,
    }


def _pack() -> None:
    """The columns of months that changed since, as whoever does jobs packs them."""
    from django.db import connection

    from reports.columns import keeping

    if keeping.settle():
        _analyse(connection)


def _people() -> None:
    """Accounts, each of all regions; the first monitor has the key 1 and so on."""
    from django.contrib.auth.hashers import make_password

    from monitoring.accounts.models import Role, User

    numbers = {
        Role.MONITOR: synthetic.MONITORS,
        Role.EDITOR: synthetic.EDITORS,
        Role.ANALYST: 1,
        Role.ADMINISTRATOR: 1,
    }
    password = make_password(PASSWORD)
    rows = [
        User(
            username=f"{role.value}-{n}",
            alias=f"{role.label} {n}",
            role=role,
            password=password,
            all_regions=True,
        )
        for role, number in numbers.items()
        for n in range(1, number + 1)
    ]
    for key, row in enumerate(rows, start=1):
        row.pk = key
    User.objects.bulk_create(rows)


def _registers(coverage: Iterable[tuple[str, Any, float]]) -> None:
    """A twentieth place, days for the first periods, and the months that were not covered."""
    import datetime

    from cards.models import City, Coverage, Period, Place

    name = {"label_ru": "Двадцатое место", "label_kk": "Жиырмасыншы орын", "label_en": "Twentieth"}
    Place.objects.create(code=words.TWENTIETH, order=20, **name)
    City.objects.create(
        code=words.TWENTIETH, order=200, place_id=words.TWENTIETH, region_id="KZ-47", **name
    )
    days = {"2011-2012": (2011, 2012, 24), "2012-2013": (2013, 2013, 12)}
    for code, (first, last, months) in days.items():
        Period.objects.filter(code=code).update(
            start=datetime.date(first, 1, 1), end=datetime.date(last, 12, 31), months=months
        )
    Period.objects.filter(start__isnull=False).update(basis="cards")
    states = {0.0: "none", 0.5: "partly", 1.0: "full"}
    Coverage.objects.bulk_create(
        Coverage(place_id=place, month=month, state=states[weight])
        for place, month, weight in coverage
    )


def _tables(made: synthetic.Made) -> Iterator[tuple[str, Iterator[Any]]]:
    """Each table with its rows as frames of Polars, batch by batch; columns as the table's."""
    yield "cards_card", _cards(made.cards)
    yield "cards_count", _counts(made.cards)
    yield "cards_courtcase", _cases(made.cases)
    yield "cards_caseupdate", _updates(made.updates)
    yield "cards_permitapplication", _applications(made.applications)
    yield "cards_event", _events(made.cards)


def _batches(columns: Columns) -> Iterator[tuple[int, Columns]]:
    n = len(next(iter(columns.values())))
    for first in range(0, n, BATCH):
        rows = slice(first, min(first + BATCH, n))
        yield first, {name: column[rows] for name, column in columns.items()}


def series(column: Column) -> Any:
    """The column as a series of Polars."""
    import polars as pl

    if column.words is not None:
        found = pl.Series(column.words, dtype=pl.String).gather(column.values)
    else:
        found = pl.Series(column.values)
    if column.known is not None:
        found = found.zip_with(pl.Series(column.known), pl.Series([None], dtype=found.dtype))
    return found


def _cards(cards: Columns) -> Iterator[Any]:
    import polars as pl

    taken_out = ("serial", "monitor", "editor", "uuid")
    for first, batch in _batches(cards):
        n = len(batch["date"])
        frame = pl.DataFrame(
            {name: series(each) for name, each in batch.items() if name not in taken_out}
        )
        city = pl.col("city_id").str.to_uppercase()
        serial = pl.Series("serial", series(batch["serial"])).cast(pl.String).str.zfill(3)
        frame = frame.with_columns(
            pl.Series("id", np.arange(first + 1, first + n + 1)),
            pl.Series("uuid", synthetic.identifiers(batch["uuid"])),
            pl.Series("monitor_id", batch["monitor"].values + 1),
            (series(batch["editor"]) + 1 + synthetic.MONITORS).alias("editor_id"),
            pl.concat_str(pl.col("date").dt.year().cast(pl.String), city, serial, separator="-")
            .alias("number"),
            pl.col("created_at").alias("updated_at"),
            pl.lit(1).alias("version"),
            pl.lit(False).alias("reconstruction"),
            *(
                pl.lit(None).alias(name)
                for name in ("latitude", "longitude", "ref", "duplicate_of_id", "amended_at")
            ),
        )  # fmt: skip
        told = ("number", "settlement", "place", "form_other", "demands", "organiser_name")
        parts = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in (*told, "description")]
        yield frame.with_columns(
            pl.concat_str(parts, separator=" ", ignore_nulls=True)
            .str.to_lowercase()
            .str.replace_all(r"[^\p{L}\p{N}]+", " ")
            .str.strip_chars(" ")
            .alias("search_text")
        )


def _counts(cards: Columns) -> Iterator[Any]:
    import polars as pl

    key = 1
    for first, batch in _batches(cards):
        for subject in ("participants", "police"):
            known = batch[subject].known
            assert known is not None
            rows = np.flatnonzero(known)
            frame = pl.DataFrame(
                {
                    name: series(batch[f"{subject}{end}"]).gather(rows)
                    for name, end in (("best", ""), ("low", "_low"), ("high", "_high"))
                }
                | {"basis": series(batch[f"{subject}_basis"]).gather(rows)}
            )
            yield frame.with_columns(
                pl.Series("id", np.arange(key, key + len(rows))),
                pl.Series("card_id", rows + first + 1),
                pl.lit(subject).alias("subject"),
                series(batch["source"])
                .gather(rows)
                .str.strip_chars(";")
                .str.split(";")
                .list.first()
                .alias("source"),
                pl.lit(None).alias("counted_at"),
                pl.lit("").alias("note"),
                pl.lit(True).alias("used"),
                pl.Series("author_id", batch["monitor"].values[rows] + 1),
                series(batch["created_at"]).gather(rows).alias("created_at"),
            )
            key += len(rows)


def _cases(cases: Columns) -> Iterator[Any]:
    import polars as pl

    for first, batch in _batches(cases):
        yield pl.DataFrame(
            {
                "id": np.arange(first + 1, first + 1 + len(batch["card"])),
                "card_id": batch["card"].values + 1,
                "case_code": series(batch["case_code"]),
            }
        )


def _reviewed() -> list[Any]:
    """The columns of what is reviewed on its own."""
    import polars as pl

    editor = pl.when(pl.col("review") != "pending").then(synthetic.MONITORS + 2)
    moment = np.datetime64("2026-01-01T12:00:00", "ms")
    return [
        pl.lit("").alias("review_reason"),
        pl.lit(synthetic.MONITORS + 1).alias("author_id"),
        editor.alias("reviewer_id"),
        pl.when(pl.col("review") != "pending").then(pl.lit(moment)).alias("reviewed_at"),
        pl.lit(moment).alias("created_at"),
    ]


def _updates(updates: Columns) -> Iterator[Any]:
    import polars as pl

    for first, batch in _batches(updates):
        frame = pl.DataFrame({name: series(each) for name, each in batch.items() if name != "case"})
        yield frame.with_columns(
            pl.Series("id", np.arange(first + 1, first + 1 + len(frame))),
            pl.Series("case_id", batch["case"].values + 1),
            pl.lit("").alias("court"),
            pl.lit(None).alias("fine_kzt"),
            *_reviewed(),
        )


def _applications(applications: Columns) -> Iterator[Any]:
    import polars as pl

    for first, batch in _batches(applications):
        frame = pl.DataFrame({name: series(each) for name, each in batch.items() if name != "uuid"})
        empty = ("place", "applicant_code", "ground", "other_place", "source_links", "note")
        moment = pl.lit(np.datetime64("2026-01-01T12:00:00", "ms"))
        yield frame.with_columns(
            pl.Series("id", np.arange(first + 1, first + 1 + len(frame))),
            pl.Series("uuid", synthetic.identifiers(batch["uuid"])),
            pl.lit("individual").alias("applicant_type"),
            *(pl.lit("").alias(name) for name in empty),
            *(
                pl.lit(None).alias(name)
                for name in ("planned_for", "form_id", "topic_id", "card_id", "ref")
            ),
            pl.lit(1).alias("version"),
            moment.alias("updated_at"),
            *_reviewed(),
        )


def _events(cards: Columns) -> Iterator[Any]:
    """Begun by a monitor, and where it is so approved by an editor: one chain."""
    import datetime

    import polars as pl

    from cards.chain import COLUMNS, GENESIS, digest
    from cards.models import HistoryHead

    seq, previous = 0, GENESIS
    schema = ["id", "card_id", "kind", "actor_id", "at", "from_status", "to_status", "changes",
              "previous", "hash"]  # fmt: skip
    for first, batch in _batches(cards):
        rows = []
        columns = (
            batch["date"].values.astype(str).tolist(),
            batch["city_id"].texts().tolist(),
            batch["status"].texts().tolist(),
            (batch["monitor"].values + 1).tolist(),
            (batch["editor"].values + 1 + synthetic.MONITORS).tolist(),
            batch["created_at"].values.tolist(),
        )
        for card, (day, city, status, monitor, editor, at) in enumerate(
            zip(*columns, strict=True), start=first + 1
        ):
            at = at.replace(tzinfo=datetime.UTC)
            changes = {"date": ["", day], "city": ["", city]}
            told = [("created", monitor, at, "", "draft", changes)]
            if status == "approved":
                told.append(("status", editor, at, "submitted", "approved", {}))
            elif status != "draft":
                told.append(("status", monitor, at, "draft", status, {}))
            for kind, actor, moment, before, after, changed in told:
                seq += 1
                values = [card, None, None, kind, actor, moment, "", before, after, 1, changed]
                link = digest(seq, previous, values)
                text = json.dumps(changed)
                rows.append((seq, card, kind, actor, at, before, after, text, previous, link))
                previous = link
        assert len(COLUMNS) == 11
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        yield frame.with_columns(
            pl.col("at").dt.replace_time_zone(None),
            pl.lit(None).alias("application_id"),
            pl.lit(None).alias("account_id"),
            pl.lit("").alias("subject"),
            pl.lit("").alias("reason"),
            pl.lit(1).alias("version"),
            pl.col("id").alias("seq"),
        )
    HistoryHead.objects.update(seq=seq, hash=previous)


def _write(connection: Any, table: str, frames: Iterator[Any]) -> None:
    """Put the rows of frames into a table."""
    for frame in frames:
        if connection.vendor == "postgresql":
            _copy(connection, table, frame)
        else:
            _insert(connection, table, frame)


def _copy(connection: Any, table: str, frame: Any) -> None:
    stream = io.BytesIO()
    frame.write_csv(
        stream, include_header=False, null_value="\\N", datetime_format="%Y-%m-%d %H:%M:%S+00"
    )
    stream.seek(0)
    names = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", stream
        )


def _insert(connection: Any, table: str, frame: Any) -> None:
    import polars as pl
    import polars.selectors as cs

    frame = frame.with_columns(
        cs.date().dt.to_string("%Y-%m-%d"),
        cs.datetime().dt.to_string("%Y-%m-%d %H:%M:%S"),
        cs.boolean().cast(pl.Int8),
    )
    names = ", ".join(f'"{name}"' for name in frame.columns)
    marks = ", ".join(["?"] * frame.width)
    connection.ensure_connection()
    connection.connection.cursor().executemany(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608  (our table)
        frame.iter_rows(),
    )


@contextlib.contextmanager
def _resting(connection: Any) -> Iterator[None]:
    """Without indexes beside those of constraints, which are made anew at the end; on PostgreSQL
    without triggers, too."""
    tables = ("cards_card", "cards_count", "cards_courtcase", "cards_caseupdate", "cards_event")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
                " AND tablename = ANY(%s) AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint) ORDER BY 1",
                [list(tables)],
            )
            indexes = cursor.fetchall()
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        else:
            marks = ", ".join(["%s"] * len(tables))
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                f" AND tbl_name IN ({marks}) ORDER BY 1",  # noqa: S608  (marks only)
                tables,
            )
            indexes = cursor.fetchall()
        for name, _made in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, made in indexes:
            cursor.execute(made.replace("%", "%%"))


def _ends(cards: Columns) -> None:
    """Where numbers of cards and keys of rows go on."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    from cards.models import NumberSequence

    years = cards["date"].values.astype("datetime64[Y]").astype(int) + 1970
    names = cards["city_id"].words
    assert names is not None
    group = years * 1000 + cards["city_id"].values
    counted = np.where(cards["serial"].known, cards["serial"].values, 0)
    found = {}
    for key in np.unique(group):
        found[int(key)] = int(counted[group == key].max())
    NumberSequence.objects.bulk_create(
        NumberSequence(year=key // 1000, city_id=names[key % 1000], last=last)
        for key, last in found.items()
    )
    models = apps.get_app_config("cards").get_models()
    accounts = apps.get_app_config("accounts").get_models()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*models, *accounts]):
            cursor.execute(statement)


def _afterwards(connection: Any) -> None:
    """What the product keeps beside the cards by triggers that rested meanwhile; nothing yet."""


def _analyse(connection: Any) -> None:
    """Statistics for the planner, and on PostgreSQL what index-only scans rest on."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
