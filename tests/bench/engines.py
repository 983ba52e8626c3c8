"""What somebody would use instead: DuckDB, SQLite and PostgreSQL by SQL, Polars, pandas, NumPy.

Each engine is a class with ``load`` (make its file or database from flat tables, once), ``open``,
and ``counted``: what the tables of a report need. ``cells`` shapes that into cells.
"""

from __future__ import annotations

import contextlib
import io
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import assembly, filling, servers, site, statements, synthetic
from tests.bench.assembly import Cells, Counted
from tests.bench.synthetic import Columns

Tables = Mapping[str, Columns]


def frames(tables: Tables) -> dict[str, Any]:
    """The tables as frames of Polars."""
    import polars as pl

    return {
        name: pl.DataFrame({column: filling.series(each) for column, each in columns.items()})
        for name, columns in tables.items()
    }


class Engine(ABC):
    """folder: where its files are. ``size`` in bytes, once it is loaded."""

    name: str
    #: Whether it answers from what ``load`` put into memory, not from a file or a server.
    in_memory = False

    def __init__(self, folder: Path, cards: int) -> None:
        self.folder, self.cards = folder, cards

    @abstractmethod
    def load(self, tables: Tables) -> None:
        """Make the file or the database from the tables, in place of what is there."""

    @abstractmethod
    def open(self) -> None:
        """Make ready to answer."""

    @abstractmethod
    def counted(self) -> Counted:
        """What the tables of the report need."""

    @abstractmethod
    def size(self) -> int | None:
        """Bytes on the disk; None for what lives in memory."""

    def cells(self) -> Cells:
        """Every computed cell of the report."""
        return assembly.assemble(self.counted(), _COVERAGE)

    def close(self) -> None:  # noqa: B027  (most have nothing to close)
        """Let go of what is open."""

    def drop(self) -> None:  # noqa: B027  (what lives in memory leaves nothing)
        """Remove what was loaded."""


_COVERAGE = synthetic.coverage()


class DuckDB(Engine):
    name = "DuckDB"

    @property
    def path(self) -> Path:
        return self.folder / f"cards-{self.cards}.duckdb"

    def load(self, tables: Tables) -> None:
        import duckdb

        self.drop()
        with contextlib.closing(duckdb.connect(str(self.path))) as connection:
            for name, frame in frames(tables).items():
                parquet = self.folder / f"{name}-{self.cards}-for-duckdb.parquet"
                frame.write_parquet(parquet)
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM '{parquet}'")
                parquet.unlink()
            connection.execute("CHECKPOINT")

    def open(self) -> None:
        import duckdb

        self.connection = duckdb.connect(str(self.path), read_only=True)

    def counted(self) -> Counted:
        return statements.counted(self.ask, "duckdb")

    def ask(self, sql: str) -> Sequence[Sequence[Any]]:
        """Rows of a statement."""
        rows: Sequence[Sequence[Any]] = self.connection.execute(sql).fetchall()
        return rows

    def size(self) -> int:
        return self.path.stat().st_size

    def close(self) -> None:
        self.connection.close()

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


class SQLite(Engine):
    name = "SQL, SQLite"

    @property
    def path(self) -> Path:
        return self.folder / f"flat-{self.cards}.sqlite3"

    def load(self, tables: Tables) -> None:
        import sqlite3

        self.drop()
        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            for name, frame in frames(tables).items():
                texts = _for_sqlite(frame)
                columns = ", ".join(
                    f"{c} INTEGER PRIMARY KEY" if c == "id" else c for c in texts.columns
                )
                connection.execute(f"CREATE TABLE {name} ({columns})")
                marks = ", ".join("?" * texts.width)
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  (our table)
                    texts.iter_rows(),
                )
            connection.execute("CREATE INDEX updates_of_card ON updates (card_id)")
            connection.execute("CREATE INDEX cards_of_period ON cards (period, status, inclusion)")
            connection.execute("ANALYZE")

    def open(self) -> None:
        import sqlite3

        self.connection = sqlite3.connect(self.path)

    def counted(self) -> Counted:
        return statements.counted(lambda sql: self.connection.execute(sql).fetchall(), "sqlite")

    def size(self) -> int:
        return self.path.stat().st_size

    def close(self) -> None:
        self.connection.close()

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def _for_sqlite(frame: Any) -> Any:
    import polars as pl
    import polars.selectors as cs

    return frame.with_columns(cs.date().dt.to_string("%Y-%m-%d"), cs.boolean().cast(pl.Int8))


