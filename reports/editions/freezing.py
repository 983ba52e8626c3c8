"""An edition's life after the draft: frozen, published, corrected.

Freezing makes every file first, outside a transaction, and stores them only if nothing has changed
meanwhile: neither the cards behind the values nor the texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from cards import history
from cards.models import EventKind
from monitoring.jobs.progress import tell
from reports import artefacts
from reports.editions import dataset, kept_views, subject
from reports.editions.assembling import (
    Difference,
    Texts,
    citation,
    definitions,
    differences,
    in_words_of,
    write_in,
)
from reports.editions.blocking import blockers
from reports.editions.drafting import now, texts_of
from reports.editions.pictures import let_go
from reports.editions.reading import content, gathered, views
from reports.facts import verify
from reports.models import Edition, Freeze, FrozenFile, State
from reports.prose.layout import pieces
from reports.source import Source
from reports.types import Block, Imprint, Report


class Changed(Exception):
    """Cards or texts changed while the files were made: nothing was frozen."""


class NotAllowed(Exception):
    """The edition is not in the state that the step begins from, or something is in its way."""


class Drifted(NotAllowed):
    """The kept facts are not what the cards give; ``n``: in how many places."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


def freeze(
    edition: Edition, *, actor: Any, address: str, settle: Callable[[], None] = lambda: None
) -> Freeze:
    """Freeze a draft. ``address``: where the edition stays to be found, with scheme and host.
    ``settle``: what is to be written in the same transaction, the last of it.

    Raises NotAllowed while something stands in the way, Changed if it changed meanwhile. That the
    kept facts are those of all cards is asked only here: it reads every counted card (Drifted).
    """
    tell("figures")
    version = Edition.objects.get(pk=edition.pk).version
    made_from, texts = gathered(edition), texts_of(edition)
    if edition.state != State.DRAFT or any(blockers(edition, made_from, texts)):
        raise NotAllowed
    tell("facts")
    if n := sum(1 for _difference in verify()):
        raise Drifted(n)
    record = _prepared(edition, made_from, texts, actor, address)
    files = list(_told(record, files_of(record, edition, made_from)))
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition.pk)
        again = dataset.write(gathered(row))
        if row.version != version or row.state != State.DRAFT or again != record.dataset:
            raise Changed
        record.save(force_insert=True)
        FrozenFile.objects.bulk_create(
            FrozenFile(
                freeze=record,
                name=name,
                content_type=content_type,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                content=data,
            )
            for name, content_type, data in files
        )
        let_go(row, actor=actor)
        row.state, row.freeze = State.FROZEN, record
        _moved(row, actor, State.DRAFT, checksum=record.checksum)
        settle()
    edition.refresh_from_db()
    return record


def _prepared(
    edition: Edition, made_from: Source, texts: Texts, actor: Any, address: str
) -> Freeze:
    report = made_from.report
    changes: list[list[Any]] = []
    if edition.corrects and edition.corrects.freeze:
        old = dataset.read(edition.corrects.freeze.dataset).report
        changes = [each.as_list() for each in differences(old, report)]
    return Freeze(
        edition=edition,
        at=now(),
        by=actor,
        languages=edition.languages,
        dataset=dataset.write(made_from),
        checksum=report.checksum,
        definitions=definitions(report),
        texts=texts.as_json() | {"views": _views_of(edition, texts)},
        code_version=artefacts.code_version(),
        address=address,
        changes=changes,
    )


def _views_of(edition: Edition, texts: Texts) -> dict[str, Any]:
    """The views that the texts place, by number, as they are now."""
    found = views(edition)
    codes = {
        piece.text
        for text in texts.chapters.values()
        for piece in pieces(text)
        if piece.kind == "view"
    }
    return {code: kept_views.write(found(code)) for code in sorted(codes)}


