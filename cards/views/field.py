"""What devices ask and send: JSON in, JSON out. The pages of the field are in ``shell``."""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from cards.field import home, parcels, sealing, shape, uploads
from cards.field.errors import Unreadable
from monitoring.accounts import devices, sessions
from monitoring.accounts.access import ask


def _of_the_field(view):
    """What cannot be read is said to be so."""

    @never_cache
    @wraps(view)
    def asked(request, *args, **kwargs):
        with translation.override(_language(request)):
            try:
                return view(request, *args, **kwargs)
            except Unreadable:
                text = _(
                    "This cannot be read: it was damaged on the way, or comes from another version."
                )
                answer = {"result": "unreadable", "ok": False, "error": text}
                return JsonResponse(answer, status=400)

    return asked


@require_POST
@ensure_csrf_cookie
@_of_the_field
def state(request):
    """Everything that the device may know of its person, and the key of its drafts."""
    ask(request.user, "card.create")
    uuid = shape.uuid_in(_object(request).get("device"))
    try:
        device = devices.known(request.user, uuid, request.META.get("HTTP_USER_AGENT", ""))
        told = home.state_of(request.user, device)
        return JsonResponse(told | {"sign_in": sessions.sign_in_of(request.session)})
    except devices.Forgotten:
        return JsonResponse({"forgotten": True}, status=410)
    except sealing.NoKey:
        text = _("The site has no key to seal to: whoever runs it has to make one (prepare).")
        return JsonResponse({"ok": False, "error": text}, status=503)


@require_POST
@_of_the_field
def send(request):
    """Take a parcel. A device that was forgotten may still send what it had sealed.

    Who sends has the cookie for sending, from ``state``; it is not made anew with each parcel.
    """
    ask(request.user, "card.create")
    return JsonResponse(parcels.receive(request.user, _object(request).get("parcel")))


@require_POST
@ensure_csrf_cookie
@_of_the_field
def forget(request):
    """The device wipes itself."""
    ask(request.user, "card.create")
    devices.forget_itself(request.user, shape.uuid_in(_object(request).get("device")))
    return JsonResponse({"ok": True})


@require_http_methods(["GET", "HEAD", "POST"])
@ensure_csrf_cookie
@_of_the_field
def pieces(request, uuid):
    """How much of a file has come; with a POST the next piece of it."""
    ask(request.user, "card.create")
    if request.method != "POST":
        return JsonResponse(uploads.progress(request.user, uuid))
    offset, size = (_number(request, name) for name in ("offset", "size"))
    if int(request.META.get("CONTENT_LENGTH") or 0) > uploads.PIECE:
        return JsonResponse(uploads.progress(request.user, uuid), status=413)
    try:
        answer = uploads.add(request.user, uuid, offset, size, _body(request))
    except uploads.Elsewhere as elsewhere:
        return JsonResponse({"offset": elsewhere.offset}, status=409)
    return JsonResponse(answer)


def _language(request) -> str:
    """That of the page which asks: it may be another than the one chosen for the site."""
    asked = request.headers.get("X-Language", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language()


def _object(request) -> dict:
    return shape.read(_body(request))


def _body(request) -> bytes:
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError, RawPostDataException) as error:
        raise Unreadable("the body") from error


def _number(request, name: str) -> int:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Unreadable(name)
    return int(text)
