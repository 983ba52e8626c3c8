"""What stands in the way of freezing an edition, each with the place where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports import reconcile
from reports.editions.assembling import Texts, Written, write_in
from reports.editions.pictures import lacking
from reports.editions.reading import open_queries, outlines, views
from reports.models import BoxPicture, Edition
from reports.source import Source
from reports.types import Report, Text
from reports.wording import say


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands in the way of freezing. ``code`` groups them; ``url``: where it is mended."""

    code: str
    text: Text
    url: str = ""


def written_in(
    edition: Edition, report: Report, texts: Texts, languages: Iterable[str]
) -> dict[str, Written]:
    """The draft in each of the languages; pictures without their bytes."""
    shape, found = outlines(edition), views(edition)
    return {code: write_in(report, texts, code, shape, found) for code in languages}


def blockers(
    edition: Edition,
    made_from: Source,
    texts: Texts,
    written: Mapping[str, Written] | None = None,
) -> Iterator[Blocker]:
    """Everything that has to be mended before the edition can be frozen.

    ``written``: the draft in its languages, and perhaps in others, where it is at hand.
    """
    report = made_from.report
    if not made_from.facts[made_from.period.code].assemblies():
        yield Blocker("empty", _("The period has no counted assembly."))
    yield from _contradictions(report)
    if written is None:
        written = written_in(edition, report, texts, edition.languages)
    yield from _problems(edition, written)
    yield from _missing_languages(edition, report, texts)
    yield from _stale(edition, written)
    yield from _pictures(edition)
    yield from _queries(edition)


def _contradictions(report: Report) -> Iterator[Blocker]:
    found = reconcile.of_report(report)
    if found:
        yield Blocker(
            "reconciliation",
            say(
                ngettext_lazy(
                    "%(n)s figure of the report contradicts another.",
                    "%(n)s figures of the report contradict others.",
                    "count",
                ),
                count=len(found),
                n=str(len(found)),
            ),
        )


def _problems(edition: Edition, written: Mapping[str, Written]) -> Iterator[Blocker]:
    for language in edition.languages:
        each = written[language]
        for chapter, composed in each.chapters.items():
            for problem in composed.problems:
                yield Blocker(
                    "references",
                    say(
                        _("%(chapter)s (%(language)s), line %(line)s: %(what)s"),
                        chapter=composed.chapter.title,
                        language=language,
                        line=problem.line,
                        what=problem.message,
                    ),
                    chapter_url(edition, chapter, language),
                )
        for code, said in each.boxes.items():
            for problem in said.problems:
                yield Blocker(
                    "references",
                    say(
                        _("Case box (%(language)s): %(what)s"),
                        language=language,
                        what=problem.message,
                    ),
                    reverse("reports:edition_box", args=[edition.code, code]),
                )


def _missing_languages(edition: Edition, report: Report, texts: Texts) -> Iterator[Blocker]:
    titles = {chapter.code: chapter.title for chapter in report.chapters}
    for chapter in dict.fromkeys(code for code, _language in texts.chapters):
        for language in edition.languages:
            if (chapter, language) not in texts.chapters:
                yield Blocker(
                    "languages",
                    say(
                        _("“%(chapter)s” was written, but not in this language: %(language)s."),
                        chapter=titles.get(chapter, chapter),
                        language=dict(settings.LANGUAGES)[language],
                    ),
                    chapter_url(edition, chapter, language),
                )
    for box in texts.boxes:
        for language in edition.languages:
            title, where, text = box.texts.get(language, ("", "", ""))
            if not (title and where and text.strip()):
                yield Blocker(
                    "languages",
                    say(
                        _("A case box lacks title, place or text in this language: %(language)s."),
                        language=dict(settings.LANGUAGES)[language],
                    ),
                    reverse("reports:edition_box", args=[edition.code, box.code]),
                )


def _stale(edition: Edition, written: Mapping[str, Written]) -> Iterator[Blocker]:
    """Sentences whose numbers have changed since somebody last looked at them."""
    for text in edition.texts.filter(language__in=edition.languages):
        composed = written[text.language].chapters.get(text.chapter)
        if composed and (moved := moved_numbers(text.bound, composed.bound)):
            yield Blocker(
                "changed",
                say(
                    ngettext_lazy(
                        "“%(chapter)s” (%(language)s): %(n)s number changed since it was written.",
                        "“%(chapter)s” (%(language)s): %(n)s numbers changed since it was written.",
                        "count",
                    ),
                    count=len(moved),
                    n=str(len(moved)),
                    chapter=composed.chapter.title,
                    language=text.language,
                ),
                chapter_url(edition, text.chapter, text.language),
            )


def moved_numbers(then: dict[str, str], current: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Reference -> what it said and says now, where both are known and differ."""
    return {
        name: (then[name], said)
        for name, said in current.items()
        if name in then and then[name] != said
    }


def _pictures(edition: Edition) -> Iterator[Blocker]:
    shown = BoxPicture.objects.filter(
        box__edition=edition, box__removed=False, removed=False
    ).select_related("box")
    for picture in shown:
        url = reverse("reports:edition_box", args=[edition.code, picture.box_id])
        if not picture.checked:
            yield Blocker(
                "pictures",
                _("Nobody has looked yet whether faces on a picture have to be blurred."),
                url,
            )
        if without := lacking(picture, edition.languages):
            yield Blocker(
                "pictures",
                say(
                    _("A picture lacks its alternative text: %(languages)s."),
                    languages=", ".join(without),
                ),
                url,
            )


def _queries(edition: Edition) -> Iterator[Blocker]:
    n = open_queries(edition)
    if n:
        yield Blocker(
            "queries",
            say(
                ngettext_lazy(
                    "%(n)s counted card has an open question.",
                    "%(n)s counted cards have open questions.",
                    "count",
                ),
                count=n,
                n=str(n),
            ),
        )


def chapter_url(edition: Edition, chapter: str, language: str) -> str:
    """Where a chapter is written."""
    return reverse("reports:edition_chapter", args=[edition.code, chapter, language])
