"""The addresses of the API: those that the rooms bring, the page for people, the document."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import URLPattern, path, re_path

from monitoring.api.records import Route
from monitoring.later import views as later

views = later("monitoring.api.views")


def addresses(*rooms: Iterable[Route]) -> tuple[list[URLPattern], str]:
    """For ``include``: every address of the rooms below ``api/v1/``."""
    routes = [route for room in rooms for route in room]
    endpoints = tuple(endpoint for endpoint, _view in routes)
    found = [path(endpoint.path, view, name=endpoint.name) for endpoint, view in routes]
    own = {"endpoints": endpoints}
    return (
        [
            path("", views.page, own, name="page"),
            path("schema/", views.schema, own, name="schema"),
            *found,
            # A program reads no page that says so. Without the slash Django leads to it first.
            re_path(r"^(?P<anything>.*/)$", views.nothing, name="nothing"),
        ],
        "api",
    )
