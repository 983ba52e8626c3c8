import pytest

from reports.columns import keeping
from tests.reports.columns.both import Both


@pytest.fixture
def both(monkeypatch) -> Both:
    """Every month is kept, however few its cards."""
    monkeypatch.setattr(keeping, "FEWEST", 1)
    return Both(monkeypatch)
