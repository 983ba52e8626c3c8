"""What the product does for the sections on tables; called by name in a site's process."""

from __future__ import annotations

from typing import Any

from tests.bench.assembly import Cells


def cells(code: str) -> Cells:
    """Every computed cell of the report on a period: facts read anew, every table made.

    What a report prints stands in these; its sentences, figures and errata are made from them.
    """
    found: Cells = {}
    for table in _tables(code).values():
        for cell in table.cells():
            if cell.source == "computed":
                key, value = cell.key, cell.value
                found[key.table, key.period, key.row, key.column] = (
                    value.value, value.numerator, value.denominator, value.n, value.unknown,
                    value.low, value.high,
                )  # fmt: skip
    return found


def values(code: str) -> int:
    """The same without copying it: what is measured. Returns the number of cells."""
    return sum(1 for table in _tables(code).values() for _cell in table.cells())


def values_again(code: str) -> int:
    """The same in a process that has read the facts before, when nothing has changed since."""
    from reports import source
    from reports.tables import tables_of

    made = tables_of(source.gather(code).context)
    return sum(1 for table in made.values() for _cell in table.cells())


def _tables(code: str) -> dict[str, Any]:
    from django.db import transaction

    from reports import source
    from reports.tables import tables_of

    # In a transaction nothing that was gathered before is believed.
    with transaction.atomic():
        return dict(tables_of(source.gather(code).context))


def report(code: str) -> int:
    """The whole report: sentences, figures, errata and checksum too."""
    from django.db import transaction

    from reports import source

    with transaction.atomic():
        return len(source.gather(code).report.chapters)


def rebuild() -> int:
    """Derive every fact anew."""
    from reports import facts

    return facts.rebuild()


def fused() -> int:
    """One statement over all cards that counts and sums what the facts of cards hold.

    It is the least that whoever makes such facts by SQL has to run; nothing is written.
    """
    from django.db import connection

    from reports.facts.derive import Bounds, Registers, _planned, statement

    made = statement("cards", connection.vendor, Registers.read("default"), Bounds(0, False, False))
    with _planned(connection, True), connection.cursor() as cursor:
        cursor.execute(made.sql, [])
        return len(cursor.fetchall())


def crossed(query: str) -> dict[tuple[str, str], tuple[int, int, float]]:
    """An answer of the explorer: (row, column) -> cards, cards that know the quantity, its sum."""
    from reports.explorer import compute, spec

    found = compute.compute(spec.parse(query)).cross
    return {
        (row, column): (tally.n, tally.known, tally.total)
        for (row, column), tally in found.tallies.items()
        if row in found.rows and column in found.columns
    }


def size() -> dict[str, int]:
    """Bytes on the disk: of the database, and table by table with its indexes."""
    from django.db import connection

    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            found["database"] = cursor.fetchone()[0]
            cursor.execute(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = current_schema()::regnamespace"
            )
            found |= dict(cursor.fetchall())
        else:
            cursor.execute("SELECT SUM(pgsize) FROM dbstat")
            found["database"] = cursor.fetchone()[0]
            cursor.execute(
                "SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat s JOIN sqlite_master m"
                " ON m.name = s.name GROUP BY 1"
            )
            found |= dict(cursor.fetchall())
    return found


def differences(mine: Cells, theirs: Cells) -> list[Any]:
    """Cells that are not in both or not equal: counts exactly, everything else to 1e-9."""
    found: list[Any] = []
    for address in mine.keys() | theirs.keys():
        pair = mine.get(address), theirs.get(address)
        if pair[0] is None or pair[1] is None or not all(map(_equal, *pair)):
            found.append((address, *pair))
    return sorted(found, key=str)


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return abs(float(one) - float(other)) <= 1e-9 * max(1.0, abs(float(other)))
