"""The arrows of the house, read from the imports themselves; see docs/architecture.md."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import CheckConstraint

from cards.models.fields import CodesField

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cards", "monitoring", "reports")
#: Slow to import: a worker of the site starts without them.
HEAVY = (
    "PIL", "cryptography", "docx", "fido2", "joserfc", "lxml", "matplotlib", "openpyxl", "pandas",
    "python_calamine", "qrcode", "weasyprint", "xlsxwriter",
)  # fmt: skip
#: Modules that may import nothing of the product, or only the leaves named.
LEAVES = {
    "cards.vocabularies": set(),
    "cards.sections": set(),
    "cards.validators": set(),
    "cards.signals": set(),
    "cards.chain": set(),
    "cards.checks.kinds": {"cards.validators", "cards.validators.Answers"},
    "cards.drawing": set(),
    "cards.files.cells": set(),
    "reports.codes": set(),
    "reports.registers": {"reports.codes"},
    "reports.tally": set(),
    "reports.types": {"reports.codes", "reports.registers", "reports.tally"},
}
#: Layers from the ground up: a module imports from its own layer and from those below it.
CARDS = (
    (
        "vocabularies",
        "sections",
        "validators",
        "checks",
        "signals",
        "chain",
        "cells",
        "drawing",
        "sqlite",
        "apps",
        "similarity",
    ),
    ("querysets",),
    ("models", "bulk"),
    ("serialise", "selections", "reference", "guards", "search"),
    ("history", "proof", "replay"),
    (
        "services",
        "conflicts",
        "reading",
        "review",
        "duplicates",
        "comparison",
        "permit_rules",
        "counts",
        "reminders",
    ),
    ("workflow", "lookup", "permits", "followups"),
    ("permit_reading",),
    ("attachments", "merging"),
    ("forms",),
    ("filters", "permit_filters", "filter_kinds", "crossed"),
    ("export", "flags", "queue", "desk", "at_once"),
    ("waiting",),
    ("field",),
    ("views", "urls", "admin", "management", "templatetags", "api"),
)


def modules(folder: str) -> dict[str, ast.Module]:
    """Dotted name -> syntax of every module of a room, migrations left out."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" in parts:
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text())
    return found


def imports(tree: ast.Module, *, everywhere: bool = True) -> set[str]:
    """Dotted names that a module imports; ``everywhere``: inside functions too."""
    found = set()
    for node in ast.walk(tree) if everywhere else _outside_functions(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where an arrow leads"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _outside_functions(tree: ast.AST):
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from _outside_functions(node)


def of_the_product(names: set[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] in ROOMS}


ALL = {name: tree for room in ROOMS for name, tree in modules(room).items()}


def test_the_rooms_are_read():
    assert len(ALL) > 60
    assert "cards.views.card" in ALL
    assert "reports.indicators" in ALL


@pytest.mark.slow
def test_large_tables_are_read_in_one_way():
    """A cursor of its own is lost behind a pooler: ``monitoring.chunks`` knows."""
    callers = {
        name
        for name, tree in ALL.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("iterator", "_iterator")
    }
    # A form's choices have an iterator of another kind; PostgreSQL copies lines, SQLite reads rows.
    assert callers == {"monitoring.chunks", "cards.forms.fields", "cards.files.lines"}


@pytest.mark.parametrize("leaf", LEAVES)
def test_leaves_hang_on_nothing(leaf):
    names = of_the_product(imports(ALL[leaf]))
    strangers = {name for name in names if name.rpartition(".")[0] not in LEAVES[leaf]}
    assert strangers - LEAVES[leaf] == set()


def test_cards_know_nothing_of_reports():
    strangers = {
        name: sorted(found)
        for name, tree in ALL.items()
        if name.startswith("cards")
        and (found := {target for target in imports(tree) if target.startswith("reports")})
    }
    assert strangers == {}


def test_monitoring_brings_the_rooms_together_in_settings_and_addresses_only():
    """The accounts know nothing of cards; only what fills the demonstration does."""
    meeting = {"monitoring.settings", "monitoring.urls", "monitoring.management", "monitoring.demo"}
    strangers = {
        name: sorted(found)
        for name, tree in ALL.items()
        if name.startswith("monitoring")
        and not any(name.startswith(place) for place in meeting)
        and (
            found := {target for target in imports(tree) if target.startswith(("cards", "reports"))}
        )
    }
    assert strangers == {}


@pytest.mark.slow
def test_rooms_tell_whoever_runs_the_site_in_one_place_each():
    """``watch`` registers gauges and states, commands note how they ended; nothing else does."""
    telling = {
        name.rpartition(".")[0] if ".management." in name else name
        for name, tree in ALL.items()
        if name.startswith(("cards", "reports"))
        and any(target.startswith("monitoring.operations") for target in imports(tree))
    }
    assert telling == {
        "cards.watch", "cards.management.commands", "reports.watch", "reports.management.commands",
    }  # fmt: skip


@pytest.mark.slow
def test_what_programs_read_is_described_and_answered_in_its_own_room():
    """The words and the door know no room; a room's addresses know the door and their own room."""
    wrong = [
        f"{name} imports {target}"
        for name, tree in ALL.items()
        for target in imports(tree)
        if (name.startswith("monitoring.api") and target.startswith(("cards", "reports")))
        or (name.startswith("reports.api") and target.startswith(("cards.", "reports.models")))
        or (target.startswith(("cards.api", "reports.api")) and name != "monitoring.urls"
            and not name.startswith(target[: target.index(".api") + 4]))
    ]  # fmt: skip
    assert wrong == []


def layer_of(name: str) -> int | None:
    # Addresses stand with the views that they lead to, in whichever folder they lie.
    first = "urls" if name.endswith(".urls") else name.split(".")[1] if "." in name else ""
    return next((height for height, layer in enumerate(CARDS) if first in layer), None)


def test_inside_cards_the_arrows_lead_downwards():
    # An import inside a function breaks a circle at run time, so only the head of a module binds.
    wrong = [
        f"{name} imports {target}"
        for name, tree in ALL.items()
        if name.startswith("cards.") and (height := layer_of(name)) is not None
        for target in imports(tree, everywhere=False)
        if target.startswith("cards.")
        and (below := layer_of(target)) is not None
        and below > height
    ]
    assert wrong == []


def test_only_facts_cross_from_cards_to_figures():
    """What computes and prints a report never reads cards."""
    pure = ("reports.codes", "reports.types", "reports.indicators", "reports.tables",
            "reports.figures", "reports.render", "reports.narrative", "reports.build")  # fmt: skip
    strangers = {
        name: sorted(found)
        for name, tree in ALL.items()
        if name.startswith(pure)
        and (
            found := {
                target
                for target in imports(tree)
                if target.startswith(("cards.models", "cards.querysets", "cards.services"))
                or target in ("cards", "reports.models")
            }
        )
    }
    assert strangers == {}


def test_the_pipeline_of_the_reports_leads_one_way():
    steps = ("types", "indicators", "tables", "figures", "build", "render", "views", "api")
    wrong = []
    for name, tree in ALL.items():
        parts = name.split(".")
        if parts[0] != "reports" or len(parts) < 2 or parts[1] not in steps:
            continue
        later = steps[steps.index(parts[1]) + 1 :]
        for target in imports(tree):
            step = target.split(".")[1:2]
            if target.startswith("reports.") and step and step[0] in later:
                wrong.append(f"{name} imports {target}")
    assert wrong == []


def test_views_never_touch_the_database_themselves():
    touching = [
        f"{name}:{node.lineno}"
        for name, tree in ALL.items()
        if ".views" in name or name.endswith(".urls") or ".forms" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    assert touching == []


def test_the_status_of_a_card_is_written_in_the_workflow_only():
    writers = {
        name
        for name, tree in ALL.items()
        if name.startswith("cards") and name != "cards.workflow"
        for node in ast.walk(tree)
        for target in (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AugAssign | ast.AnnAssign)
            else []
        )
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute) and part.attr == "status"
        and isinstance(part.value, ast.Name) and part.value.id in ("card", "stored")
    }  # fmt: skip
    assert writers == set()


