"""A mistake in the policy is noticed: a sample of the mutants each day, all of them in soak.

``MUTANTS=all`` (``make mutants``) tries every one and lets none survive; otherwise a sample that
the day, or ``MUTANTS=any word``, chooses.
"""

import datetime
import os
import random
import time

import pytest
from django.db import transaction

from tests.cards import test_workflow as life
from tests.security import checks, doors, mutants, world

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
#: Of each run, and how many of them must be noticed.
SAMPLE, NOTICED = 40, 0.95


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


def chosen() -> list[mutants.Mutant]:
    every = mutants.every_mutant()
    seed = os.environ.get("MUTANTS") or datetime.date.today().isoformat()
    return every if seed == "all" else random.Random(seed).sample(every, SAMPLE)


def test_mistakes_in_the_policy_are_noticed(built):
    begun, tried = time.monotonic(), chosen()
    survivors = [mutant.name for mutant in tried if not mutant.noticed(built)]
    share = 1 - len(survivors) / len(tried)
    seconds = time.monotonic() - begun
    told = f"{len(tried)} mutants in {seconds:.0f} s, noticed {share:.1%}; survivors: {survivors}"
    print(f"\n{told}")  # noqa: T201  (`make mutants` shows it)
    assert share >= (1 if len(tried) > SAMPLE else NOTICED), survivors


def test_without_a_mistake_the_tables_find_nothing_wrong(built):
    assert checks.wrong_rights(built) == []
    assert checks.wrong_at_the_edges(built) == []
    assert checks.wrong_uploads(built) == []
    assert checks.wrong_settings(built) == []
    assert doors.wrong_doors(built) == []
    assert doors.wrong_accounts(built) == []
    for service, _right, _call in checks.SERVICES:
        assert checks.wrong_services(built, service) == []
    for name in life.TARGET:
        assert checks.wrong_transitions(built, name) == []
