"""The five steps of docs/extending.md, applied to a copy of the product; what it names exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "extending.md"
BLOCK = re.compile(r"^```(python|diff) title=(\S+)\n(.*?)^```$", re.M | re.S)
#: What the copy needs to build a report.
COPIED = ("cards", "fixtures", "locale", "manage.py", "monitoring", "pyproject.toml", "reports",
          "static", "templates", "tests")  # fmt: skip
#: Put beside the test of step 5: the index is wherever an index has to be.
LOOKING = """
import csv, io
import pytest
from django.urls import reverse
from django.utils.translation import override
from reports import source
from reports.render.csv import values_csv
from reports.render.json import report_json
from reports.types import TOTAL
from tests.factories import make_card

pytestmark = pytest.mark.django_db


def test_the_index_is_everywhere(signed_in, analyst):
    make_card("approved", police_actions=("force",))
    make_card("approved", police_actions=("observed",))
    make_card("approved", police_actions=("not_observed",))
    reader = signed_in(analyst)
    page = reader.get(reverse("reports:indicator", args=["met_with_force"])).content.decode()
    assert "At what part of the assemblies the police used force" in page
    assert "50.0%" in page
    assert "Met with force, share" in reader.get(reverse("reports:table", args=["2018", "16"])).content.decode()
    assert "Share of assemblies met with force" in reader.get(reverse("reports:method")).content.decode()
    report = source.gather("2018").report
    lines = list(csv.DictReader(io.StringIO(values_csv(report).decode())))
    found = [line for line in lines if (line["table"], line["row"], line["column"]) == ("16", TOTAL, "met_with_force")]
    assert [(line["value"], line["numerator"], line["n"], line["unknown"]) for line in found] == [("50", "1", "2", "1")]
    assert b'"met_with_force"' in report_json(report)
    with override("en"):
        chapters = {chapter.code: " ".join(
            str(text) for block in chapter.blocks
            for text in (block.text, *block.items, *(t for line in block.lines for t in line))
        ) for chapter in report.chapters}
    assert "The police met 50% of the assemblies with force. For 1 assembly this is not known." in chapters["detentions"]
    assert "assemblies with force / assemblies where the conduct of the police is known" in chapters["annex"]
"""  # noqa: E501


def apply(kind: str, text: str, path: Path) -> None:
    """A block of the guide: a whole new file, or lines put after the one line that stands first."""
    if kind == "python":
        assert not path.exists(), f"{path} is there already"
        path.write_text(text, encoding="utf-8")
        return
    context, *added = text.splitlines()
    assert context.startswith(" ")
    assert all(line.startswith("+") for line in added)
    lines = path.read_text(encoding="utf-8").splitlines()
    # The first of equal lines is an import, or the only one.
    at = lines.index(context[1:])
    lines[at + 1 : at + 1] = [line[1:] for line in added]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_the_five_steps_give_an_index(tmp_path):
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "journeys", "faults")
            shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) == 10
    for kind, name, text in blocks:
        apply(kind, text, tmp_path / name)
    (tmp_path / "tests" / "reports" / "test_force_everywhere.py").write_text(LOOKING)
    files = ["tests/reports/test_force.py", "tests/reports/test_force_everywhere.py"]
    leave = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST")
    kept = {name: value for name, value in os.environ.items() if name not in leave}
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *files],
        cwd=tmp_path, env={**kept, "TEST_IN_MEMORY": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert "3 passed" in answer.stdout


@pytest.mark.parametrize("name", ["docs/extending.md", "reports/README.md"])
def test_what_the_guide_names_exists(name):
    """Files and folders in backticks, and links. New files of the example are named in titles."""
    text = (ROOT / name).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    named = {word for word in re.findall(r"`([^`\s]+)`", text) if "/" in word and "<" not in word}
    folder = ROOT if name.startswith("docs") else ROOT / Path(name).parent
    missing = {
        word for word in named if not (folder / word).exists() and not (ROOT / word).exists()
    }
    links = {link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link}
    broken = {link for link in links if not (ROOT / Path(name).parent / link).exists()}
    assert (missing, broken) == (set(), set())


def test_the_steps_are_those_of_the_readme():
    readme = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    steps = readme.partition("## Add an index in five steps")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, flags=re.M) == ["1", "2", "3", "4", "5"]
    headings = re.findall(r"^### (\d)\. ", GUIDE.read_text(encoding="utf-8"), flags=re.M)
    assert headings == ["1", "2", "3", "4", "5"]