WRITING = {
    "acreate", "bulk_create", "bulk_update", "create", "delete", "get_or_create", "insert", "save",
    "update", "update_or_create",
}  # fmt: skip


def writes_history(node: ast.AST) -> bool:
    """Whether a call makes, changes or deletes an entry of the history or its head."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in ("Event", "HistoryHead")
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in WRITING:
        return False
    told = ast.unparse(node.func.value)
    if told == "bulk":
        return any(isinstance(part, ast.Name) and part.id == "Event" for part in node.args)
    return re.search(r"\b(Event|HistoryHead|event|head)\b|\.events\b", told) is not None


@pytest.mark.slow
def test_the_history_is_written_in_one_place():
    writers = {name for name, tree in ALL.items() if any(map(writes_history, ast.walk(tree)))}
    # ``guards`` makes the first head of an empty database.
    assert writers == {"cards.history", "cards.guards"}
    for written in (
        "Event.objects.create(card=card)",
        "Event(kind=kind).save()",
        "card.events.filter(pk=1).update(reason='')",
        "bulk.insert(Event, names, rows)",
        "HistoryHead.objects.filter(pk=1).update(seq=0)",
    ):
        assert any(map(writes_history, ast.walk(ast.parse(written)))), written


@pytest.mark.slow
def test_nothing_but_a_migration_and_a_restore_takes_the_guards_away():
    """Beside the tests' own teardown; see docs/decisions/008-one-chain.md."""
    removers = {
        name
        for name, tree in ALL.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("guards.remove")
    }
    assert removers == {"monitoring.backup.restoring"}


def test_every_vocabulary_of_a_column_is_a_constraint_of_the_database():
    missing = []
    for model in apps.get_models():
        if model._meta.app_label not in ("accounts", "cards", "jobs", "reports"):
            continue
        conditions = [
            str(constraint.condition)
            for constraint in model._meta.constraints
            if isinstance(constraint, CheckConstraint)
        ]
        for field in model._meta.concrete_fields:
            if not (field.choices or isinstance(field, CodesField)):
                continue
            one_of = [f"('{field.name}', '{code}')" for code, _label in field.flatchoices]
            if not any(
                f"'{field.name}__in'" in condition
                or f"F({field.name})" in condition
                or (one_of and all(each in condition for each in one_of))
                for condition in conditions
            ):
                missing.append(f"{model.__name__}.{field.name}")
    assert missing == []


@pytest.mark.slow
@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_heavy_libraries_are_imported_inside_functions():
    early = [
        f"{name} imports {target}"
        for name, tree in ALL.items()
        for target in imports(tree, everywhere=False)
        if target.partition(".")[0] in HEAVY
    ]
    assert early == []


@pytest.mark.slow
def test_the_site_starts_without_heavy_libraries():
    script = (
        "import sys, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('check', verbosity=0)\n"
        "import monitoring.urls\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_modules_stay_readable(room):
    long = {
        name: lines
        for name in modules(room)
        if (lines := _lines(name)) > 450 and name != "cards.models.card"
    }
    assert long == {}


def _lines(name: str) -> int:
    path = ROOT.joinpath(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return len(file.read_text().splitlines())