class PostgreSQL(Engine):
    name = "SQL, PostgreSQL"

    @property
    def database(self) -> str:
        return f"{site.prefix()}flat_{self.cards}"

    def load(self, tables: Tables) -> None:
        self.drop()
        servers.on_the_server(f'CREATE DATABASE "{self.database}"')
        with contextlib.closing(self._connect()) as connection:
            with connection.cursor() as cursor:
                for name, frame in frames(tables).items():
                    kinds = ", ".join(
                        f"{column} {_kind(kind)}" + (" PRIMARY KEY" if column == "id" else "")
                        for column, kind in frame.schema.items()
                    )
                    cursor.execute(f"CREATE TABLE {name} ({kinds})")
                    stream = io.BytesIO()
                    frame.write_csv(stream, include_header=False, null_value="\\N")
                    stream.seek(0)
                    cursor.copy_expert(
                        f"COPY {name} FROM STDIN WITH (FORMAT csv, NULL '\\N')", stream
                    )
                cursor.execute("CREATE INDEX ON updates (card_id)")
                cursor.execute("CREATE INDEX ON cards (period, status, inclusion)")
            connection.commit()
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def _connect(self) -> Any:
        import psycopg2

        return psycopg2.connect(f"{servers.postgresql()}/{self.database}")

    def open(self) -> None:
        self.connection = self._connect()
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            # Compiling two hundred aggregates takes longer than running them.
            cursor.execute("SET jit = off")
            cursor.execute("SET work_mem = '64MB'")

    def _ask(self, sql: str) -> Sequence[Sequence[Any]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
        return rows

    def counted(self) -> Counted:
        return statements.counted(self._ask, "postgresql")

    def size(self) -> int:
        return int(self._ask("SELECT pg_database_size(current_database())")[0][0])

    def close(self) -> None:
        self.connection.close()

    def drop(self) -> None:
        servers.on_the_server(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')


def _kind(kind: Any) -> str:
    import polars as pl

    if kind == pl.Date:
        return "date"
    if kind == pl.Boolean:
        return "boolean"
    return "text" if kind == pl.String else "bigint" if kind == pl.Int64 else "integer"


class Polars(Engine):
    name = "Polars, Parquet"

    def path(self, table: str) -> Path:
        return self.folder / f"{table}-{self.cards}.parquet"

    def load(self, tables: Tables) -> None:
        self.drop()
        for name, frame in frames(tables).items():
            frame.write_parquet(self.path(name))

    def open(self) -> None:
        import polars as pl

        self.scans = {name: pl.scan_parquet(self.path(name)) for name in TABLES}

    def counted(self) -> Counted:
        from tests.bench import in_polars

        return in_polars.counted(self.scans)

    def size(self) -> int:
        return sum(self.path(name).stat().st_size for name in TABLES)

    def drop(self) -> None:
        for name in TABLES:
            self.path(name).unlink(missing_ok=True)


TABLES = ("cards", "updates", "applications")


class Pandas(Engine):
    name = "pandas, in memory"
    in_memory = True

    def load(self, tables: Tables) -> None:
        from tests.bench import in_pandas

        self.frames = in_pandas.frames(tables)

    def open(self) -> None:
        """It is in memory already."""

    def counted(self) -> Counted:
        from tests.bench import in_pandas

        return in_pandas.counted(self.frames)

    def size(self) -> None:
        return None


class NumPy(Engine):
    name = "NumPy, in memory"
    in_memory = True

    def load(self, tables: Tables) -> None:
        self.tables = tables

    def open(self) -> None:
        """It is in memory already."""

    def counted(self) -> Counted:
        from tests.bench import in_numpy

        return in_numpy.counted(self.tables)

    def size(self) -> None:
        return None


ENGINES: tuple[type[Engine], ...] = (DuckDB, Polars, Pandas, NumPy, SQLite, PostgreSQL)
