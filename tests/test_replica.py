"""What decides where something is read; tests/faults/test_replica.py tries it on real servers."""

from __future__ import annotations

import contextlib

import pytest
from django.conf import settings as site_settings
from django.db import OperationalError, connection, router
from django.http import HttpResponse, StreamingHttpResponse

from cards.models import Card, Region
from monitoring import replica
from monitoring.accounts.models import LastWrite, User, UserSession
from reports.models import Fact
from tests.factories import MonitorFactory


@pytest.fixture
def good(settings, monkeypatch):
    """A replica that has everything; nothing is read from it, only asked for."""
    monkeypatch.setitem(settings.DATABASES, replica.ALIAS, {})
    monkeypatch.setattr(replica.watch, "good", lambda: True)
    monkeypatch.setattr(replica, "has_what_was_written", lambda account: True)
    monkeypatch.setattr(replica, "connections", _Outside())


class _Outside(dict):
    """Connections of which none is in a transaction, whatever the test itself is in."""

    in_atomic_block = False
    execute_wrapper = staticmethod(connection.execute_wrapper)

    def __missing__(self, alias):
        return self


def reads(model, **hints) -> str:
    return replica.Router().db_for_read(model, **hints)


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ('INSERT INTO "cards_card" ("number") VALUES (1)', True),
        ('  update "cards_card" SET x = 1', True),
        ('DELETE FROM "reports_fact" WHERE 1 = 1', True),
        ("TRUNCATE TABLE cards_count", True),
        ("COPY cards_card FROM STDIN", True),
        ("WITH gone AS (DELETE FROM cards_count RETURNING *) SELECT * FROM gone", True),
        ('UPDATE "accounts_user" SET alias = 1', True),
        ('INSERT INTO "unheard_of" VALUES (1)', True),
        ('SELECT 1 FROM "cards_card" FOR UPDATE', False),
        ("WITH some AS (SELECT 1) SELECT * FROM some", False),
        ("SAVEPOINT s1", False),
        ("SET LOCAL jit = off", False),
        ('INSERT INTO "accounts_accessentry" VALUES (1)', False),
        ('UPDATE "django_session" SET session_data = 1', False),
        (b"SELECT 1", False),
    ],
)
def test_a_statement_that_changes_something_is_known(statement, changes):
    assert replica.writes(statement) is changes


def test_tables_that_leave_no_mark_are_tables():
    """A table that was renamed would be forgotten here."""
    from django.apps import apps

    assert {m._meta.db_table for m in apps.get_models()} >= replica.APART


def test_only_cards_and_reports_and_only_while_reading(good):
    assert reads(Card) == "default"
    with replica.reading():
        assert {reads(Card), reads(Fact)} == {"replica"}
        assert {reads(User), reads(UserSession), reads(LastWrite)} == {"default"}
        assert replica.Router().db_for_write(Card) == "default"
        # What somebody may see is never a moment ago.
        assert reads(Region, instance=User()) == "default"
        assert reads(Region) == reads(Region, instance=Card()) == "replica"
    assert reads(Card) == "default"


def test_a_row_read_from_the_replica_is_written_to_the_primary(good):
    card, person = Card(), User()
    card._state.db, person._state.db = "replica", "default"
    assert replica.Router().db_for_write(Card, instance=card) == "default"
    assert reads(Card, instance=card) == "default"
    assert replica.Router().allow_relation(card, person)
    assert replica.Router().allow_migrate("replica", "cards") is False
    assert replica.Router().allow_migrate("default", "cards") is None


@pytest.mark.django_db
def test_from_the_first_write_on_the_primary_is_read(good):
    with replica.reading():
        assert reads(Card) == "replica"
        LastWrite.objects.none().delete()
        assert reads(Card) == "replica"
        User.objects.filter(pk=0).update(alias="x")
        assert reads(Card) == "default"


def test_inside_a_transaction_the_primary_is_read(good):
    with replica.reading():
        assert reads(Card) == "replica"
        replica.connections.in_atomic_block = True
        assert reads(Card) == "default"
        replica.connections.in_atomic_block = False
        assert reads(Card) == "replica"


