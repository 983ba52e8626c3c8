"""Two people who submit at the same moment: neither waits for the other without an end."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from cards import history, services
from cards.field.home import posted
from cards.models import Card, NumberSequence
from cards.serialise import answers_of
from tests.factories import make_card

# Among the slow ones, which run on a file: SQLite in memory has one connection's locks only.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def someone_waits() -> bool:
    """Whether somebody waits for a lock of PostgreSQL's; SQLite has one, asked for first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_a_draft_is_submitted_while_another_card_takes_its_number(monitor, signed_in):
    """The form writes the history twice in one transaction, and takes the number in between."""
    draft = make_card("draft", monitor=monitor)
    data = posted(answers_of(draft)) | {"uuid": draft.uuid, "version": draft.version}
    data |= {"action": "submit", "accepted": ["duplicate"], "place": "By the theatre"}
    client, answers = signed_in(monitor), []

    def submits() -> None:
        answers.append(client.post(reverse("cards:edit", args=[draft.uuid]), data).status_code)
        connections.close_all()

    other = threading.Thread(target=submits)
    with transaction.atomic():
        services.reserve_numbers(draft.date.year, draft.city_id, 1)
        other.start()
        deadline = time.monotonic() + 20
        while connection.vendor == "postgresql" and not someone_waits():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        history._head()
    other.join(30)
    assert answers == [302]
    card = Card.objects.get(pk=draft.pk)
    assert (card.status, card.place) == ("submitted", "By the theatre")
    assert NumberSequence.objects.get(city=draft.city_id).last == 2
