"""What an answer cost the server, told in its ``Server-Timing`` header (milliseconds).

``app``: from middleware to middleware; ``cpu``: of the thread; ``db``: in statements; ``lock``: the
part of it in statements that wait for their turn (SELECT … FOR UPDATE), and on SQLite the beginning
of transactions, with the line that writers wait in.
What a visitor waited beyond ``app`` was spent in queues and on the way.
"""

from __future__ import annotations

import contextlib
import threading
import time

from django.db import connection

WAITING = ("FOR UPDATE", "FOR NO KEY UPDATE", "ADVISORY")
_begun = threading.local()


class TimingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response
        if connection.vendor == "sqlite":
            _time_the_line()

    def __call__(self, request):
        spent = {"db": 0.0, "lock": 0.0, "queries": 0}

        def measured(execute, sql, params, many, context):
            begin = time.perf_counter()
            with contextlib.ExitStack() as after:
                after.callback(lambda: _add(spent, sql, time.perf_counter() - begin))
                return execute(sql, params, many, context)

        _begun.seconds = 0.0
        begin, cpu = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(measured):
            response = self.get_response(request)
        spent["lock"] += _begun.seconds
        spent |= {"app": time.perf_counter() - begin, "cpu": time.thread_time() - cpu}
        response.headers["Server-Timing"] = ", ".join(
            f"{name};dur={value * (1 if name == 'queries' else 1000):.2f}"
            for name, value in spent.items()
        )
        return response


def _add(spent: dict[str, float], sql: str, seconds: float) -> None:
    spent["db"] += seconds
    spent["queries"] += 1
    if any(word in sql for word in WAITING):
        spent["lock"] += seconds


def _time_the_line() -> None:
    from monitoring.sqlite3.base import DatabaseWrapper

    begins = DatabaseWrapper._start_transaction_under_autocommit

    def timed(self) -> None:
        begin = time.perf_counter()
        with contextlib.ExitStack() as after:
            after.callback(
                lambda: setattr(
                    _begun, "seconds", getattr(_begun, "seconds", 0.0) + time.perf_counter() - begin
                )
            )
            begins(self)

    DatabaseWrapper._start_transaction_under_autocommit = timed
