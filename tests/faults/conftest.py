"""A prepared site on PostgreSQL, made once and copied by whoever needs servers of its own."""

import pytest

from tests.faults.prepared import Prepared


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """See ``Prepared``; nothing runs until a test asks for it."""
    with Prepared.make(tmp_path_factory.mktemp("prepared")) as made:
        yield made
