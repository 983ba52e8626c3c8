"""Pages put together from pieces that were packed apart."""

import gzip

import pytest
from django.test import RequestFactory

from monitoring import packing

LONG = "Қала алаңы, площадь Абая — 2018. " * 4000
PAGE = f"<html><body><p>до</p>{packing.PLACE}<p>после</p></body></html>"
WHOLE = PAGE.replace(packing.PLACE, LONG)


def answer(**headers):
    return packing.answer(RequestFactory().get("/", headers=headers), PAGE, packing.piece(LONG))


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "deflate, gzip"])
def test_whoever_takes_gzip_gets_one_stream_of_it(accepted):
    response = answer(**{"accept-encoding": accepted})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    # One member: browsers read no second one.
    assert gzip.decompress(response.content).decode() == WHOLE
    assert response.content.count(b"\x1f\x8b\x08") == 1
    assert len(response.content) < len(WHOLE.encode()) / 20


@pytest.mark.parametrize("accepted", ["", "br", "gzipped", "identity"])
def test_others_get_it_plain(accepted):
    response = answer(**{"accept-encoding": accepted})
    assert not response.has_header("Content-Encoding")
    assert response.content.decode() == WHOLE


def test_its_length_tells_nothing():
    lengths = {len(answer(**{"accept-encoding": "gzip"}).content) for _time in range(60)}
    assert len(lengths) > 10


@pytest.mark.parametrize("long", ["", "x", "ы" * 70_000])
def test_pieces_of_any_length(long):
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    response = packing.answer(request, PAGE, packing.piece(long))
    assert gzip.decompress(response.content).decode() == PAGE.replace(packing.PLACE, long)
