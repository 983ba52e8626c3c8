"""How the API refuses (RFC 9457): a status, a sentence, and which parameter was wrong."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Becomes the answer. ``parameters``: name of a parameter -> what is wrong with it."""

    def __init__(
        self,
        status: int,
        detail: str,
        parameters: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ):
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.parameters, self.headers = parameters or {}, headers or {}

    def answer(self) -> HttpResponse:
        """The problem as JSON."""
        said = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.parameters:
            said["parameters"] = self.parameters
        return JsonResponse(
            said,
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=self.headers,
            json_dumps_params={"ensure_ascii": False},
        )


def no_token() -> Problem:
    """Nobody is known to be asking: without a token, or with one that reads nothing."""
    detail = _("This needs a token that is in force: Authorization: Bearer zhn_…")
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="zhinalys"'})


def refused(detail: str) -> Problem:
    """Somebody is asking, and may not."""
    return Problem(403, detail)


def unknown() -> Problem:
    """What does not exist and what is out of reach answer alike."""
    return Problem(404, _("There is nothing here, or nothing for you."))


def wrong(parameters: dict[str, str]) -> Problem:
    """Parameters that do not exist or cannot be read; never left out in silence."""
    names = ", ".join(sorted(parameters))
    return Problem(400, _("Cannot be read: %(names)s.") % {"names": names}, parameters)


def changed() -> Problem:
    """Two pages of different answers would not belong together."""
    return Problem(409, _("The figures have changed since the first page: begin again."))


def wait(seconds: int) -> Problem:
    """Too many requests."""
    detail = _("Too many requests: go on after the seconds that Retry-After says.")
    return Problem(429, detail, headers={"Retry-After": str(seconds)})
