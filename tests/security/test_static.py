"""Looked for in the files themselves: secrets, exceptions from the rules, packages without a version."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Shapes of keys and tokens that must never be in the repository.
SECRETS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub": r"\bgh[pousr]_[0-9A-Za-z]{36}\b",
    "Slack": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "JWT": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.",
    "age": r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}",
    "address with a password": r"\b[a-z]+://[^\s:/@'\"{}<>]+:(?!password@|secret@)[^\s:/@'\"{}<>]{3,}@(?!localhost|127\.)[a-z]",
    "key of Django": r"SECRET_KEY\s*=\s*['\"][^'\"]{20,}['\"]",
}  # fmt: skip
ROOMS = ("cards", "monitoring", "reports")
#: This file, whose patterns and samples look like what they find.
SELF = "tests/security/test_static.py"


def tracked() -> list[Path]:
    """Text files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.slow
def test_no_secret_is_in_the_repository():
    found = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        content = path.read_bytes()
        if b"\0" in content[:4000] or name == SELF:
            continue
        text = content.decode("utf-8", "replace")
        found += [(name, kind) for kind, shape in SECRETS.items() if re.search(shape, text)]
    assert found == []


def test_the_patterns_find_what_they_are_for():
    samples = {
        "private key": "-----BEGIN RSA PRIVATE KEY-----",
        "AWS": "AKIAABCDEFGHIJKLMNOP",
        "GitHub": "ghp_" + "a1" * 18,
        "Slack": "xoxb-1234567890-abc",
        "Google": "AIza" + "a" * 35,
        "JWT": "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.x",
        "age": "AGE-SECRET-KEY-1" + "Q" * 58,
        "address with a password": "postgres://bureau:hunter22@db.example.org/cards",
        "key of Django": "SECRET_KEY = 'abcdefghijklmnopqrstuvwxyz'",
    }
    assert set(samples) == set(SECRETS)
    assert [kind for kind, text in samples.items() if not re.search(SECRETS[kind], text)] == []


def test_files_that_hold_secrets_are_never_tracked():
    names = {path.name for path in tracked()}
    assert not [
        name for name in names if name.endswith((".pem", ".key", ".sqlite3", ".env", ".p12"))
    ]
    assert "secret_key" not in names


def test_every_rule_of_bandit_is_on_and_every_exception_says_why():
    """Ruff's S rules are bandit's, run with `make lint`."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in settings["select"]
    assert [rule for rule in settings["ignore"] if rule.startswith("S")] == ["S603"]
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"noqa: [\w, ]*\bS\d", line)
        and not re.search(r"noqa: [\w, ]+(?:\(| - ).{4,}", line)
    ]
    assert bare == []


def test_every_package_has_one_exact_version():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert len(packages) > 40
    assert [
        line for line in packages if not re.fullmatch(r"[\w.\-]+(\[[\w,]+\])?==[\w.]+", line)
    ] == []
    names = [re.split(r"[\[=]", line)[0].lower().replace("_", "-") for line in packages]
    assert len(names) == len(set(names))
