"""What pages of the site are held against, behind the same middleware."""

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.template import engines
from django.urls import path

from monitoring.urls import urlpatterns as of_the_site
from tests.bench.bare import insert

EMPTY = (
    '{% extends "base.html" %}{% block title %}Empty{% endblock %}{% block content %}{% endblock %}'
)
FILE = settings.DATA_DIR / "file.pdf"


def empty(request):
    """A page for somebody who is signed in, with nothing on it."""
    return HttpResponse(engines["django"].from_string(EMPTY).render({}, request))


def file(request):
    """A file for somebody who is signed in."""
    return FileResponse(FILE.open("rb"), as_attachment=True, content_type="application/pdf")


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/file/", file),
    path("bench/bare/", insert),
    *of_the_site,
]
