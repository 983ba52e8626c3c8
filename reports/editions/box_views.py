"""Pages of case boxes: written, moved, taken out; their pictures, blurred and described."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards.attachments import Refused
from monitoring.accounts.access import allowed, ask
from reports.editions import box_pages, drafting, lookup, pages, pictures, reading
from reports.editions.box_forms import BoxForm, PictureForm, areas_of
from reports.models import Box, BoxPicture, Edition, PictureFile


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponseBase:
    """A new case box: by hand, or of a card that its monitor proposed (``?card=``)."""
    ask(request.user, "edition.write")
    found = lookup.edition(code)
    if not found.is_draft:
        return _frozen(request, found)
    card = reading.proposed(found, request.user, request.GET.get("card", ""))
    return _box(request, found, None, card)


@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """A case box: its texts and pictures."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    one = lookup.box(found, pk)
    if request.method == "POST":
        ask(request.user, "edition.write")
    return _box(request, found, one, None)


def _box(request: HttpRequest, found: Edition, one: Box | None, card: Any) -> HttpResponseBase:
    report = reading.gathered(found).report
    options: dict[str, Any] = {"report": report, "languages": found.languages}
    if request.method == "POST":
        return _save(request, found, one, card, BoxForm(request.POST, request.FILES, **options))
    initial = box_pages.initial_of(one) if one else box_pages.from_card(card, found.languages)
    return _editor(request, found, one, card, BoxForm(initial=initial, **options))


def _save(
    request: HttpRequest, found: Edition, one: Box | None, card: Any, form: BoxForm
) -> HttpResponseBase:
    act, _colon, what = request.POST.get("act", "save").partition(":")
    version = _number(request.POST.get("version", ""))
    if act == "preview":
        return _editor(request, found, one, card, form, version=version)
    if not form.is_valid():
        return _editor(request, found, one, card, form, version=version, status=422)
    try:
        saved = drafting.save_box(
            found, one, actor=request.user, version=version, texts=form.texts(), card=card,
            chapter=form.cleaned_data["chapter"], date=form.cleaned_data["date"],
        )  # fmt: skip
        return _then(request, found, saved, form, act, what)
    except drafting.Conflict as conflict:
        stored = lookup.box(found, conflict.stored.pk)
        return _editor(
            request, found, one, card, form, version=stored.version, status=409,
            stored=stored, compared=box_pages.differences(form, stored),
        )  # fmt: skip
    except drafting.NotADraft:
        return _frozen(request, found)


def _then(
    request: HttpRequest, found: Edition, saved: Box, form: BoxForm, act: str, what: str
) -> HttpResponseBase:
    """What else the button said, now that nothing typed can be lost."""
    here = redirect("reports:edition_box", found.code, saved.pk)
    if act == "picture" or form.cleaned_data["picture"]:
        return _add(request, found, saved, form)
    if act == "take":
        return _take(request, found, saved, what)
    if act in ("up", "down", "remove", "back"):
        picture = lookup.picture(found, what)
        if picture.box_id != saved.pk:
            raise Http404(what)
        if act in ("remove", "back"):
            drafting.change_picture(picture, actor=request.user, removed=act == "remove")
        elif not picture.removed:
            pictures.move(picture, -1 if act == "up" else 1, actor=request.user)
        return here
    messages.success(request, _("The case box is saved."))
    return here


def _add(request: HttpRequest, found: Edition, saved: Box, form: BoxForm) -> HttpResponseBase:
    file = form.cleaned_data["picture"]
    try:
        if not file:
            raise Refused(_("Choose a file first."))
        picture = pictures.add(saved, file, actor=request.user)
    except Refused as refused:
        form.add_error("picture", refused)
        return _editor(request, found, saved, None, form, version=saved.version, status=422)
    return redirect("reports:edition_picture", found.code, picture.pk)


def _take(request: HttpRequest, found: Edition, saved: Box, what: str) -> HttpResponseBase:
    for attachment in pictures.photographs(saved, request.user):
        if str(attachment.uuid) == what:
            picture = pictures.take(saved, attachment, actor=request.user)
            return redirect("reports:edition_picture", found.code, picture.pk)
    raise Http404(what)


