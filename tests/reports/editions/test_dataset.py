"""What a report is made from, written down and read back: the same report, to the last byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from reports.editions import dataset
from reports.render import report_json, values_csv
from reports.source import Source
from tests.reports.material import OWN, PERIODS, VOCABULARY, facts_of, published_2018
from tests.reports.strategies import little_cards, whole_reports


def source_of(cards) -> Source:
    facts = {period.code: facts_of((), period) for period in PERIODS}
    published = tuple(published_2018()[:60])
    return Source(OWN, PERIODS, facts | {OWN.code: facts_of(cards)}, published, VOCABULARY, True)


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_a_dataset_gives_the_same_report(cards):
    source = source_of(cards)
    text = dataset.write(source)
    again = dataset.read(text)
    assert dataset.write(again) == text
    assert again.fingerprint == source.fingerprint
    assert again.report.checksum == source.report.checksum
    assert report_json(again.report) == report_json(source.report)
    assert values_csv(again.report) == values_csv(source.report)


def test_the_order_of_cards_changes_nothing():
    from tests.reports.material import Little

    cards = [Little(place="almaty"), Little(place="astana"), Little(place="almaty", police=9)]
    assert dataset.write(source_of(cards)) == dataset.write(source_of(cards[::-1]))


def test_another_layout_is_refused():
    document = json.loads(dataset.write(source_of(())))
    document["layout"] = "zhinalys dataset 2"
    with pytest.raises(ValueError, match="dataset 2"):
        dataset.read(json.dumps(document))
