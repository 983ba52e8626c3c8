"""Every migration goes back and forth over data, has a name, and stands in one line."""

from __future__ import annotations

import contextlib
import json
import re
import shutil

import pytest
from django.db import connections
from django.db.migrations import AddField, CreateModel, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.databases import kind, manage, new_database

OURS = ("accounts", "cards", "jobs", "reports")
GRAPH = MigrationLoader(None).graph
MIGRATIONS = sorted(node for node in GRAPH.nodes if node[0] in OURS)
ALIAS = "migrated"
#: Rows that migrating makes by itself (rights, the journal of migrations) are none of the people's.
NOT_OURS = ("django_migrations", "django_content_type", "auth_permission")


def name_of(node: tuple[str, str]) -> str:
    return ".".join(node)


def before(node: tuple[str, str]) -> tuple[str, str | None]:
    """Where the app stood before the migration."""
    own = [parent.key for parent in GRAPH.node_map[node].parents if parent.key[0] == node[0]]
    return own[0] if own else (node[0], None)


@pytest.mark.parametrize("app", OURS)
def test_each_app_has_one_line_of_migrations(app):
    own = [node for node in MIGRATIONS if node[0] == app]
    assert own
    assert len(GRAPH.root_nodes(app)) == len(GRAPH.leaf_nodes(app)) == 1
    followers = [
        sum(child.key[0] == app for child in GRAPH.node_map[node].children) for node in own
    ]
    assert sorted(followers) == [0, *[1] * (len(own) - 1)]
    assert [name[:4] for _app, name in own] == [f"{n:04d}" for n in range(1, len(own) + 1)]


@pytest.mark.parametrize("node", MIGRATIONS, ids=name_of)
def test_a_migration_is_named_by_a_person(node):
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", node[1])
    assert not re.search(r"_(auto|initial)(_|$)|_\d{8}|_and_more$", node[1])
    assert not re.search(r"_(remove|alter|delete|rename)_.*_(and|alter|remove)_", node[1])


@pytest.mark.parametrize("node", MIGRATIONS, ids=name_of)
def test_a_migration_can_be_undone_and_old_code_can_live_with_it(node):
    """What cannot be undone, and what stops the version that still runs while it is applied."""
    unsafe, new = [], set()
    for operation in GRAPH.nodes[node].operations:
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible:
            unsafe.append(f"{operation.describe()}: no way back")
        if isinstance(operation, RunSQL):
            unsafe.append(f"{operation.describe()}: SQL of one engine; use RunPython")
        if isinstance(operation, CreateModel):
            new.add(operation.name_lower)
        is_column = isinstance(operation, AddField) and operation.model_name_lower not in new
        if is_column and _without_a_value(operation.field):
            unsafe.append(f"{operation.describe()}: no value for the rows that are there")
    assert unsafe == []


def _without_a_value(field) -> bool:
    return not (field.null or field.many_to_many or field.has_default())


# --- Over data ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """URL of a database with the data of 2018, its cases and accounts; it is only copied."""
    folder = tmp_path_factory.mktemp("migrations")
    with new_database(folder, "template") as url:
        manage(url, folder, "prepare")
        manage(url, folder, "demo")
        yield url


@pytest.fixture
def migrated(template, tmp_path, django_db_blocker):
    """A connection to a copy of the template."""
    name = template.rpartition("/")[2]
    with new_database(tmp_path, "copy", like=name if kind() == "postgresql" else "") as url:
        if kind() == "sqlite":
            shutil.copy(template.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        target = url.removeprefix("sqlite:///") if kind() == "sqlite" else url.rpartition("/")[2]
        connections.databases[ALIAS] = {**connections.databases["default"], "NAME": target}
        try:
            with django_db_blocker.unblock():
                yield connections[ALIAS]
                connections[ALIAS].close()
        finally:
            del connections.databases[ALIAS]
            with contextlib.suppress(AttributeError):
                del connections[ALIAS]


def contents(connection) -> dict[str, tuple[list[str], list[tuple]]]:
    """Table -> its columns and rows, as the database gives them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in NOT_OURS:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                columns = [column[0] for column in cursor.description]
                rows = [tuple(_plain(each, table) for each in row) for row in cursor]
                found[table] = (columns, rows)
    return found


def _plain(value, table):
    """Bytes as bytes: of a view into them only the address could be compared. Sums of years by what
    they say: PostgreSQL's own kind of JSON has another order and other spaces than their text."""
    if isinstance(value, memoryview):
        return bytes(value)
    if table == "reports_yearfact" and isinstance(value, str) and value.startswith("{"):
        return json.dumps(json.loads(value), sort_keys=True)
    return value


def shared(one: dict, other: dict) -> dict[str, list[str]]:
    """The rows of ``one`` in those tables and columns that ``other`` has, too; in one order."""
    found = {}
    for table in one.keys() & other.keys():
        columns, rows = one[table]
        names = sorted(set(columns) & set(other[table][0]))
        places = [columns.index(name) for name in names]
        found[table] = sorted(repr([row[place] for place in places]) for row in rows)
    return found


def with_a_place(full: dict, back: dict) -> dict:
    """``full`` without what has no place in ``back``: a history that knows cards only keeps no
    entries on applications and accounts."""
    if "cards_event" not in back or "account_id" in back["cards_event"][0]:
        return full
    columns, rows = full["cards_event"]
    card = columns.index("card_id")
    return {**full, "cards_event": (columns, [row for row in rows if row[card] is not None])}


def back_and_forth(connection, node: tuple[str, str], ahead: list[tuple[str, str]]) -> None:
    """To before the migration and forward again to ``ahead``: what has a place there comes back."""
    full = contents(connection)
    MigrationExecutor(connection).migrate([before(node)])
    back = contents(connection)
    assert shared(back, full) == shared(with_a_place(full, back), back), name_of(node)
    MigrationExecutor(connection).migrate(ahead)
    forward = contents(connection)
    assert {table: set(columns) for table, (columns, _rows) in forward.items()} == {
        table: set(columns) for table, (columns, _rows) in full.items()
    }, name_of(node)
    assert shared(forward, back) == shared(back, forward), name_of(node)
    connection.check_constraints()


@pytest.mark.slow
def test_each_step_back_and_forth_over_data(migrated):
    """From the newest to the first, each over the rows that the later ones leave where they are."""
    graph = MigrationExecutor(migrated).loader.graph
    leaves = graph.leaf_nodes()
    plan = MigrationExecutor(migrated).migration_plan(leaves, clean_start=True)
    steps = [(each.app_label, each.name) for each, _backwards in plan if each.app_label in OURS]
    assert sorted(steps) == MIGRATIONS
    assert len(contents(migrated)["cards_card"][1]) == 32
    for node in reversed(steps):
        # What other people's apps keep of accounts goes and comes with them.
        others = MigrationLoader(migrated).applied_migrations.keys() & set(leaves)
        back_and_forth(migrated, node, [node, *others])
        MigrationExecutor(migrated).migrate([before(node)])


@pytest.mark.slow
def test_the_whole_way_back_and_forth_over_data(migrated):
    """To before the first one, on which everything else stands, and all of it again."""
    leaves = MigrationExecutor(migrated).loader.graph.leaf_nodes()
    back_and_forth(migrated, ("cards", "0001_reference"), leaves)
