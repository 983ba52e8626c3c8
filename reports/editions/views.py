"""Pages of editions: written, looked through, frozen, published."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards.reading import page_of_history
from monitoring.accounts import access_log
from monitoring.accounts.access import allowed, ask
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action
from monitoring.jobs import asking
from reports.editions import (
    blocking,
    box_pages,
    drafting,
    freezing,
    lookup,
    pages,
    reading,
    subject,
)
from reports.editions.forms import LanguagesForm, NewEditionForm, ReasonForm, TextForm
from reports.models import Edition
from reports.prose.compose import GENERATED, Composed, taken_over
from reports.prose.values import Values
from reports.render import html
from reports.types import LANGUAGES, Chapter, Figure, Report


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """All editions; analysts begin a new one."""
    ask(request.user, "edition.view")
    may_write = allowed(request.user, "edition.write")
    form = NewEditionForm(request.POST or None)
    if request.method == "POST":
        ask(request.user, "edition.write")
        if form.is_valid():
            return redirect(drafting.create(actor=request.user, **form.cleaned_data))
    context = {"editions": lookup.listed(), "form": form if may_write else None}
    return render(request, "editions/index.html", context, status=422 if form.errors else 200)


@require_safe
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    """One edition: what is written, what is in the way, files, what has changed since."""
    ask(request.user, "edition.view")
    return _page(request, lookup.edition(code))


def _page(request: HttpRequest, found: Edition, status: int = 200, **more: Any) -> HttpResponseBase:
    may_write = allowed(request.user, "edition.write")
    context: dict[str, Any] = {
        "edition": found,
        "may_write": may_write and found.is_draft,
        "may_publish": allowed(request.user, "edition.publish"),
        "languages_form": LanguagesForm(initial={"languages": found.languages}),
        "reason_form": ReasonForm(),
    }
    if found.is_draft:
        made_from = reading.gathered(found)
        texts = drafting.texts_of(found)
        drafts = blocking.written_in(found, made_from.report, texts, LANGUAGES)
        context |= {
            "chapters": pages.chapters(found, made_from.report, drafts),
            "blockers": list(blocking.blockers(found, made_from, texts, drafts)),
            **box_pages.listed(found, request.user, made_from.report),
        }
    else:
        context |= {
            "files": lookup.files(found),
            "moves": pages.since_frozen(found),
            "corrections": pages.corrections(found),
        }
    return render(request, "editions/edition.html", context | more, status=status)


@require_POST
def languages(request: HttpRequest, code: str) -> HttpResponseBase:
    """Choose the languages in which a draft is to appear."""
    found = _to_write(request, code)
    form = LanguagesForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, languages_form=form)
    drafting.choose_languages(found, form.cleaned_data["languages"], actor=request.user)
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def chapter(request: HttpRequest, code: str, chapter: str, language: str) -> HttpResponseBase:
    """Write a chapter in one language: text, references, preview."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    lookup.language(language)
    report = reading.gathered(found).report
    one = _chapter(report, chapter)
    if request.method == "POST":
        ask(request.user, "edition.write")
        return _save(request, found, report, one, language)
    row = lookup.text(found, chapter, language)
    text = row.text if row else ""
    if request.GET.get("take") == "standard" and not text:
        text = taken_over(one, report.period.code, language)
    composed = pages.tried(found, report, one, language, text)
    version = row.version if row else 0
    return _editor(request, found, report, composed, language, text, version)


def _save(
    request: HttpRequest, found: Edition, report: Report, one: Chapter, language: str
) -> HttpResponseBase:
    form = TextForm(request.POST)
    if not form.is_valid():
        raise Http404
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    act = request.POST.get("act", "save")
    if act == "take":
        text = "\n\n".join(
            part for part in (text.strip(), taken_over(one, report.period.code, language)) if part
        )
    composed = pages.tried(found, report, one, language, text)
    if act in ("take", "preview"):
        return _editor(request, found, report, composed, language, text, version)
    if composed.problems:
        return _editor(request, found, report, composed, language, text, version, status=422)
    try:
        drafting.save_text(
            found,
            one.code,
            language,
            text,
            actor=request.user,
            version=version,
            bound=composed.bound,
        )
    except drafting.Conflict as conflict:
        stored = conflict.stored
        return _editor(
            request,
            found,
            report,
            composed,
            language,
            text,
            stored.version if stored else 0,
            status=409,
            stored=stored,
            compared=pages.compared(text, stored.text if stored else ""),
        )
    except drafting.NotADraft:
        messages.error(request, _("The edition is frozen: its texts stay as they are."))
        return redirect(found)
    messages.success(request, _("The text is saved."))
    return redirect(blocking.chapter_url(found, one.code, language))


