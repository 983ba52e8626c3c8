"""An administrator at work."""

import pytest


@pytest.fixture
def as_administrator(signed_in, administrator):
    """A test client of the administrator."""
    return signed_in(administrator)
