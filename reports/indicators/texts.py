"""Words that several records share: how unknown answers are treated, where a definition is from."""

from django.utils.translation import gettext_lazy as _

from reports.types import Text
from reports.wording import say

ALWAYS_KNOWN = _("Every approved card has it; nothing is left out.")
LEFT_OUT = _(
    "Cards on which the answer is not known leave numerator and denominator; how many they were"
    " is stated."
)
SUM_OF_KNOWN = _(
    "Cards on which the number is not known are left out and their number is stated; not known is"
    " never taken as 0."
)
BOTH_KNOWN = _(
    "Only cards on which both numbers are known count, in numerator and denominator alike."
)
OUTSIDE_LAW = _(
    "Cards whose legal status is not known, and assemblies for which the law asks for no permit,"
    " leave numerator and denominator; how many they were is stated."
)
LATEST_OUTCOME = _(
    "One person on one card is one case; the latest approved decision counts. Cases that are still"
    " pending are not convictions."
)

METHOD = _("Method of monitoring peaceful assemblies")


def as_table(number: str) -> Text:
    """Source: a numbered table of the report on 2018."""
    return say(_("Method of monitoring, as table %(number)s of the report on 2018"), number=number)


def as_text(chapter: str) -> Text:
    """Source: a chapter of the report on 2018, whose text states the quantity."""
    return say(
        _("Method of monitoring, as the text of chapter %(chapter)s of the report on 2018"),
        chapter=chapter,
    )
