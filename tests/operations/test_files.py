"""What is copied to a server speaks of what there is: commands, settings, users, paths."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from monitoring.version import VERSION

ROOT = settings.BASE_DIR
FOLDER = ROOT / "docs" / "operations"
GUIDE = (ROOT / "docs" / "operations.md").read_text()
UNITS = sorted(FOLDER.glob("zhinalys*.service"))


def text_of(*names: str) -> str:
    return "\n".join((FOLDER / name).read_text() for name in names)


def compose() -> dict:
    return yaml.safe_load(text_of("compose.yaml"))


def test_every_command_that_is_called_exists():
    texts = [path.read_text() for path in UNITS]
    texts += [text_of("compose.yaml", "container-timers.sh", "debian/postinst", "Containerfile")]
    called = {
        name
        for text in texts
        for name in re.findall(r"(?:manage\.py\"?,? \"?|\bmanage |^zhinalys )([a-z_]+)", text, re.M)
    }
    assert {
        "backup",
        "verify_history",
        "verify_facts",
        "purge_uploads",
        "prepare",
        "work",
    } <= called
    assert called - set(get_commands()) == set()


def test_the_timers_of_containers_do_what_those_of_a_server_do():
    server = text_of("zhinalys-daily.service", "zhinalys-backup.service")
    container = text_of("container-timers.sh")
    daily = set(re.findall(r"manage\.py ([a-z_]+)", server))
    assert daily == set(re.findall(r"\bmanage ([a-z_]+)", container))
    assert "-mtime +31" in server
    assert "-mtime +31" in container


def test_every_setting_of_the_examples_is_in_the_table():
    table = set(re.findall(r"`([A-Z_]+)`", GUIDE.partition("## Commands")[0]))
    named = set(re.findall(r"^#?([A-Z_]+)=", text_of("env.example", "debian/env"), re.M))
    site = compose()["services"]["site"]
    assert named | set(site["environment"]) <= table


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_no_unit_may_more_than_it_needs(unit):
    text = unit.read_text()
    for line in (
        "User=zhinalys", "NoNewPrivileges=true", "ProtectSystem=strict", "ProtectHome=true",
        "PrivateTmp=true", "LimitCORE=0", "UMask=0077", "EnvironmentFile=/etc/zhinalys/env",
    ):  # fmt: skip
        assert line in text.splitlines(), line


def test_no_container_is_root_or_writes_where_it_should_not():
    services = compose()["services"]
    assert set(services) == {"database", "prepare", "site", "worker", "timers", "proxy"}
    for name in set(services) - {"database"}:
        service = services[name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert services["proxy"]["user"] == "101:101"
    lines = text_of("Containerfile").splitlines()
    assert lines.index("USER zhinalys") > max(
        number for number, line in enumerate(lines) if line.startswith(("RUN", "COPY"))
    )


def test_the_database_is_reached_by_the_site_alone():
    found = compose()
    assert found["networks"]["inside"] == {"internal": True}
    assert found["services"]["database"]["networks"] == ["inside"]
    assert [name for name, each in found["services"].items() if "ports" in each] == ["proxy"]
    assert "inside" not in found["services"]["proxy"]["networks"]
    for service in found["services"].values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in found["volumes"], volume


def test_no_key_is_in_what_is_shipped():
    for line in text_of("env.example", "debian/env").splitlines():
        name, _equals, value = line.partition("=")
        if name in ("SECRET_KEY", "BACKUP_KEY", "METRICS_TOKEN"):
            assert value in ("", "@SECRET_KEY@"), line
    ignored = (ROOT / ".containerignore").read_text().splitlines()
    assert ignored == (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored.index("*") < ignored.index("!manage.py")
    assert "!var" not in ignored
    assert "docs/operations/env" in ignored
    copied = set(re.findall(r"^COPY (\w[\w.]*) ", text_of("Containerfile"), re.M))
    assert copied <= {name.removeprefix("!") for name in ignored if name.startswith("!")}


def test_the_version_is_that_of_the_changes():
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest[1] == VERSION


@pytest.mark.parametrize(
    "script",
    ["docs/operations/container-timers.sh", ".ci/deb"]
    + [f"docs/operations/debian/{name}" for name in ("zhinalys", "postinst", "prerm", "postrm")],
)
def test_scripts_can_be_read_by_any_shell(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    done = subprocess.run(["sh", "-n", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
