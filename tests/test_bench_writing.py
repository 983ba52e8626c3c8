"""The sections of the benchmark that write: each runs on few cards, and finds its own mistakes."""

from __future__ import annotations

import pytest

from tests.bench import approving, importing, submitting, traffic
from tests.databases import kind
from tests.test_bench import bench_dir  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.usefixtures("bench_dir")]
FEW = 300


def test_approving():
    """With and without facts; the section itself holds them against a recomputation at the end."""
    rows = list(approving.run([FEW], [kind()]))
    bare, added, derived, desk, desk_bare = rows
    assert [row.limit for row in rows] == [None, 1.5, None, 1.5, None]
    assert added.ratio == added.seconds / bare.seconds
    assert derived.ratio == derived.seconds / bare.seconds
    assert desk.ratio == desk.seconds / desk_bare.seconds


def test_submitting():
    """Every answer says that the card was submitted, and what came in is whole."""
    rows = list(submitting.run([FEW], [kind()]))
    bare, device, slowest, browser, _slowest = rows
    assert bare.limit is None
    assert device.ratio == device.amount / bare.amount
    assert browser.ratio == browser.amount / bare.amount
    assert device.at_least
    assert slowest.ratio >= 1


def test_importing():
    """Every row of a file of synthetic cards is in order and comes in."""
    pandas, product, memory = importing.run([FEW], [kind()])
    assert product.ratio == product.seconds / pandas.seconds
    assert product.limit == 4
    assert memory.amount > 20


def test_requests_keep_their_order_and_a_refusal_is_seen():
    took = traffic.Took(2.0, (0.1, 0.3), (b"HTTP/1.1 200 OK", b"HTTP/1.1 500 Oh"))
    assert traffic.refused(took.answers, b" 200 ") == [b"HTTP/1.1 500 Oh"]
    assert took.median == 0.2
    assert took.slowest_hundredth == 0.1
