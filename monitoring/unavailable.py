"""What the site answers while its storage of attachments is not to be had."""

from __future__ import annotations

import logging

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

_log = logging.getLogger(__name__)
#: Seconds after which a program or a device may ask again.
RETRY_AFTER = "30"


class StorageUnavailable(Exception):
    """Nothing was stored or read. ``status``: with which the store refused; None where it does not
    answer at all, then the cause says why."""

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


class StorageMiddleware:
    """Says so instead of failing: 503, and that it is worth sending again."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, StorageUnavailable):
            return None
        if exception.status:
            _log.error("the storage of files refused with status %d", exception.status)
        else:
            _log.error("the storage of files does not answer: %s", exception.__cause__)
        text = _("The storage of files does not answer.")
        if request.method == "POST":
            again = _(
                "Go back and send it again in a moment: what was typed is still in your browser,"
                " and no file is kept twice."
            )
            text = f"{text} {again}"
        if "application/json" in request.headers.get("Accept", ""):
            answer = JsonResponse({"ok": False, "error": text}, status=503)
        else:
            context = {"title": _("Please try again in a moment"), "text": text}
            answer = render(request, "413.html", context, status=503)
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
