"""The way from a bare machine to a running site: requirements, Makefile, `.ci/`."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$")


def normal(name: str) -> str:
    """A package's name as the registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Normalised name to version for every line that is neither empty nor a comment."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [PIN.match(line) for line in lines]
    assert all(found), (
        f"not pinned exactly: {[x for x, y in zip(lines, found, strict=True) if not y]}"
    )
    return {normal(match[1]): match[2] for match in found if match}


REQUIREMENTS = (ROOT / "requirements.txt").read_text()
DIRECT, PULLED_IN, TEST_TOOLS = re.split(
    r"^# --- (?:Pulled|Test)[^\n]*\n", REQUIREMENTS, flags=re.M
)


def test_every_pin_is_what_is_installed():
    wanted = pins(REQUIREMENTS)
    assert len(wanted) > 50
    assert {name: metadata.version(name) for name in wanted} == wanted


def test_every_direct_requirement_says_what_it_is_for():
    tools = TEST_TOOLS.partition("# Pulled in by the test tools")[0]
    for block in (DIRECT, tools):
        lines = [line for line in block.splitlines() if line.strip()]
        without = [
            line
            for before, line in zip(["", *lines], lines, strict=False)
            if PIN.match(line) and not re.match(r"# [A-Z].{8,}", before)
        ]
        assert without == []


def test_nothing_that_the_site_pulls_in_is_left_unpinned():
    runtime = set(pins(DIRECT)) | set(pins(PULLED_IN))
    needed = set()
    for name in runtime:
        for requirement in metadata.requires(name) or []:
            if "extra ==" not in requirement and "platform" not in requirement:
                needed.add(normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0]))
    # Needed by older Pythons than 3.11 only.
    assert needed - runtime <= {"pytz"}


@pytest.mark.slow
def test_the_site_imports_only_what_a_server_installs():
    runtime = set(pins(DIRECT)) | set(pins(PULLED_IN))
    owners = metadata.packages_distributions()
    strangers = set()
    for folder in ("monitoring", "cards", "reports"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                for name in {name.partition(".")[0] for name in names}:
                    packages = {normal(owner) for owner in owners.get(name, [])}
                    if packages and not packages & runtime:
                        strangers.add(f"{path.relative_to(ROOT)}: {name}")
    assert strangers == set()


def test_make_lists_every_target_with_its_help():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [re.match(r"make (\S+) +\S", line)[1] for line in listed] == targets
    assert set(re.findall(r"^([a-z-]+):", makefile, re.M)) == set(targets)


@pytest.fixture
def bare_machine(tmp_path):
    """A copy of `.ci/setup` on a PATH with a shell's tools, an ordinary user and no Python."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "sed", "tr", "cat", "cksum"):
        (tools / name).symlink_to(shutil.which(name))
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "id").chmod(0o755)
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/setup", tmp_path / ".ci")
    shutil.copy(ROOT / "requirements.txt", tmp_path)

    def setup(
        stage: str, *, kernel: str = "Linux", release: str = ""
    ) -> subprocess.CompletedProcess:
        (tools / "uname").write_text(f"#!/bin/sh\necho {kernel}\n")
        (tools / "uname").chmod(0o755)
        (tmp_path / "os-release").write_text(release)
        environment = {"PATH": str(tools), "OS_RELEASE": str(tmp_path / "os-release")}
        return subprocess.run(
            [shutil.which("sh"), tmp_path / ".ci/setup", stage],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return setup


@pytest.mark.parametrize(
    ("system", "typed"),
    [
        (
            {"release": "ID=debian\n"},
            ["sudo apt-get install libpango-1.0-0 ", " chromium ", " python3 python3-venv\n"],
        ),
        (
            {"release": 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'},
            [
                "sudo apt-get install libpango-1.0-0 ",
                " poppler-utils postgresql pgbouncer nginx openssl wrk"
                " libreoffice-calc-nogui libreoffice-writer-nogui"
                " python3-swift python3 python3-venv\n",
            ],
        ),
        (
            {"release": "ID=fedora\n"},
            [
                "sudo dnf install python3.11 pango ",
                " gettext poppler-utils postgresql-server pgbouncer nginx openssl wrk chromium"
                " libreoffice-calc libreoffice-writer\n",
            ],
        ),
        (
            {"kernel": "Darwin"},
            [
                "brew install python@3.11 pango gettext poppler postgresql@16"
                " pgbouncer nginx openssl wrk libreoffice\n",
            ],
        ),
        ({"release": "ID=plan9\n"}, ["Debian, Ubuntu:  sudo apt-get", "Fedora: ", "macOS: "]),
    ],
    ids=["Debian", "like Ubuntu", "Fedora", "macOS", "unknown"],
)
def test_setup_says_precisely_what_to_type(bare_machine, system, typed):
    answer = bare_machine("test", **system)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    for words in typed:
        assert words in answer.stderr


def test_setup_refuses_a_stage_that_it_does_not_know(bare_machine):
    answer = bare_machine("everything")
    assert (answer.returncode, answer.stderr) == (2, "usage: .ci/setup run|dev|messages|test\n")


def test_serving_on_a_port_in_use_says_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = subprocess.run(
            [ROOT / ".ci/serve"],
            env=os.environ | {"HOST": "127.0.0.1", "PORT": str(port)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert answer.returncode == 1
    assert f"make run PORT={port + 1}" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_a_test_that_does_not_run_fails(tmp_path):
    (tmp_path / "test_examples.py").write_text(
        "import pytest\n"
        "def test_runs(): assert 1 + 1 == 2\n"
        "@pytest.mark.skip(reason='no printer')\ndef test_marked(): pass\n"
        "def test_skips_itself(): pytest.skip('no scanner')\n"
        "@pytest.mark.xfail(reason='known')\ndef test_known(): assert 1 + 1 == 3\n"
    )
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_printer')\n")
    command = [sys.executable, "-m", "pytest", tmp_path, "-c", ROOT / "pyproject.toml"]
    command += ["-p", "tests.conftest", "--continue-on-collection-errors"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert re.search(r"\b2 failed, 1 passed, 2 errors\b", answer.stdout), answer.stdout
    for reason in ("Skipped: no printer", "Skipped: no scanner", "Skipped: could not", "known"):
        assert f"a test that does not run proves nothing: {reason}" in answer.stdout


@pytest.mark.slow
@pytest.mark.once
def test_the_quick_run_keeps_the_tables_of_each_process_in_memory():
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "pytest", "-q", "--no-migrations", "-n", "2"]
    answer = subprocess.run(
        [*command, "tests/test_reference.py"], cwd=ROOT,
        env=environment | {"TEST_IN_MEMORY": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout


@pytest.mark.slow
def test_a_temporary_postgres_lives_as_long_as_its_command():
    environment = {name: value for name, value in os.environ.items() if name != "TEST_POSTGRES_URL"}
    script = (
        "import os, psycopg2\n"
        "cursor = psycopg2.connect(os.environ['DATABASE_URL']).cursor()\n"
        "cursor.execute('show synchronous_commit')\n"
        "print(os.environ['DATABASE_URL'], cursor.fetchone()[0])\n"
        "raise SystemExit(7)\n"
    )
    answer = subprocess.run(
        [sys.executable, ROOT / ".ci/with_postgres.py", sys.executable, "-c", script],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 7, answer.stderr
    address = re.fullmatch(r"postgres://postgres@127\.0\.0\.1:(\d+)/zhinalys on\n", answer.stdout)
    assert address, answer.stdout
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(address[1]))) != 0