def test_who_wrote_is_asked_once(good, monkeypatch):
    asked = []
    monkeypatch.setattr(replica, "has_what_was_written", lambda who: asked.append(who) or False)
    with replica.reading(replica.Reading(lambda: 7)):
        assert [reads(Card), reads(Fact), reads(Card)] == ["default"] * 3
    assert asked == [7]


@pytest.mark.django_db
def test_a_mark_never_makes_the_transaction_around_it_less_durable(
    settings, monkeypatch, django_capture_on_commit_callbacks, django_assert_num_queries
):
    """It does not wait for the disk; what is being written has to. It is left afterwards."""
    monkeypatch.setitem(settings.DATABASES, replica.ALIAS, {})
    with django_capture_on_commit_callbacks() as afterwards, django_assert_num_queries(0):
        replica.mark(1)
    (left,) = afterwards
    assert left.args == (1,)


def test_without_a_replica_nothing_is_in_the_way():
    assert "replica" not in site_settings.DATABASES
    assert site_settings.DATABASE_ROUTERS == []
    with pytest.raises(replica.MiddlewareNotUsed):
        replica.ReplicaMiddleware(lambda request: None)
    with replica.reading():
        assert router.db_for_read(Card) == "default"
    replica.mark(1)


# --- Requests ----------------------------------------------------------------------------------


@pytest.fixture
def marked(monkeypatch):
    """Accounts that were marked."""
    found = []
    monkeypatch.setattr(replica, "mark", found.append)
    return found


def ask(rf, method: str, view):
    request = getattr(rf, method)("/")
    request.user = User(pk=5)
    middleware = replica.ReplicaMiddleware(view)
    return middleware, request, middleware(request)


METHODS = {"get": "replica", "head": "replica", "post": "default", "delete": "default"}


@pytest.mark.parametrize(("method", "where"), METHODS.items())
def test_what_only_asks_reads_from_the_replica(good, marked, rf, method, where):
    _middleware, _request, answer = ask(rf, method, lambda request: HttpResponse(reads(Card)))
    assert answer.content == where.encode()
    assert marked == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_wrote_is_marked_whatever_the_method(good, marked, rf, method):
    def view(request):
        User.objects.filter(pk=0).update(alias="x")
        return HttpResponse(reads(Card))

    _middleware, _request, answer = ask(rf, method, view)
    assert (answer.content, marked) == (b"default", [5])


def test_what_is_made_while_it_is_sent_is_read_where_the_request_was(good, marked, rf):
    def lines():
        yield reads(Card)
        yield reads(Fact)

    def view(request):
        reads(Card)
        return StreamingHttpResponse(lines())

    _middleware, _request, answer = ask(rf, "get", view)
    sent = iter(answer.streaming_content)
    assert next(sent) == b"replica"
    assert reads(Card) == "default"
    assert list(sent) == [b"replica"]


@pytest.fixture
def gone(monkeypatch):
    """What the watch was told."""
    told = []
    monkeypatch.setattr(replica.watch, "failed", told.append)
    return told


def test_a_replica_that_fails_in_the_middle_is_missed_by_nobody(good, marked, gone, rf):
    middleware = None

    def view(request):
        # As Django's handler does.
        if reads(Card) == "replica":
            return middleware.process_exception(request, OperationalError("gone"))
        return HttpResponse("from the primary")

    request = rf.get("/")
    middleware = replica.ReplicaMiddleware(view)
    assert middleware(request).content == b"from the primary"
    assert [str(error) for error in gone] == ["gone"]


def test_other_failures_are_nobody_elses(good, gone, rf):
    middleware, request, _answer = ask(rf, "get", lambda request: HttpResponse())
    assert middleware.process_exception(request, OperationalError("the primary")) is None
    with replica.reading(request.reading):
        reads(Card)
    assert middleware.process_exception(request, ValueError("a mistake")) is None
    request.reading.wrote = True
    assert middleware.process_exception(request, OperationalError("after a write")) is None
    assert gone == []


