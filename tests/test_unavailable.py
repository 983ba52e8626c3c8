"""While the storage of files is not to be had the site says so; nothing is called kept."""

import pytest
from django.test import RequestFactory

from monitoring.logs.lines import name_of
from monitoring.unavailable import StorageMiddleware, StorageUnavailable

WRONG = StorageUnavailable("the store refused: 403 AccessDenied", 403)


def answer(method: str, error: Exception = WRONG, **headers: str):
    request = getattr(RequestFactory(), method)("/cards/", headers=headers)
    return StorageMiddleware(lambda request: None).process_exception(request, error)


@pytest.mark.django_db
def test_people_are_told_that_it_is_worth_sending_again(caplog):
    told = answer("post", accept="text/html")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "30")
    assert "403" not in told.content.decode()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == "the storage of files refused with status 403"


@pytest.mark.django_db
def test_the_log_says_why_it_does_not_answer(caplog):
    away = StorageUnavailable("the store does not answer")
    away.__cause__ = TimeoutError("http://the-address")
    assert answer("post", away).status_code == 503
    (record,) = caplog.records
    assert record.msg == "the storage of files does not answer: %s"
    assert name_of(record.args[0]) == "TimeoutError"


@pytest.mark.django_db
def test_devices_and_programs_are_told_in_their_own_words():
    told = answer("post", accept="application/json")
    assert (told.status_code, told.headers["Content-Type"]) == (503, "application/json")
    assert b'"ok": false' in told.content


@pytest.mark.django_db
def test_whoever_only_reads_has_nothing_to_send_again():
    assert len(answer("get").content) < len(answer("post").content)


def test_other_failures_are_left_to_others():
    assert answer("post", ValueError("another")) is None
