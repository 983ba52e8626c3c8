"""Small runs of the sections that measure reading: they measure what they say they do."""

from __future__ import annotations

import pytest

from tests.bench import exporting, lists, pages, printing, proxy, searching, serving, starting
from tests.bench.site import site
from tests.databases import kind
from tests.test_bench import bench_dir  # noqa: F401  (a folder of the test's own)

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture(scope="module")
def filled(bench_dir):  # noqa: F811
    with site(lists.SMALL, kind(), SECOND_FACTOR_REQUIRED="false", ALLOWED_HOSTS="127.0.0.1") as it:
        yield it


def test_every_list_has_a_first_and_a_deep_page(filled):
    for number, each in enumerate(lists.LISTS):
        for deep in (False, True) if each.order else (False,):
            filled.call("tests.bench.lists:ready", number, deep)
    row = lists._row(lists.LISTS[0], 0, True, filled, filled, 1)
    assert (row.cards, row.limit) == (lists.SMALL, 1.3)
    assert 0.2 < row.ratio < 5


def test_both_ways_of_searching_find_the_same_page(filled):
    words = filled.call("tests.bench.searching:words")
    assert len(words) > 3
    assert words[0][1] > 100
    rows = [row for word, hits in words for row in searching._rows(filled, word, hits, 1)]
    assert len(rows) == len(words)
    assert all(row.ratio > 0 for row in rows)


def test_every_card_is_streamed(filled):
    rows = list(exporting._rows(filled, 1))
    assert [row.what for row in rows][:2] == [
        "all cards as CSV, streamed through the site",
        "memory of that",
    ]
    assert rows[0].seconds > 0


def test_a_start_is_a_start():
    ours, bare = starting.run(rounds=1)
    assert 0.5 < ours.ratio < 10
    assert bare.seconds > 0


def test_the_bytes_of_the_pdf_are_those_of_weasyprint_alone():
    whole, alone, base = printing.run(rounds=1)
    assert whole.cards == 32
    assert whole.ratio >= alone.ratio * 0.5
    assert base.seconds > 0.5


def test_pages_and_files_are_answered():
    assert serving.there(), "wrk is not installed"
    assert proxy.there(), "nginx is not installed"
    rows = list(pages.run(rounds=1, seconds=1))
    assert [row.against for row in rows] == [
        "an empty signed-in page",
        "a file from a bare signed-in view",
        "a static file of its size",
        "a static file of its size",
        "a static file of its size, from nginx",
    ]
    assert all(row.amount > 0 for row in rows)