def imprint(record: Freeze, edition: Edition, report: Report) -> Imprint:
    """What the title page says."""
    day = record.at.date()
    return Imprint(
        code=edition.code,
        frozen=day,
        address=record.address,
        checksum=record.checksum,
        citation=citation(report, edition.code, day, record.address),
        corrects=edition.corrects.code if edition.corrects else "",
        changes=tuple(in_words_of(report, Difference(*each)) for each in record.changes),
    )


def report_of(record: Freeze, edition: Edition, language: str) -> Report:
    """The frozen report in a language: from what was stored, not from the cards of today."""
    made_from = dataset.read(record.dataset)
    return _in(record, edition, made_from.report, language)


def _in(record: Freeze, edition: Edition, report: Report, language: str) -> Report:
    texts = Texts.from_json(record.texts)
    said = imprint(record, edition, report)
    kept = record.texts.get("views", {})

    def found(code: str) -> tuple[Block, ...]:
        return kept_views.read(kept[code])

    return write_in(report, texts, language, content, found, said).report


def files_of(
    record: Freeze, edition: Edition, made_from: Source
) -> Iterator[tuple[str, str, bytes]]:
    """Name, content type and bytes of every file of an edition, in a fixed order."""
    report = made_from.report
    written = {code: _in(record, edition, report, code) for code in record.languages}
    for ending, content_type, make, spoken in artefacts.FORMS.values():
        for language in record.languages if spoken else record.languages[:1]:
            middle = f"-{language}" if spoken else ""
            data = make(written[language], language)
            yield f"{form_name(edition)}{middle}{ending}", content_type, data


def _told(
    record: Freeze, files: Iterator[tuple[str, str, bytes]]
) -> Iterator[tuple[str, str, bytes]]:
    """The files one after the other, each told of when it is made."""
    total = sum(
        len(record.languages) if spoken else 1
        for _ending, _type, _make, spoken in artefacts.FORMS.values()
    )
    for number, file in enumerate(files, start=1):
        tell("files", number, total)
        yield file
    tell("keeping")


def form_name(edition: Edition) -> str:
    """What the names of an edition's files begin with."""
    return f"report-{edition.code}"


@transaction.atomic
def thaw(edition: Edition, *, actor: Any, reason: str) -> None:
    """Make a frozen edition, which nobody outside has seen, a draft again. NotAllowed."""
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    if row.state != State.FROZEN:
        raise NotAllowed
    row.state, row.freeze = State.DRAFT, None
    _moved(row, actor, State.FROZEN, reason=reason)
    edition.refresh_from_db()


@transaction.atomic
def publish(edition: Edition, *, actor: Any, public: bool) -> None:
    """Publish a frozen edition; the one that it corrects is marked as replaced. NotAllowed."""
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    if row.state != State.FROZEN:
        raise NotAllowed
    row.state, row.published_at, row.public = State.PUBLISHED, now(), public
    _moved(row, actor, State.FROZEN)
    if row.corrects_id:
        old = Edition.objects.select_for_update().get(pk=row.corrects_id)
        if old.state != State.PUBLISHED:
            raise NotAllowed
        old.state = State.CORRECTED
        _moved(old, actor, State.PUBLISHED, corrected_by=row.code)
    edition.refresh_from_db()


@transaction.atomic
def show(edition: Edition, *, actor: Any, public: bool) -> None:
    """Show a published edition on the public page, or take it away from there. NotAllowed."""
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    if not row.is_published:
        raise NotAllowed
    if row.public != public:
        row.public = public
        row.version += 1
        row.save(update_fields=["public", "version"])
        changes = {"public": ["" if public else "yes", "yes" if public else ""]}
        history.record(EventKind.EDITION, actor=actor, subject=subject(row), changes=changes)
    edition.refresh_from_db()


def _moved(row: Edition, actor: Any, before: State, reason: str = "", **more: str) -> None:
    row.version += 1
    row.save()
    changes = {"state": [str(before), str(row.state)]}
    changes |= {name: ["", value] for name, value in more.items()}
    history.record(
        EventKind.EDITION, actor=actor, subject=subject(row), changes=changes, reason=reason
    )