# --- How far behind ----------------------------------------------------------------------------


class Database:
    """Answers the watch's question."""

    def __init__(self, *row):
        self.row, self.closed = row, 0

    @contextlib.contextmanager
    def cursor(self):
        yield self

    def execute(self, statement):
        if isinstance(self.row[0], Exception):
            raise self.row[0]

    def fetchone(self):
        return self.row

    def close(self):
        self.closed += 1


@pytest.fixture
def look(monkeypatch, settings):
    """``look(primary's row, replica's row, at)``: what a watch makes of it, each time anew."""
    settings.REPLICA_MAX_LAG = 10
    watch = replica.Watch()

    def look(primary, copy, at=0.0):
        monkeypatch.setattr(
            replica, "connections", {"default": Database(*primary), "replica": Database(*copy)}
        )
        monkeypatch.setattr(replica.time, "monotonic", lambda: 1000.0 + at)
        return watch.good(), watch.lag

    look.watch = watch
    return look


UP, OTHER = "2026-11-01", "2026-11-02"


def test_a_replica_that_has_all_is_good_however_long_nobody_wrote(look):
    assert look((500, UP), (True, 500, 86_400.0, OTHER)) == (True, 0.0)
    assert look((500, UP), (True, 500, 86_500.0, OTHER), 100) == (True, 0.0)


def test_one_that_lost_its_primary_is_found_out_although_it_has_replayed_all_it_got(look):
    assert look((500, UP), (True, 500, 0.0, OTHER))[0]
    assert look((600, UP), (True, 500, 9.0, OTHER), 9) == (True, 9.0)
    assert look((700, UP), (True, 500, 11.0, OTHER), 11) == (False, 11.0)
    assert look((700, UP), (True, 700, 0.0, OTHER), 14) == (True, 0.0)


def test_at_the_first_look_on_a_busy_primary_its_own_clock_tells(look):
    assert look((500, UP), (True, 499, 0.2, OTHER)) == (True, 0.2)


def test_one_that_was_far_behind_at_the_first_look_is_not_believed(look):
    assert look((500, UP), (True, 100, 500.0, OTHER)) == (False, 500.0)
    assert look((500, UP), (True, 200, 500.0, OTHER), 3) == (False, None)
    assert look((900, UP), (True, 500, 3.0, OTHER), 6) == (True, 3.0)


def test_it_is_not_asked_at_every_question(look):
    assert look((500, UP), (True, 500, 0.0, OTHER)) == (True, 0.0)
    assert look((900, UP), (OperationalError("gone"),), 1) == (True, 0.0)
    assert look((900, UP), (OperationalError("gone"),), 3) == (False, None)


def test_a_replica_that_became_a_primary_is_left_alone_unless_it_is_the_primary(look, caplog):
    assert look((500, UP), (False, None, None, OTHER)) == (False, None)
    assert "takes writes" in caplog.text
    assert look((500, UP), (False, None, None, UP), 3) == (True, 0.0)


def test_each_change_is_told_once_and_nothing_of_a_statement(look, caplog):
    """The log shows of an error its type alone: see ``monitoring.logs``."""
    gone = OperationalError("server closed\nLINE 1: SELECT 'a name'")
    for at in (0, 3, 6):
        look((500, UP), (gone,), at)
    look((500, UP), (True, 500, 0.0, OTHER), 9)
    look((500, UP), (True, 500, 0.0, OTHER), 12)
    assert [(record.msg, record.args) for record in caplog.records] == [
        ("the primary is read: the replica fails: %s", (gone,)),
        ("the replica is read again", ()),
    ]


# --- Marks -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mark_of_long_ago_needs_no_replica(reference, settings):
    person = MonitorFactory()
    assert replica.has_what_was_written(None)
    assert replica.has_what_was_written(person.pk)
    LastWrite.objects.create(account=person, at="2020-01-01T00:00:00Z")
    assert replica.has_what_was_written(person.pk)
