"""Delays grow, are shared, end, and keep nobody out who has been here before."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from monitoring.accounts import delays, second_factor
from monitoring.accounts.models import Attempts
from tests.accounts.means import code, reader, sign_in, signed_in
from tests.factories import PASSWORD, EditorFactory, MonitorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_that_stands_still(monkeypatch):
    """A slow machine must not wait out a delay by itself."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


def later(seconds: float) -> None:
    """As if so many seconds had passed."""
    for row in Attempts.objects.all():
        row.last_at -= datetime.timedelta(seconds=seconds)
        row.save()


def fail(key: str, limit: int = delays.LIMIT) -> None:
    with delays.attempt([key], limit):
        pass


def test_the_first_slips_cost_nothing_and_then_the_delay_doubles():
    waited = []
    for _round in range(14):
        try:
            fail("key")
            waited.append(0)
        except delays.Wait as wait:
            waited.append(wait.seconds)
            later(wait.seconds)
            fail("key")
    assert waited == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_an_attempt_that_has_to_wait_counts_for_nothing():
    for _round in range(5):
        try:
            fail("key")
        except delays.Wait:
            later(1)
            fail("key")
    before = Attempts.objects.get()
    for _round in range(20):
        with pytest.raises(delays.Wait):
            fail("key")
    assert Attempts.objects.get().failures == before.failures == 5


def test_after_an_hour_of_quiet_all_is_forgotten():
    for _round in range(4):
        fail("key")
    later(delays.FORGOTTEN.total_seconds() + 1)
    for _round in range(4):
        fail("key")
    later(delays.FORGOTTEN.total_seconds() + 1)
    delays.sweep()
    assert not Attempts.objects.exists()


def test_success_forgets_the_name_and_not_the_address():
    for _round in range(3):
        with delays.attempt(["name", "address"]):
            pass
    with delays.attempt(["name", "address"]) as attempt:
        attempt.succeeded("name")
    assert sorted(Attempts.objects.values_list("failures", flat=True)) == [0, 3]


def test_the_table_tells_neither_name_nor_address(monitor):
    sign_in(reader(), monitor, "wrong")
    keys = list(Attempts.objects.values_list("key", flat=True))
    assert len(keys) == 2
    assert not [key for key in keys if monitor.username in key or "127.0.0.1" in key]


def test_the_form_says_how_long_and_keeps_the_name_but_not_the_password(monitor):
    client = reader()
    for _round in range(4):
        assert sign_in(client, monitor, "wrong").status_code == 422
    answer = sign_in(client, monitor, PASSWORD, kept="what was typed")
    assert (answer.status_code, answer["Retry-After"], signed_in(client)) == (429, "1", False)
    text = answer.content.decode()
    assert "Try again in 1 second." in text
    assert f'value="{monitor.username}"' in text
    assert PASSWORD not in text
    assert answer.context["kept"] == "what was typed"
    later(1)
    sign_in(client, monitor, PASSWORD)
    assert signed_in(client)


def test_unknown_names_wait_like_known_ones(reference):
    for name in ("nobody", MonitorFactory().username):
        Attempts.objects.all().delete()
        statuses = [
            reader().post(reverse("sign_in"), {"username": name, "password": "x"}).status_code
            for _round in range(5)
        ]
        assert statuses == [422] * 4 + [429]


def test_nobody_is_kept_out_where_they_have_been_before(monitor):
    known = reader()
    sign_in(known, monitor)
    known.post(reverse("sign_out"))
    stranger = reader()
    sign_in(stranger, monitor, "wrong")
    Attempts.objects.filter(failures=1).update(failures=20, last_at=timezone.now())
    assert sign_in(stranger, monitor).status_code == 429
    sign_in(known, monitor)
    assert signed_in(known)


def test_a_known_device_of_one_person_is_a_strange_one_to_another(monitor):
    known = reader()
    sign_in(known, monitor)
    known.post(reverse("sign_out"))
    other = MonitorFactory()
    for _round in range(4):
        sign_in(known, other, "wrong")
    assert sign_in(known, other, "wrong").status_code == 429


def test_a_known_device_waits_on_its_own(monitor):
    known = reader()
    sign_in(known, monitor)
    known.post(reverse("sign_out"))
    for _round in range(4):
        sign_in(known, monitor, "wrong")
    assert sign_in(known, monitor).status_code == 429


def test_many_names_from_one_address_wait_too(reference):
    client = reader()
    for number in range(4):
        client.post(reverse("sign_in"), {"username": f"name-{number}", "password": "x"})
    answer = client.post(reverse("sign_in"), {"username": "another", "password": "x"})
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("proxies", "address"), [(0, "10.0.0.9"), (1, "10.0.0.2"), (2, "10.0.0.1"), (3, "10.0.0.9")]
)
def test_the_address_is_that_before_the_proxies(rf, settings, proxies, address):
    settings.PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": "10.0.0.1, 10.0.0.2"}, REMOTE_ADDR="10.0.0.9")
    assert delays.address(request) == address


def test_codes_wait_too_and_longer(editor):
    client = reader()
    sign_in(client, editor)
    for _round in range(4):
        client.post(reverse("sign_in_second"), {"code": "000000"})
    answer = client.post(reverse("sign_in_second"), {"code": code()})
    assert (answer.status_code, answer["Retry-After"], signed_in(client)) == (429, "1", False)
    Attempts.objects.filter(failures=4).update(failures=30, last_at=timezone.now())
    with pytest.raises(delays.Wait) as wait:
        second_factor.check(editor, code())
    assert wait.value.seconds == delays.LIMIT_OF_CODES
    later(delays.LIMIT_OF_CODES)
    client.post(reverse("sign_in_second"), {"code": code()})
    assert signed_in(client)


def test_codes_of_one_person_do_not_make_another_wait(editor):
    for _round in range(4):
        with pytest.raises(ValueError):
            second_factor.check(editor, "000000")
    assert second_factor.check(EditorFactory(), code()) == "app"


def test_two_attempts_at_the_same_moment_are_both_counted():
    with delays.attempt(["key"]), delays.attempt(["key"]):
        assert Attempts.objects.get().failures == 2