def _editor(
    request: HttpRequest,
    found: Edition,
    report: Report,
    composed: Composed,
    language: str,
    text: str,
    version: int,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    one, values = _chapter(report, composed.chapter.code), Values(report)
    context = {
        "edition": found,
        "chapter": one,
        "language": language,
        "text": text,
        "version": version,
        "may_write": allowed(request.user, "edition.write") and found.is_draft,
        "composed": composed,
        "moved": pages.moved(lookup.text(found, one.code, language), composed),
        "preview": _preview(found, report, composed, language),
        "listed": pages.values_of(one, values),
        "help": pages.HELP,
        "chapters": [each for each in report.chapters if each.code not in GENERATED],
        "boxes": [box for box in lookup.boxes(found) if box.chapter == one.code],
    }
    return render(request, "editions/chapter.html", context | more, status=status)


@require_POST
def preview(request: HttpRequest, code: str, chapter: str, language: str) -> HttpResponseBase:
    """The chapter with a text that is not saved yet: its page, what is wrong, what was typed."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    lookup.language(language)
    report = reading.gathered(found).report
    one = _chapter(report, chapter)
    text = normalize_newlines(request.POST.get("text", ""))
    composed = pages.tried(found, report, one, language, text)
    notes = render_to_string("editions/_notes.html", {"composed": composed}, request)
    return JsonResponse({"html": _preview(found, report, composed, language), "notes": notes})


@require_safe
def values(request: HttpRequest, code: str, chapter: str, language: str) -> HttpResponseBase:
    """Values whose words hold what was typed, for completing a reference."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    report = reading.gathered(found).report
    one = _chapter(report, chapter)
    tables = frozenset(block.table.code for block in one.blocks if block.table is not None)
    with override(lookup.language(language)):
        lines = pages.suggestions(Values(report), request.GET.get("q", "")[:100], tables)
        answer = [{"insert": x.insert, "label": x.label, "value": x.value} for x in lines]
    response = JsonResponse({"values": answer})
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def read(request: HttpRequest, code: str, language: str) -> HttpResponseBase:
    """The whole edition as a page: a draft from the cards of today, else as it was frozen."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    lookup.language(language)
    if found.freeze is not None:
        report = freezing.report_of(found.freeze, found, language)
    else:
        report = pages.drafted(found, reading.gathered(found).report, language).report
    with override(language):
        context = html.context(report, language, picture_base=box_pages.addresses(found))
        article = render_to_string("reports/_article.html", context)
    chapters = [(each.code, each.number, each.title) for each in report.chapters]
    return render(
        request,
        "editions/read.html",
        {"edition": found, "article": article, "chapters": chapters, "language": language},
    )


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every change of the edition: who, when, why, from what to what."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    page = page_of_history(subject(found), request.GET.get("before", ""), label=pages.label_of)
    return render(request, "editions/history.html", {"edition": found, "page": page})


@require_safe
def file(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """A file of a frozen edition, as it was made then."""
    ask(request.user, "edition.view")
    found = lookup.edition(code)
    stored = lookup.file(found, name)
    access_log.note(request.user, Action.REPORT_DOWNLOADED, found.code, file=name)
    response = HttpResponse(bytes(stored.content), content_type=stored.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{stored.name}"'
    response.headers["ETag"] = f'"{stored.sha256}"'
    return response


@require_POST
@fresh_sign_in
def freeze(request: HttpRequest, code: str) -> HttpResponseBase:
    """Freeze a draft that nothing stands in the way of."""
    ask(request.user, "edition.publish")
    found = lookup.edition(code)
    address = request.build_absolute_uri(reverse("public:edition", args=[found.code]))
    job = asking.start(
        "freeze",
        request.user,
        about=str(found),
        parameters={"code": code, "address": address},
        key=code,
    )
    return asking.lead(request, job)


@require_POST
def thaw(request: HttpRequest, code: str) -> HttpResponseBase:
    """Make a frozen edition that is not published a draft again, with a reason."""
    ask(request.user, "edition.publish")
    found = lookup.edition(code)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, reason_form=form)
    step = partial(freezing.thaw, reason=form.cleaned_data["reason"])
    refused = _("Only a frozen edition that is not published becomes a draft.")
    return _step(request, found, step, refused)


@require_POST
@fresh_sign_in
def publish(request: HttpRequest, code: str) -> HttpResponseBase:
    """Publish a frozen edition."""
    ask(request.user, "edition.publish")
    found = lookup.edition(code)
    step = partial(freezing.publish, public=request.POST.get("public") == "yes")
    refused, done = _("Only a frozen edition can be published."), _("The edition is published.")
    return _step(request, found, step, refused, done)


@require_POST
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a published edition on the public page, or take it away."""
    ask(request.user, "edition.publish")
    found = lookup.edition(code)
    step = partial(freezing.show, public=request.POST.get("public") == "yes")
    return _step(request, found, step, _("Only a published edition stands on the public page."))


@require_POST
def correct(request: HttpRequest, code: str) -> HttpResponseBase:
    """Begin the edition that corrects a published one, with its texts."""
    ask(request.user, "edition.publish")
    found = lookup.edition(code)
    try:
        new = drafting.create(
            period=found.period,
            region=found.region,
            actor=request.user,
            languages=found.languages,
            corrects=found,
        )
    except ValueError:
        messages.error(
            request, _("Only a published edition is corrected, and by one edition at a time.")
        )
        return redirect(found)
    messages.success(request, _("The corrected edition begins with the texts of the last one."))
    return redirect(new)


def _step(
    request: HttpRequest,
    found: Edition,
    step: Callable[..., None],
    refused: str,
    done: str = "",
) -> HttpResponseBase:
    """Take a step of an edition's life, say what came of it and go back to its page."""
    try:
        step(found, actor=request.user)
    except freezing.NotAllowed:
        messages.error(request, refused)
    else:
        if done:
            messages.success(request, done)
    return redirect(found)


def _to_write(request: HttpRequest, code: str) -> Edition:
    ask(request.user, "edition.write")
    return lookup.edition(code)


def _chapter(report: Report, code: str) -> Chapter:
    for chapter in report.chapters:
        if chapter.code == code and code not in GENERATED:
            return chapter
    raise Http404(code)


def _preview(found: Edition, report: Report, composed: Composed, language: str) -> str:
    """A chapter as the report shows it."""

    def drawing(figure: Figure) -> str:
        return reverse("reports:figure", args=[report.period.code, figure.number, language])

    with override(language):
        pictures = box_pages.addresses(found)
        context = html.context(report, language, figure_base=drawing, picture_base=pictures)
        return render_to_string("reports/_chapter.html", context | {"chapter": composed.chapter})
