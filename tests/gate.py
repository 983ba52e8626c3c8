"""A gate before the live server: while it is shut, no request touches the database.

A page that a test leaves may still have a request on its way. Emptying the tables while such a
request writes is a deadlock on PostgreSQL and a locked file on SQLite, so the tests shut the gate
and wait for those inside before they give the database back.
"""

import threading

from django.http import HttpResponse

_SECONDS = 30
_changed = threading.Condition()
_inside = 0
_open = True


class GateMiddleware:
    """First in line: counts the requests under way, turns others back while the gate is shut."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        global _inside
        with _changed:
            if not _open:
                return HttpResponse(status=503)
            _inside += 1
        try:
            return self.get_response(request)
        finally:
            with _changed:
                _inside -= 1
                _changed.notify_all()


def let_in() -> None:
    """Open the gate."""
    global _open
    with _changed:
        _open = True


def shut() -> None:
    """Turn everybody back from now on and wait until those inside have left."""
    global _open
    with _changed:
        _open = False
        left = _changed.wait_for(lambda: _inside == 0, timeout=_SECONDS)
    assert left, f"{_inside} requests still under way after {_SECONDS} seconds"
