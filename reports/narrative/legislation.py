"""The law in force in the period of a report. Every act says from when until when it is told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.narrative.story import Story
from reports.types import Text

#: First day of the code on administrative offences and the criminal code that are cited.
CODES_OF_2014 = datetime.date(2015, 1, 1)
#: First day of the law on peaceful assemblies of 2020, which replaced the act of 1995.
LAW_OF_2020 = datetime.date(2020, 6, 6)


@dataclass(frozen=True)
class Act:
    """What is said of a rule, and the days on which it holds (``until`` excluded)."""

    text: Text
    since: datetime.date = datetime.date.min
    until: datetime.date = datetime.date.max


ACTS: tuple[Act, ...] = (
    Act(
        _(
            "Constitution of the Republic of Kazakhstan, article 32: citizens may gather peacefully"
            " and without arms and hold meetings, rallies, demonstrations, processions and pickets."
            " Only a law may limit this, for the sake of state security, public order, health, or"
            " the rights and freedoms of others."
        )
    ),
    Act(
        _(
            "International Covenant on Civil and Political Rights, article 21: the right of"
            " peaceful assembly is recognised. A restriction has to be laid down by law and be"
            " necessary in a democratic society. The Constitution gives ratified treaties priority"
            " over the laws of the Republic."
        )
    ),
    Act(
        _(
            "Act No. 2126 of 17 March 1995 on the organisation and holding of peaceful assemblies,"
            " rallies, processions, pickets and demonstrations: an assembly needs a permit of the"
            " local executive body. In practice single-person pickets are treated as assemblies"
            " too. Local councils name the places where assemblies are to be held."
        ),
        until=LAW_OF_2020,
    ),
    Act(
        _(
            "Law on the procedure for organising and holding peaceful assemblies of 25 May 2020,"
            " in force from 6 June 2020: pickets, meetings and rallies are to be notified, for"
            " processions and demonstrations the local executive body has to agree. The monitoring"
            " counts a notified assembly as sanctioned from that day on."
        ),
        since=LAW_OF_2020,
    ),
    Act(
        _(
            "Code on Administrative Offences, article 488: for breaking the rules on assemblies or"
            " taking part in an unlawful one a warning or a fine of 20 monthly calculation indices;"
            " for officials a fine of 50 indices or arrest of up to 10 days; for giving premises or"
            " equipment a fine of 20 indices; for a repetition within a year, and for organisers, a"
            " fine of 50 indices or arrest of up to 15 days."
        ),
        since=CODES_OF_2014,
        until=LAW_OF_2020,
    ),
    Act(
        _(
            "Criminal Code, article 400: where an unlawful assembly caused substantial harm, a fine"
            " of up to 300 monthly calculation indices, corrective labour of the same amount,"
            " community work of up to 240 hours, or arrest of up to 75 days."
        ),
        since=CODES_OF_2014,
        until=LAW_OF_2020,
    ),
    Act(
        _(
            "Penalties for breaking the rules on assemblies are laid down in article 488 of the"
            " Code on Administrative Offences and in article 400 of the Criminal Code."
        ),
        since=LAW_OF_2020,
    ),
    Act(
        _(
            "Participants are also charged under article 434 (hooliganism) and article 667"
            " (disobedience) of the Code on Administrative Offences."
        ),
        since=CODES_OF_2014,
    ),
)

INTRODUCTION = _("In the period of this report the following rules applied to assemblies.")


def acts_of(start: datetime.date | None, end: datetime.date | None) -> list[Text]:
    """What is said of a period; of one without dates only what held at any time."""
    first, last = start or datetime.date.min, end or start or datetime.date.min
    return [act.text for act in ACTS if act.since <= last and first < act.until]


def legislation(story: Story) -> tuple[Text, list[Text]]:
    """The chapter's first sentence and its list."""
    return INTRODUCTION, acts_of(story.period.start, story.period.end)
