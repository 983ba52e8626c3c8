"""Topics, organisers and forms."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from reports.narrative.story import (
    Story,
    common_names,
    compared,
    highest,
    not_known,
    paragraph,
    whole,
)
from reports.types import Cell, Row, Text
from reports.wording import count, inside, listed, of, say, together


def topic_groups(story: Story) -> list[Text]:
    """How many assemblies each group had, and which grew or fell."""
    parts: list[Text] = []
    for row in story.rows("4"):
        n, share = story.cell("topics", row.code, "assemblies"), story.cell("4", row.code, "share")
        if share is None:
            continue
        parts.append(_with_share(inside(row.label), n, share))
    if not parts:
        return [story.if_asked(_("The topics of the assemblies are not known."))]
    divided = say(_("By topic the assemblies divide as follows: %(groups)s."), groups=_row(parts))
    first = next(iter(story.rows("4")))
    return [
        paragraph(divided, not_known(story.cell("4", first.code, "share"))),
        _moved(story, "4", story.rows("4")),
    ]


def topics(story: Story) -> list[Text]:
    """The topic that came up most."""
    nested = [row for row in story.rows("topics") if row.level]
    top, most = highest(nested, 0)
    if most is None:
        return []
    return [
        say(
            ngettext_lazy(
                "The most frequent topic: %(topics)s (%(n)s assembly).",
                "The most frequent topic: %(topics)s (%(n)s assemblies).",
                "count",
            )
            if len(top) == 1
            else ngettext_lazy(
                "The most frequent topics: %(topics)s (%(n)s assembly each).",
                "The most frequent topics: %(topics)s (%(n)s assemblies each).",
                "count",
            ),
            count=whole(most),
            topics=listed(say(_TOPIC, topic=row.label) for row in top),
            n=of(most),
        )
    ]


#: Topics are worded like demands: a language may put each in quotation marks.
_TOPIC = pgettext_lazy("topic in a sentence", "%(topic)s")


def public_organisations(story: Story) -> list[Text]:
    """What part public organisations had in the assemblies."""
    row = "public_organisations"
    now, before = story.cell("5", row, "share"), story.before("5", row, "share")
    if now is None:
        return [story.if_asked(_("Who organised the assemblies is not known."))]
    part = say(
        _(
            "Public organisations, political parties and trade unions organised %(share)s of the"
            " assemblies."
        ),
        share=of(now),
    )
    return [paragraph(part, not_known(now), compared(story, now, before))]


def organisers(story: Story) -> list[Text]:
    """All organisers side by side."""
    parts: list[Text] = [
        say(_("%(name)s: %(share)s"), name=inside(row.label), share=of(share))
        for row in story.rows("6")
        if (share := story.cell("6", row.code, "share")) is not None
    ]
    if not parts:
        return []
    divided = say(
        _("By organiser the assemblies divide as follows: %(organisers)s."), organisers=_row(parts)
    )
    return [paragraph(divided, _moved(story, "6", story.rows("6")))]


def forms(story: Story) -> list[Text]:
    """How many forms there were, and which was most frequent."""
    rows = story.rows("7")
    if not rows:
        return []
    number = say(
        ngettext_lazy(
            "The assemblies took %(n)s form.", "The assemblies took %(n)s forms.", "count"
        ),
        count=len(rows),
        n=count(len(rows)),
    )
    top, most = highest(rows, 0)
    if most is None:
        return [number]
    share = top[0].cells[1]
    frequent = say(
        _("Most frequent: %(forms)s (%(n)s, %(share)s).")
        if len(top) == 1
        else _("Most frequent: %(forms)s (%(n)s each, %(share)s)."),
        forms=common_names(top),
        n=of(most),
        share=of(share) if share is not None else "",
    )
    return [paragraph(number, frequent)]


def forms_compared(story: Story) -> list[Text]:
    """Forms that are new against the period before, and forms that did not occur again."""
    previous = story.context.previous
    if previous is None or not any(_occurred(story.before("8", *at)) for at in _forms(story)):
        return []
    new: list[Row] = []
    gone: list[Row] = []
    for row in story.rows("8"):
        at = (row.code, "assemblies")
        now, before = _occurred(story.cell("8", *at)), _occurred(story.before("8", *at))
        if now != before:
            (new if now else gone).append(row)
    sentences: list[Text] = []
    if new:
        sentences.append(
            say(
                _("Forms that the period before (%(previous)s) did not have: %(forms)s."),
                previous=previous.name,
                forms=common_names(new),
            )
        )
    if gone:
        sentences.append(
            say(
                _("Forms of the period before (%(previous)s) that did not occur again: %(forms)s."),
                previous=previous.name,
                forms=common_names(gone),
            )
        )
    if not sentences:
        same = _("The forms are the same as in the period before (%(previous)s).")
        sentences.append(say(same, previous=previous.name))
    return [paragraph(*sentences)]


def _forms(story: Story) -> Iterable[tuple[str, str]]:
    return ((row.code, "assemblies") for row in story.rows("8"))


def _occurred(cell: Cell | None) -> bool:
    return cell is not None and bool(cell.value.value)


def _with_share(label: Text, n: Cell | None, share: Cell) -> Text:
    if n is None:
        return say(_("%(name)s: %(share)s"), name=label, share=of(share))
    return say(_("%(name)s: %(n)s (%(share)s)"), name=label, n=of(n), share=of(share))


def _row(parts: list[Text]) -> Text:
    return together(parts, "; ")


def _moved(story: Story, table: str, rows: list[Row]) -> Text:
    """Which shares grew and which fell since the period before."""
    previous = story.context.previous
    grew: list[Text] = []
    fell: list[Text] = []
    for row in rows:
        now, before = story.cell(table, row.code, "share"), story.before(table, row.code, "share")
        if now is None or before is None or now.value.value is None or before.value.value is None:
            continue
        step = say(
            _("%(name)s (from %(before)s to %(now)s)"),
            name=inside(row.label),
            before=of(before),
            now=of(now),
        )
        # Shares that print alike have not moved.
        if abs(now.value.value - before.value.value) >= 10.0 ** -min(now.decimals, before.decimals):
            (grew if now.value.value > before.value.value else fell).append(step)
    sentences: list[Text] = []
    if previous is not None and grew:
        text = _("Since the period before (%(previous)s) grew: %(shares)s.")
        sentences.append(say(text, previous=previous.name, shares=listed(grew)))
    if previous is not None and fell:
        text = _("Since the period before (%(previous)s) fell: %(shares)s.")
        sentences.append(say(text, previous=previous.name, shares=listed(fell)))
    return paragraph(*sentences)
