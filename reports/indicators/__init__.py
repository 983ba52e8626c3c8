"""Every quantity that the reports compute: its paper beside its formula, in the order of a report.

To find how a figure is computed, look for its code here and follow the name.
"""

from reports.indicators import (
    activity,
    applications,
    authorities,
    character,
    courts,
    detentions,
    permits,
    statistics,
)
from reports.types import Indicator

INDICATORS: tuple[Indicator, ...] = (
    activity.RALLY_ACTIVITY,
    permits.LAW_ABIDANCE,
    authorities.POLICE_CONTROL,
    authorities.MEDIAN_POLICE_PER_PARTICIPANT,
    activity.ASSEMBLIES,
    activity.ASSEMBLIES_SHARE,
    activity.PLACES_WITHOUT_ASSEMBLIES,
    character.TOPIC_GROUP_SHARE,
    character.TOPIC_GROUP_ASSEMBLIES,
    character.TOPIC_ASSEMBLIES,
    character.ORGANISER_SHARE,
    character.FORM_ASSEMBLIES,
    character.FORM_SHARE,
    permits.UNSANCTIONED_SHARE,
    permits.UNSANCTIONED,
    permits.SANCTIONED,
    permits.REASON_SHARE,
    permits.MEAN_ANSWER_DAYS,
    permits.ANSWERS_LATE,
    permits.ANSWERS_LATE_SHARE,
    authorities.PROSECUTOR_PRESENT,
    authorities.PROSECUTOR_WARNED,
    authorities.AKIMAT_PRESENT,
    authorities.AKIMAT_WARNED,
    authorities.POLICE_PRESENT,
    authorities.POLICE_WARNED,
    authorities.PARTICIPANTS,
    authorities.POLICE,
    authorities.MEAN_POLICE,
    authorities.POLICE_OBSTRUCTED,
    detentions.ASSEMBLIES_WITH_DETENTIONS,
    detentions.ASSEMBLIES_ENDING_IN_DETENTION,
    detentions.DETAINED,
    detentions.DETAINED_SHARE_OF_PARTICIPANTS,
    detentions.DETAINED_BEFORE,
    detentions.DETAINED_MINORS,
    detentions.RELEASED_WITHOUT_REPORT,
    detentions.INJURED,
    detentions.ARBITRARY_SHARE,
    detentions.ASSEMBLIES_WITHOUT_CONSEQUENCES,
    detentions.PREVENTED_ASSEMBLIES,
    detentions.PREVENTED_DETAINED,
    detentions.PREVENTED_CONVICTED,
    courts.CONVICTED,
    courts.OUTCOME_PEOPLE,
    courts.OUTCOME_SHARE,
    courts.ARTICLE_PEOPLE,
    courts.ARTICLE_CONVICTED,
    courts.IN_COURT,
    courts.REACHED_COURT,
    courts.UNSANCTIONED_REACHING_COURT,
    statistics.PARTICIPANTS_SHARE,
    statistics.MEAN_PARTICIPANTS,
    statistics.MEAN_DURATION,
    statistics.DIRECT_SHARE,
    applications.APPLICATIONS,
    applications.APPLICATIONS_BY_DECISION,
    applications.APPLICATIONS_OPEN,
    applications.APPLICATIONS_MEAN_DAYS,
    applications.APPLICATIONS_LATE,
    applications.APPLICATIONS_APPEALED,
)

_BY_CODE = {indicator.code: indicator for indicator in INDICATORS}


def get(code: str) -> Indicator:
    """The indicator with that code; KeyError if there is none."""
    return _BY_CODE[code]
