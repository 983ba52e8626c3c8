"""One set of numbers: the status page, the rules for Prometheus and the guide to operations."""

from __future__ import annotations

import re

import pytest
import yaml
from django.conf import settings

from monitoring.operations import counting, thresholds
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded
from monitoring.operations.thresholds import Limits

FOLDER = settings.BASE_DIR / "docs" / "operations"
GUIDE = (settings.BASE_DIR / "docs" / "operations.md").read_text()
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
LIMITS = {name: each for name, each in vars(thresholds).items() if isinstance(each, Limits)}
#: What the guide writes -> seconds, or shares.
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "%": 0.01, "": 1}
#: What other rooms of the site have to be there for.
NAME = re.compile(r"\bzhinalys_[a-z_]+")


def in_the_rules() -> dict[tuple[str, str], float]:
    """(threshold, severity) -> the number that the rule compares with."""
    found = {}
    for rule in RULES:
        if name := rule["labels"].get("threshold"):
            number = re.fullmatch(r".* [<>] ([\d.]+)", rule["expr"])
            found[name, rule["labels"]["severity"]] = float(number[1])
    return found


def in_the_guide() -> dict[tuple[str, str], float]:
    """The same from the table under "Alerts"."""
    found = {}
    table = GUIDE.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    for name, look, act in re.findall(
        r"^\| [^|]+ \| `(\w+)` \| ([^|]+) \| ([^|]+) \|", table, re.M
    ):
        for severity, text in (("look", look), ("act", act)):
            if text.strip() != "–":
                number, unit = re.fullmatch(r"([\d.]+) ?(\S*)", text.strip()).groups()
                found[name, severity] = float(number) * UNITS[unit]
    return found


def in_the_code() -> dict[tuple[str, str], float]:
    return {
        (name, severity): value
        for name, limits in LIMITS.items()
        for severity, value in (("look", limits.look), ("act", limits.act))
        if value is not None
    }


def test_rules_guide_and_code_say_the_same():
    assert len(in_the_code()) > 15
    assert in_the_rules() == pytest.approx(in_the_code())
    assert in_the_guide() == pytest.approx(in_the_code())


def test_worse_is_worse():
    for name, limits in LIMITS.items():
        if limits.act is not None:
            assert (limits.act < limits.look) == (name == "DISK_FREE")


@pytest.mark.django_db
def test_every_name_in_a_rule_is_told_by_the_site(client, settings):
    settings.METRICS_TOKEN = "a-token"
    counting._meters.cache_clear()
    for kind in Kind:
        with recorded(kind):
            pass
    client.get("/healthz")
    text = client.get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
    # A counter with labels, before anything was counted, has a head and no line yet.
    told = set(re.findall(r"^# TYPE (\w+)", text, re.M)) | set(NAME.findall(text))
    told |= {f"{name}_total" for name in told if name.endswith("errors")}
    for rule in RULES:
        assert set(NAME.findall(rule["expr"])) - told == set(), rule["alert"]
    kinds = set(re.findall(r'operation="(\w+)"', str(RULES)))
    assert kinds <= set(Kind.values)
    assert {f'operation="{kind}"' for kind in kinds} <= set(re.findall(r'operation="\w+"', text))
    counting._meters.cache_clear()


def test_every_rule_says_how_bad_it_is_and_what_to_do():
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("look", "act"), rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
