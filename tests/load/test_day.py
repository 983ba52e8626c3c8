"""Fifteen seconds of a day of protest: every request answered, nothing acknowledged is missing."""

import pytest

from tests.databases import new_database
from tests.load import day

pytestmark = [pytest.mark.slow, pytest.mark.once]
PLAN = day.Plan(
    monitors=20, editors=3, readers=5, seconds=15, rate=6, settle=6, before=1, after=1,
    with_form=0.2, with_photograph=0.3,
)  # fmt: skip


def test_nobody_is_refused_and_nothing_acknowledged_is_missing(tmp_path):
    with new_database(tmp_path) as url:
        site = day.LoadedSite(url, tmp_path)
        people = day.prepare(site, PLAN)
        with site.running():
            day.warm_up(site, people, PLAN)
            lived = day.live(site, people, PLAN)
        assert day.faults(site) == []
        assert lived.failed == []
        assert lived.refused == []
        assert lived.lost == []
    told = lived.diary
    # A run in which little was done shows nothing.
    assert len(told["submitted"]) >= PLAN.monitors
    assert len(told["drafts"]) > PLAN.monitors / 2
    assert told["files"]
    assert lived.row("desk: queue")["requests"] > 0
    assert lived.row("reader: reports")["requests"] > 0
    print(f"{lived.results['requests']} requests, {len(told['submitted'])} cards, none missing")  # noqa: T201
