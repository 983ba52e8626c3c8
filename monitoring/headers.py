"""What every answer says to browsers and to caches between, and how large a request may be."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import BadRequest
from django.dispatch import receiver
from django.http import JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

#: Features of a browser that no page asks for; the field page alone may ask where the phone is.
UNUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
    "xr-spatial-tracking",
)  # fmt: skip


def permissions(*own: str) -> str:
    """A Permissions-Policy that leaves the page nothing but the features in ``own``."""
    return ", ".join(f"{name}=({'self' * (name in own)})" for name in UNUSED)


HEADERS = {
    "Permissions-Policy": permissions(),
    # Nobody else's page may load anything of ours, and ours loads nothing of others.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}


#: Methods that ask for something.
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")

#: What only a page heeds. Fifty scripts and styles that carried it would weigh as much as the page.
FOR_PAGES = (
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Frame-Options",
    "X-Permitted-Cross-Domain-Policies",
)
#: Types of static files that no browser shows as a page.
NO_PAGES = ("text/css", "text/javascript", "font/woff2")


class HeadersMiddleware:
    """First in line, so that refusals, redirects and files of any kind carry the same."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Whatever does not say otherwise may hold answers of a card: it is kept nowhere, neither
        # by a cache between nor by the browser for whoever holds the phone after signing out.
        response.headers.setdefault("Cache-Control", "private, no-store")
        if getattr(request, "signed_out", False):
            # The pages that the browser kept go; never its storage, where unsent cards may lie.
            response.headers["Clear-Site-Data"] = '"cache"'
        if request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            _lighten(response)
        for cookie in response.cookies.values():
            cookie["secure"] = cookie["secure"] or settings.HTTPS
            cookie["samesite"] = cookie["samesite"] or "Lax"
        return response


class PackingMiddleware(GZipMiddleware):
    """Packs what gets smaller by it. Files that are packed already are handed out as they lie."""

    PACKED = ("application/pdf", "application/zip", "application/vnd.openxmlformats", "image/png",
              "image/jpeg", "image/webp", "font/woff2", "application/octet-stream")  # fmt: skip

    def process_response(self, request, response):
        if response.headers.get("Content-Type", "").startswith(self.PACKED):
            return response
        return super().process_response(request, response)


class OpenPagesMiddleware:
    """Pages for everybody know nothing of their visitor: neither cookies nor a language come in,
    no cookie goes out, and caches between may keep one copy for all."""

    BELOW = "/editions/"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # What would change something is refused, after its token was checked like everywhere.
        if request.method not in SAFE or not request.path.startswith(self.BELOW):
            return self.get_response(request)
        for name in ("HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE"):
            request.META.pop(name, None)
        response = self.get_response(request)
        response.cookies.clear()
        # What is packed differs from what is not; nothing else does.
        if "Accept-Encoding" in response.headers.get("Vary", ""):
            response.headers["Vary"] = "Accept-Encoding"
        else:
            response.headers.pop("Vary", None)
        return response


def _lighten(response) -> None:
    """Take from a script, a style or a font what is meant for pages."""
    if response.headers.get("Content-Type", "").split(";")[0] in NO_PAGES:
        for name in FOR_PAGES:
            response.headers.pop(name, None)


@receiver(user_logged_out)
def note_the_end(request, **kwargs) -> None:
    """However somebody is signed out, the answer says so to the browser."""
    if request is not None:
        request.signed_out = True


class SizeMiddleware:
    """Refuses what is too large before anything of it is read; strangers may send less."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        size = _announced(request)
        if size > settings.REQUEST_MAX_BYTES or (
            size > settings.REQUEST_MAX_BYTES_SIGNED_OUT and not request.user.is_authenticated
        ):
            return _too_large(request)
        return self.get_response(request)


def _announced(request) -> int:
    """Bytes of the body; the server never reads more than were announced."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("Content-Length")
    return int(text)


def _too_large(request):
    text = _("What was sent is too large: nothing of it was kept. Send fewer or smaller files.")
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"ok": False, "error": text}, status=413)
    context = {"title": _("Too large"), "text": text}
    return render(request, "413.html", context, status=413)
