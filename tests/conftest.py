"""What holds for every test: nothing is skipped, and no test leaves a language behind."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests import gate
from tests.fixtures import (  # noqa: F401  (fixtures of every test)
    administrator,
    analyst,
    editor,
    monitor,
    other_editor,
    reference,
    signed_in,
)


def pytest_collection_finish() -> None:
    """What has been read by now stays to the end: looking at it again and again for something to
    throw away takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# How long an example takes hangs on what else the machine is doing: that is no failure.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The reference tables are there before the first test: reading them anew takes half a second.

    So is the key that devices seal to, as ``prepare`` makes it.

    A test in a transaction of its own empties the tables; ``ensure_reference`` fills them again.
    """
    from cards.field import sealing
    from cards.reference import load_reference

    sealing.ensure()
    with django_db_blocker.unblock():
        load_reference()


@pytest.fixture(autouse=True)
def _the_gate_is_open():
    """A journey leaves the gate of the live server shut; the next test in this process comes in."""
    gate.let_in()


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied():
    """Tests in transactions of their own end with ``flush``, which the database's guards refuse.

    They are taken away for that moment; ``flush`` ends with post_migrate, which puts them back.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    from cards import guards

    original = TransactionTestCase._fixture_teardown

    def teardown(self):
        guards.remove(connection)
        original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def _fail_instead(report: pytest.TestReport | pytest.CollectReport, reason: str) -> None:
    """Turn a skipped or expected failure into a plain failure that says why."""
    report.outcome = "failed"
    report.longrepr = f"a test that does not run proves nothing: {reason}"
    if hasattr(report, "wasxfail"):
        del report.wasxfail


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The author's words: the last part of (file, line, reason), or those of the xfail."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[-1])
    return getattr(report, "wasxfail", "") or str(report.longrepr)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped or xfailed test fails: what is missing on the machine has to be installed."""
    report = yield
    if report.skipped:
        _fail_instead(report, _reason(report))
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself while it is read fails too."""
    report = yield
    if report.skipped:
        _fail_instead(report, _reason(report))
    return report


@pytest.fixture(autouse=True)
def _default_language() -> Generator[None, None, None]:
    """Each test starts in the site's own language, whatever the last one activated."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()
