"""Every request measured once: for its line in the log and for the figures."""

from __future__ import annotations

import logging
import re
import time
import uuid
from contextlib import ExitStack

from django.conf import settings
from django.core.signals import request_finished
from django.db import connections
from django.db.utils import Error
from django.dispatch import receiver
from django.utils.functional import SimpleLazyObject

from monitoring.logs.lines import REQUEST
from monitoring.operations import counting

logger = logging.getLogger("zhinalys.request")

#: Methods that have a name of their own; whatever else somebody makes up is one.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
#: What a proxy gives: letters without meaning.
_GIVEN = re.compile(r"[0-9a-f-]{16,36}")
#: An address that leads nowhere; a file of the site's look.
NOWHERE, STATIC = "nowhere", "static"


class ObservedMiddleware:
    """First in line: gives the request its mark and tells of it when it is answered.

    The mark stays in force until the answer has been sent, so that what breaks a stream has it too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        mark = mark_of(request)
        REQUEST.set(mark)
        asked, begun = Asked(), time.perf_counter()
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(asked))
            response = self.get_response(request)
        seconds = time.perf_counter() - begun
        static = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        if not static:
            response.headers["X-Request-ID"] = mark
        method = request.method if request.method in METHODS else "OTHER"
        route = STATIC if static else route_of(request)
        counting.request(method, route, response.status_code, seconds)
        if not static or response.status_code >= 400:
            tell(request, response, method, route, seconds, asked)
        return response


class Asked:
    """Counts the statements of a request and their time; an error goes on its way."""

    __slots__ = ("number", "seconds")

    def __init__(self):
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except Error as error:
            counting.database_error(error)
            raise
        finally:
            self.seconds += time.perf_counter() - begun


def mark_of(request) -> str:
    """What the proxy calls the request, where there is one; else something new."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.PROXIES else ""
    return given if _GIVEN.fullmatch(given) else uuid.uuid4().hex


def route_of(request) -> str:
    """The name of the address, which says nothing of what it names."""
    match = request.resolver_match
    return match.view_name if match is not None else NOWHERE


def role_of(request) -> str | None:
    """The role of whoever asked, if somebody has looked; looking would cost a query."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "role", None)


def tell(request, response, method: str, route: str, seconds: float, asked: Asked) -> None:
    """The line of a request."""
    if not logger.isEnabledFor(logging.INFO):
        return
    logger.info(
        "request",
        extra={
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "queries": asked.number,
            "queries_ms": round(asked.seconds * 1000, 1),
            "role": role_of(request),
        },
    )


@receiver(request_finished, dispatch_uid="operations.observing")
def forget(**kwargs) -> None:
    """The answer has been sent: what follows belongs to no request."""
    REQUEST.set("")
