"""Whatever people do to cards in whatever order, columns give what the cards give at each step."""

from __future__ import annotations

from collections import Counter

import pytest

from reports.columns import keeping
from reports.explorer.spec import Spec
from tests.reports.test_fact_sequences import REQUIRED, SEQUENCES, begun, sequences

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
VIEWS = (
    Spec("city", "month", "sum-participants"),
    Spec("form", "police_actions", chosen=(("told", "reason"),)),
    Spec("detentions", "sanction", "mean-detained", chosen=(("from", "2018-05-11"),)),
)


def test_columns_equal_the_cards_after_every_step(reference, both):
    done: Counter[str] = Counter()
    by_columns: Counter[bool] = Counter()

    def check(steps) -> None:
        world = begun(done)
        for at, (name, *rest) in enumerate(steps):
            # Packed now and then, so that there are steps on what is current and on what is not.
            if at % 3 == 0:
                keeping.settle()
                assert list(keeping.verify()) == []
            world.do(name, *rest)
            by_columns.update(both.agree(view) for view in VIEWS)
        assert list(keeping.verify()) == []

    sequences(check, max(SEQUENCES // 2, 5))
    assert [name for name in REQUIRED if not done[name]] == []
    assert min(by_columns[True], by_columns[False]) > 50
