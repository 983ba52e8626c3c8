"""No migration keeps people waiting: what would hold a large table for long is refused here."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameModel,
    RunPython,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

from monitoring.online import AddCheckOnline, AddIndexOnline, RemoveIndexOnline

#: What grows with the archive.
LARGE = {
    ("cards", name)
    for name in (
        "card",
        "count",
        "courtcase",
        "caseupdate",
        "attachment",
        "event",
        "query",
        "querymessage",
        "permitapplication",
        "sighting",
        "arrival",
        "upload",
    )
} | {("reports", "fact"), ("accounts", "accessentry")}
#: The last migrations of before this rule; they ran before there was anything large.
BEFORE_THE_RULE = {"accounts": "0004", "cards": "0012", "reports": "0004"}
ONLINE_OPERATIONS = (AddIndexOnline, RemoveIndexOnline, AddCheckOnline)
LOADER = MigrationLoader(None)
NEW = sorted(
    node
    for node in LOADER.graph.nodes
    if node[0] in BEFORE_THE_RULE and node[1][:4] > BEFORE_THE_RULE[node[0]]
)


def holding(migration, before: ProjectState) -> list[str]:
    """What of a migration would hold a large table for long, or stop the version that still runs.

    A migration with ``stops_the_site = "why"`` is for a time when nobody works.
    """
    if getattr(migration, "stops_the_site", ""):
        return []
    found, state, made = [], before.clone(), set()
    changes_rows = any(isinstance(each, RunPython) for each in migration.operations)
    for operation in migration.operations:
        app, after = migration.app_label, state.clone()
        operation.state_forwards(app, after)
        if isinstance(operation, CreateModel):
            made.add(operation.name_lower)
        name = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
        if (app, name) in LARGE and name not in made:
            problem = _problem(operation, app, name, state, after)
            if not problem and migration.atomic and changes_rows and _locks(operation):
                problem = "the lock would be held while rows are changed: use two migrations"
            if problem:
                found.append(f"{operation.describe()}: {problem}")
        state = after
    online = [isinstance(each, ONLINE_OPERATIONS) for each in migration.operations]
    if migration.atomic and any(online):
        found.append("operations beside those who write need atomic = False")
    repeatable = (*ONLINE_OPERATIONS, RunPython)
    if not migration.atomic and not all(isinstance(op, repeatable) for op in migration.operations):
        # Interrupted, it could neither go on nor begin anew. Rows that are changed in batches have
        # to be changed in a way that can be repeated; no test can tell.
        found.append("without a transaction there stand operations beside those who write alone")
    return found


def _locks(operation) -> bool:
    return isinstance(operation, AddField | AlterField | AddConstraint | RemoveField)


def _problem(operation, app: str, name: str, before: ProjectState, after: ProjectState) -> str:
    if isinstance(operation, AddIndex) and not isinstance(operation, AddIndexOnline):
        return "nobody writes while the index is made: use AddIndexOnline"
    if isinstance(operation, RemoveIndex) and not isinstance(operation, RemoveIndexOnline):
        return "use RemoveIndexOnline"
    if isinstance(operation, AddConstraint) and not isinstance(operation, AddCheckOnline):
        return "nobody reads while every row is looked at: use AddCheckOnline (checks) or an index"
    if isinstance(operation, AddField):
        return _of_a_new_column(operation.field)
    if isinstance(operation, AlterField):
        fields = (state.models[app, name].fields[operation.name] for state in (before, after))
        return _of_an_altered_column(*fields, operation.name)
    if isinstance(operation, RemoveField | DeleteModel | RenameField | RenameModel):
        return "the version that still runs asks for it: one release later, with stops_the_site"
    return ""


def _of_a_new_column(field) -> str:
    if field.many_to_many:
        return ""
    if field.unique or field.db_index:
        return "an index is made with it: db_index=False, and AddIndexOnline"
    if getattr(field, "generated", False) or _computed(field):
        return "every row is written anew: nullable, filled in batches"
    return ""


def _computed(field) -> bool:
    """A default that the database computes for each row."""
    return field.has_db_default() and not isinstance(
        field.db_default, models.Value | str | int | float | bool
    )


def _of_an_altered_column(old, new, name: str) -> str:
    for field in (old, new):
        field.set_attributes_from_name(name)
    if _type(old) != _type(new) and not _longer_text(old, new):
        return "every row is written anew: another column, filled in batches"
    if old.null and not new.null:
        return "every row is looked at: AddCheckOnline first"
    if (new.unique, new.db_index) > (old.unique, old.db_index):
        return "an index is made with it: AddIndexOnline"
    return ""


def _type(field) -> str | None:
    return None if field.is_relation else field.db_type(connection)


def _longer_text(old, new) -> bool:
    text = models.CharField
    return type(old) is type(new) is text and new.max_length >= old.max_length


@pytest.mark.parametrize("node", NEW, ids=".".join)
def test_a_new_migration_keeps_nobody_waiting(node):
    before = LOADER.project_state([node], at_end=False)
    assert holding(LOADER.graph.nodes[node], before) == []


def test_the_large_tables_are_there():
    state = LOADER.project_state()
    assert set(state.models) >= LARGE


# --- The rule itself ---------------------------------------------------------------------------


def text(**options):
    return models.CharField(max_length=20, **options)


INDEX = models.Index(fields=["place"], name="card_place")
CHECK = models.CheckConstraint(condition=~models.Q(place="x"), name="card_place_x")
REFUSED = {
    "index": AddIndex("card", INDEX),
    "no index": RemoveIndex("card", "card_newest"),
    "check": AddConstraint("card", CHECK),
    "unique together": AddConstraint(
        "card", models.UniqueConstraint(fields=["date", "city"], name="x")
    ),
    "unique column": AddField("card", "code", text(null=True, unique=True)),
    "indexed column": AddField("card", "code", text(null=True, db_index=True)),
    "reference": AddField("card", "by", models.ForeignKey("cards.Card", models.PROTECT, null=True)),
    "clock": AddField("card", "since", models.DateTimeField(db_default=Now())),
    "other type": AlterField("card", "settlement", models.IntegerField(null=True)),
    "shorter text": AlterField("card", "settlement", models.CharField(max_length=10)),
    "never empty": AlterField("card", "ref", models.CharField(max_length=100, unique=True)),
    "now indexed": AlterField(
        "card", "settlement", models.CharField(max_length=200, db_index=True)
    ),
    "gone": RemoveField("card", "ref"),
    "renamed": RenameField("card", "ref", "reference"),
    "gone as a whole": DeleteModel("Sighting"),
}
TAKEN = {
    "nullable column": AddField("card", "code", text(null=True)),
    "column with a value": AddField("card", "code", text(default="x")),
    "value of the database": AddField("card", "code", text(db_default="x")),
    "longer text": AlterField("card", "settlement", models.CharField(max_length=300)),
    "other words": AlterField("card", "settlement", models.CharField("village", max_length=200)),
    "small table": AddIndex("form", models.Index(fields=["label_ru"], name="form_label")),
    "new table": CreateModel("Added", [("id", models.BigAutoField(primary_key=True))]),
}
ONLINE = {
    "index": AddIndexOnline("card", INDEX),
    "no index": RemoveIndexOnline("card", "card_newest"),
    "check": AddCheckOnline("card", CHECK),
}


def migration(*operations, atomic: bool = True, **attributes):
    from django.db.migrations import Migration

    made = type("Migration", (Migration,), {"operations": operations, "atomic": atomic})
    made = made("9999_probe", "cards")
    vars(made).update(attributes)
    return made


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_a_large_table_is_refused(name):
    state = LOADER.project_state()
    assert len(holding(migration(REFUSED[name]), state)) == 1
    assert holding(migration(REFUSED[name], stops_the_site="nobody works at night"), state) == []


@pytest.mark.parametrize("name", TAKEN)
def test_what_takes_a_moment_is_taken(name):
    assert holding(migration(TAKEN[name]), LOADER.project_state()) == []


@pytest.mark.parametrize("name", ONLINE)
def test_what_works_beside_others_needs_a_migration_without_a_transaction(name):
    state = LOADER.project_state()
    assert holding(migration(ONLINE[name], atomic=False), state) == []
    assert holding(migration(ONLINE[name]), state) == [
        "operations beside those who write need atomic = False"
    ]


def test_rows_are_not_changed_under_the_lock_of_a_column():
    column = AddField("card", "code", text(null=True))
    filled = RunPython(RunPython.noop, RunPython.noop)
    state = LOADER.project_state()
    (told,) = holding(migration(column, filled), state)
    assert "two migrations" in told
    assert holding(migration(column), state) == holding(migration(filled), state) == []


def test_what_cannot_go_on_after_an_interruption_has_a_transaction():
    mixed = migration(TAKEN["nullable column"], ONLINE["index"], atomic=False)
    (told,) = holding(mixed, LOADER.project_state())
    assert "alone" in told