def _editor(
    request: HttpRequest,
    found: Edition,
    one: Box | None,
    card: Any,
    form: BoxForm,
    version: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    may_write = allowed(request.user, "edition.write") and found.is_draft
    if version is None:
        version = one.version if one else 0
    chapter, known = form["chapter"].value(), form.chapters
    context = {
        "edition": found,
        "box": one,
        "card": card,
        "form": form,
        "version": version,
        "may_write": may_write,
        "parts": box_pages.parts(form, box_pages.printed(found, one)),
        "pictures": box_pages.picture_lines(found, one),
        "removed": lookup.pictures(one, removed=True) if one and may_write else [],
        "photographs": pictures.photographs(one, request.user) if one and may_write else [],
        "chapter": chapter if chapter in known else known[0],
        "help": pages.HELP,
    }
    return render(request, "editions/box.html", context | more, status=status)


@require_POST
def preview(request: HttpRequest, code: str, language: str) -> HttpResponseBase:
    """A box that is not saved yet, in one language: how it looks, what is wrong with it."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    if language not in found.languages:
        raise Http404(language)
    report = reading.gathered(found).report
    named = {
        f"{name}_{language}": request.POST.get(name, "") for name in ("title", "where", "text")
    }
    form = BoxForm(named, report=report, languages=[language])
    pk = request.POST.get("box", "")
    one = lookup.box(found, pk) if pk else None
    shown = box_pages.printed(found, one)(language)
    html = box_pages.preview(form, language, box_pages.day_of(request.POST.get("date")), shown)
    notes = render_to_string("editions/_box_notes.html", {"said": form.said(language)}, request)
    return JsonResponse({"html": html, "notes": notes})


@require_POST
def move(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Move a box to another chapter."""
    ask(request.user, "edition.write")
    found = lookup.edition(code)
    one = lookup.box(found, pk)
    chapter = box_pages.chapter(reading.gathered(found).report, request.POST.get("chapter", ""))
    try:
        drafting.save_box(
            found, one, actor=request.user, version=one.version, chapter=chapter, date=one.date,
            texts={},
        )  # fmt: skip
    except drafting.Conflict:
        messages.error(request, _("Somebody changed the case box just now. Please try once more."))
    except drafting.NotADraft:
        return _frozen(request, found)
    return redirect(f"{found.get_absolute_url()}#boxes-title")


@require_POST
def remove(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Take a box out of the edition, or put it back."""
    ask(request.user, "edition.write")
    found = lookup.edition(code)
    one = lookup.box(found, pk)
    try:
        drafting.remove_box(one, actor=request.user, removed=request.POST.get("removed") == "yes")
    except drafting.NotADraft:
        return _frozen(request, found)
    return redirect(f"{found.get_absolute_url()}#boxes-title")


@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """A picture: areas that are blurred, alternative texts, captions, and that it was looked at."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    one = lookup.picture(found, pk)
    options: dict[str, Any] = {"languages": found.languages, "areas": pictures.drawn(one)}
    if request.method == "POST":
        ask(request.user, "edition.write")
        return _save_picture(request, found, one, PictureForm(request.POST, **options))
    initial: dict[str, Any] = {f"alt_{code}": text for code, text in one.alt.items()}
    initial |= {f"caption_{code}": text for code, text in one.caption.items()}
    form = PictureForm(initial=initial | {"checked": one.checked}, **options)
    return _picture(request, found, one, form, pictures.version_of(one))


def _save_picture(
    request: HttpRequest, found: Edition, one: BoxPicture, form: PictureForm
) -> HttpResponseBase:
    version = request.POST.get("version", "")
    if not form.is_valid():
        return _picture(request, found, one, form, version, status=422)
    said = pictures.Described(
        form.areas, form.in_languages("alt"), form.in_languages("caption"),
        form.cleaned_data["checked"],
    )  # fmt: skip
    try:
        moved = pictures.save(one, said, actor=request.user, version=version)
    except drafting.Conflict as conflict:
        stored = conflict.stored
        differs = pictures.differs(said, stored, found.languages)
        return _picture(
            request, found, stored, form, pictures.version_of(stored), status=409, differs=differs
        )
    except drafting.NotADraft:
        return _frozen(request, found)
    if moved and form.cleaned_data["checked"]:
        messages.warning(
            request,
            _("The areas have changed: look at the picture as it is now, then tick once more."),
        )
    else:
        messages.success(request, _("The picture is saved."))
    return redirect("reports:edition_picture", found.code, one.pk)


def _picture(
    request: HttpRequest,
    found: Edition,
    one: BoxPicture,
    form: PictureForm,
    version: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    may_write = allowed(request.user, "edition.write") and found.is_draft
    texts = [(form[f"alt_{code}"], form[f"caption_{code}"]) for code in form.languages]
    source = reverse("reports:edition_picture_source", args=[found.code, one.pk])
    context = {
        "edition": found,
        "picture": one,
        "base": pictures.base_of(one),
        "form": form,
        "version": version,
        "may_write": may_write,
        "texts": texts,
        "fixed": len(pictures.fixed(one)),
        "printed": box_pages.address_of(found, one),
        "source": f"{source}?v={pictures.base_of(one).pk[:16]}",
    }
    return render(request, "editions/picture.html", context | more, status=status)


@require_POST
def picture_preview(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """A small picture with areas that are not saved yet, as a data URL."""
    ask(request.user, "edition.write")
    one = lookup.picture(lookup.edition(code), pk)
    content, content_type = pictures.preview(one, areas_of(request.POST))
    text = base64.b64encode(content).decode("ascii")
    return JsonResponse({"picture": f"data:{content_type};base64,{text}"})


@require_safe
def picture_file(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The picture as it is printed: with its areas blurred."""
    ask(request.user, "edition.view")
    return _bytes(request, lookup.picture(lookup.edition(code), pk).file)


@require_safe
def picture_source(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The picture that areas are drawn on, for those who draw them."""
    ask(request.user, "edition.write")
    return _bytes(request, pictures.base_of(lookup.picture(lookup.edition(code), pk)))


def _bytes(request: HttpRequest, file: PictureFile) -> HttpResponseBase:
    etag = f'"{file.pk}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response.headers["ETag"] = etag
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _frozen(request: HttpRequest, found: Edition) -> HttpResponseBase:
    messages.error(request, _("The edition is frozen: its texts stay as they are."))
    return redirect(found)


def _number(text: str) -> int:
    """A version as it was sent; one that nothing has for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
