"""Writers on SQLite come one after the other, whoever they are, and none waits much longer."""

import os
import signal
import sqlite3
import threading
import time

import pytest
from django.db.utils import ConnectionHandler, OperationalError

HOLDING, THREADS, TURNS = 0.005, 6, 12


def connection_to(path, timeout: float = 20):
    options = {"transaction_mode": "IMMEDIATE", "timeout": timeout}
    settings = {"ENGINE": "monitoring.sqlite3", "NAME": path, "OPTIONS": options}
    return ConnectionHandler({"default": settings})["default"]


@pytest.fixture
def path(tmp_path, django_db_blocker):
    """A database file that is nobody else's: neither the suite's nor a site's."""
    path = tmp_path / "file.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE done (who INTEGER)")
    with django_db_blocker.unblock():
        yield path


def write(connection, who: int, holding: float = 0) -> float:
    """Seconds until the transaction had begun."""
    begin = time.monotonic()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    waited = time.monotonic() - begin
    connection.cursor().execute("INSERT INTO done VALUES (%s)", [who])
    time.sleep(holding)
    connection.commit()
    connection.set_autocommit(True)
    return waited


@pytest.mark.slow
def test_many_writers_all_write_and_none_starves(path):
    waited: list[float] = []

    def run(who: int) -> None:
        connection = connection_to(path)
        waited.extend(write(connection, who, HOLDING) for _turn in range(TURNS))
        connection.close()

    threads = [threading.Thread(target=run, args=(who,)) for who in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM done").fetchone() == (THREADS * TURNS,)
    waited.sort()
    # Whoever is last in a line of six waits for five others; without a line some wait for fifty.
    assert waited[-1] < 10 * waited[len(waited) // 2]


@pytest.mark.slow
def test_a_statement_by_itself_comes_to_its_turn(path):
    """What is noted outside of a transaction, while others begin one after the other."""
    waited: list[float] = []
    over = threading.Event()

    def others() -> None:
        connection = connection_to(path)
        while not over.is_set():
            write(connection, 0, HOLDING)
        connection.close()

    threads = [threading.Thread(target=others) for _one in range(THREADS)]
    for thread in threads:
        thread.start()
    connection = connection_to(path)
    try:
        for turn in range(TURNS):
            begin = time.monotonic()
            with connection.cursor() as cursor:
                if turn % 2:
                    cursor.execute("INSERT INTO done VALUES (%s) RETURNING who", [1])
                    assert cursor.fetchone() == (1,)
                else:
                    cursor.executemany("UPDATE done SET who = who + %s WHERE who > 1", [[1], [2]])
            waited.append(time.monotonic() - begin)
    finally:
        over.set()
        for thread in threads:
            thread.join()
        connection.close()
    # Six others, each for HOLDING and a commit, once or twice before it is one's turn.
    assert max(waited) < 40 * THREADS * HOLDING


@pytest.mark.slow
def test_a_writer_gives_up_after_its_time_and_the_line_goes_on(path):
    connection = connection_to(path, timeout=0.2)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        begin = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            write(connection, 1)
        assert time.monotonic() - begin >= 0.2
        other.execute("ROLLBACK")
    connection.close()
    connection = connection_to(path, timeout=0.2)
    write(connection, 2)
    # SQLite waits by itself again for statements outside of a transaction.
    assert connection.connection.execute("PRAGMA busy_timeout").fetchone() == (200,)
    connection.close()


def test_a_process_that_is_forked_meanwhile_holds_nobody_up(path):
    """It has a copy of whatever was open at that moment, and lives for longer."""
    connection = connection_to(path)
    with connection._turn():
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
    try:
        begin = time.monotonic()
        write(connection, 3)
        assert time.monotonic() - begin < 30
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    connection.close()


def test_another_error_is_not_taken_for_a_lock(path):
    connection = connection_to(path, timeout=30)
    connection.ensure_connection()
    connection.connection.execute("BEGIN")
    begin = time.monotonic()
    with pytest.raises(OperationalError, match="within a transaction"):
        connection._start_transaction_under_autocommit()
    assert time.monotonic() - begin < 10
    connection.close()
