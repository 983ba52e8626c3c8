"""A flood of passwords: few are looked at at once, devices that are known come in meanwhile."""

import contextlib
import os
import threading

import pytest
from django.urls import reverse

from monitoring.accounts import hashing
from monitoring.accounts.models import Attempts
from tests.accounts.means import sign_in
from tests.factories import PASSWORD, MonitorFactory


@pytest.fixture
def crowd():
    """As many strangers as may be looked at, who stay."""
    with contextlib.ExitStack() as inside:
        for _stranger in range(hashing.STRANGERS):
            inside.enter_context(hashing.place(known=False))
        yield


@pytest.mark.django_db
def test_a_stranger_in_a_flood_is_told_to_come_again_and_nothing_is_counted(client, crowd):
    answer = sign_in(client, MonitorFactory())
    assert answer.status_code == 429
    assert answer["Retry-After"] == str(hashing.AGAIN)
    assert not Attempts.objects.exists()


@pytest.mark.django_db
def test_a_known_device_comes_in_while_strangers_wait(client):
    person = MonitorFactory()
    assert sign_in(client, person).status_code == 302
    client.post(reverse("sign_out"))
    with contextlib.ExitStack() as inside:
        for _stranger in range(hashing.STRANGERS):
            inside.enter_context(hashing.place(known=False))
        assert sign_in(client, person).status_code == 302


def test_a_place_is_free_again_whatever_happened_in_it():
    for _turn in range(hashing.ALL + 1):
        with pytest.raises(ZeroDivisionError), hashing.place(known=True):
            _ = 1 / 0
    with contextlib.ExitStack() as inside:
        for _turn in range(hashing.ALL):
            inside.enter_context(hashing.place(known=True))
        with pytest.raises(hashing.Busy):
            inside.enter_context(hashing.place(known=True))


@pytest.mark.slow
def test_hashing_stands_back_and_gives_what_django_gives():
    hasher = hashing.Argon2()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    encoded = hasher.encode(PASSWORD, hasher.salt())
    assert hasher.verify(PASSWORD, encoded)
    assert not hasher.verify("another", encoded)
    assert encoded.startswith("argon2$argon2id$")
    native = hashing._thread().submit(threading.get_native_id).result()
    assert os.getpriority(os.PRIO_PROCESS, native) == before + hashing.NICE
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
