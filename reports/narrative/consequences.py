"""Detentions and convictions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.narrative.story import Story, compared, highest, labels, not_known, paragraph, whole
from reports.types import TOTAL, Cell, Text
from reports.wording import count, listed, of, say


def detentions(story: Story) -> list[Text]:
    """At how many assemblies people were detained, and how many people."""
    cards, people = story.text("assemblies_with_detentions"), story.text("detained")
    share = story.text("assemblies_ending_in_detention")
    if cards is None or people is None or share is None:
        text = _("Whether people were detained at the assemblies is not known.")
        return [story.if_asked(text)]
    if not whole(cards):
        return [paragraph(_("No detentions were recorded in the period."), not_known(cards))]
    ended = say(
        ngettext_lazy(
            "%(n)s assembly (%(share)s) ended in detentions.",
            "%(n)s assemblies (%(share)s) ended in detentions.",
            "count",
        ),
        count=whole(cards),
        n=of(cards),
        share=of(share),
    )
    taken = say(
        ngettext_lazy("%(n)s person was detained", "%(n)s people were detained", "count"),
        count=whole(people),
        n=of(people),
    )
    part = story.text("detained_share_of_participants")
    if part is None:
        in_all = say(_("In all %(taken)s."), taken=taken)
    else:
        text = _("In all %(taken)s, which is %(share)s of the participants.")
        in_all = say(text, taken=taken, share=of(part))
    top, most = highest(story.places("16"), 1)
    where: Text = ""
    if most is not None:
        where = say(
            _("Most people were detained in: %(places)s (%(n)s)."), places=labels(top), n=of(most)
        )
    return [paragraph(ended, not_known(cards), in_all), where]


def circumstances(story: Story) -> list[Text]:
    """Whom the police took, how, and when."""
    sentences = [
        _people(story, "detained_before", _BEFORE),
        _people(story, "detained_minors", _MINORS),
        _people(story, "released_without_report", _RELEASED),
        _people(story, "injured", _INJURED),
        _arbitrary(story),
    ]
    return [paragraph(*sentences)]


_BEFORE = ngettext_lazy(
    "%(n)s person was detained before the assembly, on the way or at home.",
    "%(n)s people were detained before the assembly, on the way or at home.",
    "count",
)
_MINORS = ngettext_lazy(
    "%(n)s of the detained was a minor.", "%(n)s of the detained were minors.", "count"
)
_RELEASED = ngettext_lazy(
    "%(n)s person was released without a report.",
    "%(n)s people were released without a report.",
    "count",
)
_INJURED = ngettext_lazy(
    "%(n)s person was hurt by officers.", "%(n)s people were hurt by officers.", "count"
)


def _people(story: Story, column: str, message: Text) -> Text:
    cell = story.text(column)
    # No detentions, nothing to tell of how they went; a zero among detentions is told.
    if cell is None or not whole(story.text("detained")):
        return ""
    return say(message, count=whole(cell), n=of(cell))


def _arbitrary(story: Story) -> Text:
    share = story.text("arbitrary_share")
    if share is None or share.value.numerator is None or share.value.denominator is None:
        return ""
    among = int(share.value.denominator)
    return say(
        ngettext_lazy(
            "In the %(of)s assembly with detentions of which it is known, the officers left out the"
            " words “in the name of the law” in %(n)s (%(share)s); such detentions are counted as"
            " arbitrary.",
            "In the %(of)s assemblies with detentions of which it is known, the officers left out"
            " the words “in the name of the law” in %(n)s (%(share)s); such detentions are counted"
            " as arbitrary.",
            "count",
        ),
        count=among,
        of=count(among),
        n=count(share.value.numerator),
        share=of(share),
    )


def prevented(story: Story) -> list[Text]:
    """Actions that did not come about; they are in no table."""
    actions = story.text("prevented_assemblies")
    if actions is None or not whole(actions):
        return []
    sentences: list[Text] = [
        say(
            ngettext_lazy(
                "Beside these, monitors recorded %(n)s action that was prevented before anybody"
                " gathered. It is in none of the tables.",
                "Beside these, monitors recorded %(n)s actions that were prevented before anybody"
                " gathered. They are in none of the tables.",
                "count",
            ),
            count=whole(actions),
            n=of(actions),
        )
    ]
    taken, convicted = story.text("prevented_detained"), story.text("prevented_convicted")
    if taken is not None:
        message = ngettext_lazy(
            "%(n)s person was detained over them.", "%(n)s people were detained over them.", "count"
        )
        sentences.append(say(message, count=whole(taken), n=of(taken)))
    if convicted is not None:
        message = ngettext_lazy(
            "%(n)s person was convicted over them.",
            "%(n)s people were convicted over them.",
            "count",
        )
        sentences.append(say(message, count=whole(convicted), n=of(convicted)))
    return [paragraph(*sentences)]


def convictions(story: Story) -> list[Text]:
    """How many people were convicted, to what, and where most."""
    convicted = story.cell("court", TOTAL, "convicted")
    n = whole(convicted)
    if convicted is None:
        return []
    if not n:
        return [paragraph(_("No convictions were recorded in the period."), _pending(convicted))]
    people = say(
        ngettext_lazy(
            "Courts convicted %(n)s person over the assemblies of the period.",
            "Courts convicted %(n)s people over the assemblies of the period.",
            "count",
        ),
        count=n,
        n=of(convicted),
    )
    rows = story.places("court")
    top, most = highest(rows, 0)
    where: Text = ""
    if most is not None and len(rows) > 1:
        where = say(
            _("Most were convicted in: %(places)s (%(n)s)."), places=labels(top), n=of(most)
        )
    return [paragraph(people, _penalties(story), where, _pending(convicted))]


def _penalties(story: Story) -> Text:
    parts: list[Text] = []
    for column, title in _PENALTIES:
        cell, share = story.cell("court", TOTAL, column), story.text(f"court_{column}")
        if cell is not None and share is not None and whole(cell):
            text = _("%(penalty)s – %(n)s (%(share)s)")
            parts.append(say(text, penalty=title, n=of(cell), share=of(share)))
    return say(_("Penalties: %(penalties)s."), penalties=listed(parts)) if parts else ""


_PENALTIES: tuple[tuple[str, Text], ...] = (
    ("warning", _("a warning")),
    ("fine", _("a fine")),
    ("arrest", _("arrest")),
)


def _pending(convicted: Cell | None) -> Text:
    pending = (convicted.value.unknown or 0) if convicted is not None else 0
    if not pending:
        return ""
    return say(
        ngettext_lazy(
            "%(n)s case is still without a decision.",
            "%(n)s cases are still without a decision.",
            "count",
        ),
        count=pending,
        n=count(pending),
    )


def articles(story: Story) -> list[Text]:
    """Under which articles the cases were brought."""
    parts: list[Text] = []
    for code, name in _ARTICLES:
        cell = story.text(f"article_{code}")
        if cell is not None and whole(cell):
            parts.append(say(_("%(article)s – %(n)s"), article=name, n=of(cell)))
    return [say(_("Articles applied: %(articles)s."), articles=listed(parts))] if parts else []


_ARTICLES: tuple[tuple[str, Text], ...] = (
    ("koap_488", _("article 488 of the Code on Administrative Offences (assemblies)")),
    ("koap_434", _("article 434 of the Code on Administrative Offences (hooliganism)")),
    ("koap_667", _("article 667 of the Code on Administrative Offences (disobedience)")),
    ("koap_other", _("another article of the Code on Administrative Offences")),
    ("uk_400", _("article 400 of the Criminal Code (assemblies)")),
    ("uk_other", _("another article of the Criminal Code")),
)


def reached_court(story: Story) -> list[Text]:
    """What part of the unsanctioned assemblies came to court."""
    column = "unsanctioned_reaching_court"
    share, before = story.cell("17", TOTAL, column), story.before("17", TOTAL, column)
    if share is None:
        return []
    if share.value.numerator is None or share.value.denominator is None:
        told = say(_("Of the unsanctioned assemblies %(share)s reached court."), share=of(share))
    else:
        whole_of = int(share.value.denominator)
        told = say(
            ngettext_lazy(
                "Of %(of)s unsanctioned assembly %(n)s (%(share)s) reached court.",
                "Of %(of)s unsanctioned assemblies %(n)s (%(share)s) reached court.",
                "count",
            ),
            count=whole_of,
            of=count(whole_of),
            n=count(share.value.numerator),
            share=of(share),
        )
    return [paragraph(told, compared(story, share, before))]
