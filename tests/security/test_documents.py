"""The documents of the protection name files and tests that exist, and leave no requirement out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/security.md", "docs/security-asvs.md")
#: Requirements of level 1 and 2 in ASVS 5.0.0, by chapter.
NUMBERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
_NAMED = re.compile(
    r"`((?:tests|cards|monitoring|reports|docs|templates|static|deploy|\.ci)/[\w./-]+?)(?:::(\w+))?`"
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_everything_named_is_there(document):
    missing = []
    for path, test in _NAMED.findall((ROOT / document).read_text()):
        file = ROOT / path
        if not file.exists():
            missing.append(path)
        elif test and f"def {test}(" not in file.read_text():
            missing.append(f"{path}::{test}")
    assert missing == []


def test_no_requirement_is_left_out():
    lines = [
        line for line in (ROOT / DOCUMENTS[1]).read_text().splitlines() if line.startswith("| ")
    ]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    items = {row[0]: row for row in rows if re.fullmatch(r"\d+\.\d+\.\d+", row[0])}
    found = {chapter: sum(name.startswith(f"{chapter}.") for name in items) for chapter in NUMBERS}
    assert found == NUMBERS
    for name, row in items.items():
        assert row[2] in ("met", "not applicable", "deviation", "planned"), name
        assert len(row[3]) >= 4, name
