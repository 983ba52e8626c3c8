"""Every fixed answer of the card, in the order of the card. Code and label live here only.

Forms, topics, places and regions are reference tables: they may grow without a change of code.
A blank answer ("") means "not answered yet" and stands in drafts only; "unknown", "not observed"
and "not applicable" are answers.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DatePrecision(TextChoices):
    EXACT = "exact", _("Exact day")
    MONTH = "month", _("Only the month is known")
    UNKNOWN_DAY = "unknown_day", _("The day is uncertain")


class PlaceType(TextChoices):
    CENTRAL_SQUARE = "central_square", _("Central square")
    DESIGNATED_PLACE = "designated_place", _("Designated place for assemblies")
    GOVERNMENT_BUILDING = "government_building", _("At a government building")
    COURT = "court", _("At a court")
    POLICE = "police", _("At a police building")
    ENTERPRISE = "enterprise", _("At an enterprise")
    RESIDENTIAL = "residential", _("Residential area")
    ROAD = "road", _("Road")
    COMMERCIAL = "commercial", _("Shops, shopping centre, market")
    OTHER = "other", pgettext_lazy("place type", "Other")
    UNKNOWN = "unknown", pgettext_lazy("place type", "Not known")


class SourceKind(TextChoices):
    DIRECT = "direct", _("The monitor was there")
    PARTICIPANT = "participant", _("Participants")
    MEDIA = "media", _("Media")
    SOCIAL_MEDIA = "social_media", _("Social networks")
    OFFICIAL = "official", _("Official sources")
    COURT_RECORD = "court_record", _("Court records")


class Course(TextChoices):
    HELD = "held", _("Held")
    CUT_SHORT = "cut_short", _("Cut short: dispersed before people could speak")
    PREVENTED = "prevented", _("Prevented: people were detained and nobody gathered")


class YesNoUnknown(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    UNKNOWN = "unknown", pgettext_lazy("answer", "Not known")


class Applicable(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("answer", "Not applicable")
    UNKNOWN = "unknown", pgettext_lazy("answer", "Not known")


class Inclusion(TextChoices):
    COUNTED = "counted", _("Counted")
    EXCLUDED = "excluded", _("Not counted")


class OrganiserType(TextChoices):
    PUBLIC_ORGANISATION = "public_organisation", _("Public organisation")
    POLITICAL_PARTY = "political_party", _("Political party")
    TRADE_UNION = "trade_union", _("Trade union")
    SPONTANEOUS_GROUP = "spontaneous_group", _("Spontaneous group of citizens")
    INDIVIDUAL = "individual", _("Individual")
    UNKNOWN = "unknown", pgettext_lazy("organiser", "Not known")


#: What tables 5 and 6 call public organisations.
PUBLIC_ORGANISATIONS = ("public_organisation", "political_party", "trade_union")


class Attribute(TextChoices):
    PLACARDS = "placards", _("Placards")
    BANNERS = "banners", _("Banners")
    LEAFLETS = "leaflets", _("Leaflets")
    SYMBOLS = "symbols", _("Flags and symbols")
    CHANTS = "chants", _("Chants")
    SPEECHES = "speeches", _("Speeches")
    LOUDSPEAKER = "loudspeaker", _("Loudspeaker")
    BALLOONS = "balloons", _("Balloons")
    CLOTHING = "clothing", _("Special clothing")
    OTHER = "other", pgettext_lazy("attributes", "Other")
    NONE = "none", pgettext_lazy("attributes", "None")
    NOT_OBSERVED = "not_observed", _("Not observed")


class CountBasis(TextChoices):
    COUNTED = "counted", pgettext_lazy("basis", "Counted")
    ESTIMATED = "estimated", _("Estimated")
    AT_LEAST = "at_least", _("At least this many")
    UP_TO = "up_to", _("Up to this many")
    WORDS = "words", _("Told in words (“several dozen”)")
    OFFICIAL = "official", _("Official figure")
    ORGANISER = "organiser", _("Figure of the organisers")
    MEDIA = "media", _("Figure of the media")
    UNKNOWN = "unknown", pgettext_lazy("basis", "Not known")


class CountSubject(TextChoices):
    PARTICIPANTS = "participants", _("Participants")
    POLICE = "police", _("Police officers")


class LegalStatus(TextChoices):
    NOT_REQUESTED = "not_requested", _("No permit was sought")
    REQUESTED_REFUSED = "requested_refused", _("Sought and refused")
    REQUESTED_NO_ANSWER = "requested_no_answer", _("Sought, no answer")
    REQUESTED_OTHER_PLACE = "requested_other_place", _("Sought, another place was offered")
    SANCTIONED = "sanctioned", _("Permitted")
    NOTIFIED = "notified", _("Notified")
    NOT_REQUIRED = "not_required", _("No permit was required")
    UNKNOWN = "unknown", pgettext_lazy("permit", "Not known")


class Regime(TextChoices):
    """What an act on assemblies asks of those who want to gather."""

    PERMIT = "permit", pgettext_lazy("regime", "a permit")
    NOTIFICATION = "notification", pgettext_lazy("regime", "a notification")
    NOTIFICATION_AND_APPROVAL = (
        "notification_and_approval",
        pgettext_lazy("regime", "a notification, for some forms an approval"),
    )
    NONE = "none", pgettext_lazy("regime", "nothing")


#: How the answers on the legal status are called where the law asks for something else than a
#: permit: regime -> code -> label. What is not named keeps its own.
UNDER_REGIME = {
    Regime.NOTIFICATION: {
        LegalStatus.NOT_REQUESTED: _("No notification was given"),
        LegalStatus.REQUESTED_REFUSED: _("Notified, and prohibited"),
        LegalStatus.REQUESTED_NO_ANSWER: _("Notified, no answer yet"),
        LegalStatus.REQUESTED_OTHER_PLACE: _("Notified, another place was offered"),
        LegalStatus.SANCTIONED: _("Agreed to"),
        LegalStatus.NOT_REQUIRED: _("No notification was required"),
    },
    Regime.NOTIFICATION_AND_APPROVAL: {
        LegalStatus.NOT_REQUESTED: _("Neither notification given nor approval sought"),
        LegalStatus.REQUESTED_REFUSED: _("Notified or applied, and refused"),
        LegalStatus.REQUESTED_NO_ANSWER: _("Notified or applied, no answer"),
        LegalStatus.REQUESTED_OTHER_PLACE: _("Notified or applied, another place was offered"),
        LegalStatus.SANCTIONED: _("Approved by the akimat"),
        LegalStatus.NOT_REQUIRED: _("Neither was required"),
    },
}
#: The same of the questions themselves: regime -> field -> label.
ASKED_UNDER_REGIME = {
    Regime.NOTIFICATION: {
        "legal_status": _("notification"),
        "reason_not_requested": _("why no notification was given"),
    },
    Regime.NOTIFICATION_AND_APPROVAL: {
        "legal_status": _("notification or approval"),
        "reason_not_requested": _("why nobody turned to the authorities"),
    },
}


class NoPermitReason(TextChoices):
    PRINCIPLED_REFUSAL = "principled_refusal", _("Refuse on principle to ask")
    NO_POINT = "no_point_will_be_refused", _("No point: it would be refused")
    DID_NOT_KNOW = "did_not_know", _("Did not know that a permit is needed")
    SPONTANEOUS = "spontaneous", _("Spontaneous, no time to ask")
    UNKNOWN = "unknown", pgettext_lazy("reason", "Not known")


class PoliceAction(TextChoices):
    OBSERVED = "observed", _("Observed")
    FILMED = "filmed", _("Filmed")
    IDENTITY_CHECKS = "identity_checks", _("Checked documents")
    DEMANDED_TO_STOP = "demanded_to_stop", _("Demanded to stop")
    BLOCKED_ACCESS = "blocked_access", _("Blocked access")
    CONFISCATED = "confiscated", _("Took things away")
    DISPERSED = "dispersed", _("Dispersed")
    FORCE = "force", _("Used force")
    DETAINED = "detained", _("Detained people")
    NONE = "none", pgettext_lazy("police actions", "None")
    NOT_OBSERVED = "not_observed", _("Not observed")


#: Conduct by which the police obstructed an assembly.
OBSTRUCTION = ("blocked_access", "dispersed", "force")


class Article(TextChoices):
    KOAP_488 = "koap_488", _("Art. 488 of the Code on Administrative Offences: assemblies")
    KOAP_434 = "koap_434", _("Art. 434 of the Code on Administrative Offences: hooliganism")
    KOAP_667 = "koap_667", _("Art. 667 of the Code on Administrative Offences: disobedience")
    KOAP_OTHER = "koap_other", _("Another article of the Code on Administrative Offences")
    UK_400 = "uk_400", _("Art. 400 of the Criminal Code: unlawful assemblies")
    UK_OTHER = "uk_other", _("Another article of the Criminal Code")


class Outcome(TextChoices):
    PENDING = "pending", pgettext_lazy("court outcome", "Pending")
    WARNING = "warning", pgettext_lazy("court outcome", "Warning")
    FINE = "fine", pgettext_lazy("court outcome", "Fine")
    ARREST = "arrest", pgettext_lazy("court outcome", "Arrest")
    COMMUNITY_WORK = "community_work", _("Community work")
    RESTRICTION = "restriction", _("Restriction of liberty")
    IMPRISONMENT = "imprisonment", _("Imprisonment")
    TERMINATED = "terminated", _("Case closed")
    ACQUITTED = "acquitted", _("Acquitted")


#: Outcomes that make a person convicted (court table).
CONVICTIONS = ("warning", "fine", "arrest", "community_work", "restriction", "imprisonment")
#: Outcomes by which a case is decided; until then somebody has to ask again.
DECIDED = tuple(code for code in Outcome.values if code != Outcome.PENDING)


class Appeal(TextChoices):
    NONE = "none", pgettext_lazy("appeal", "None")
    PENDING = "pending", pgettext_lazy("appeal", "Pending")
    UPHELD = "upheld", _("Decision upheld")
    CHANGED = "changed", _("Decision changed")
    OVERTURNED = "overturned", _("Decision overturned")
    UNKNOWN = "unknown", pgettext_lazy("appeal", "Not known")


class Status(TextChoices):
    DRAFT = "draft", pgettext_lazy("card status", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("card status", "Submitted")
    RETURNED = "returned", pgettext_lazy("card status", "Returned")
    APPROVED = "approved", pgettext_lazy("card status", "Approved")
    REJECTED = "rejected", pgettext_lazy("card status", "Rejected")
    DUPLICATE = "duplicate", pgettext_lazy("card status", "Duplicate")


class Review(TextChoices):
    """State of what is added to a card: court outcomes and attachments."""

    PENDING = "pending", _("Awaits review")
    APPROVED = "approved", pgettext_lazy("follow-up", "Approved")
    REJECTED = "rejected", pgettext_lazy("follow-up", "Rejected")


class TakenBy(TextChoices):
    """Where a file of the card comes from."""

    MONITOR = "monitor", _("The monitor themselves")
    OBSERVER = "observer", _("Another observer")
    PARTICIPANT = "participant", pgettext_lazy("taken by", "A participant")
    INTERNET = "internet", _("From the internet")
    UNKNOWN = "unknown", pgettext_lazy("taken by", "Not known")


class Side(TextChoices):
    """One of two cards that are brought together."""

    FIRST = "first", _("First card")
    SECOND = "second", _("Second card")


class QueryState(TextChoices):
    """A question of an editor about a field: whatever is not closed holds approval back."""

    OPEN = "open", pgettext_lazy("query", "Open")
    ANSWERED = "answered", pgettext_lazy("query", "Answered")
    CLOSED = "closed", pgettext_lazy("query", "Closed")


class PermitDecision(TextChoices):
    """What became of an application for a permit."""

    PENDING = "pending", pgettext_lazy("permit decision", "Pending")
    REFUSED = "refused", pgettext_lazy("permit decision", "Refused")
    NO_ANSWER = "no_answer", pgettext_lazy("permit decision", "No answer")
    OTHER_PLACE = "other_place", _("Another place or time was offered")
    PERMITTED = "permitted", pgettext_lazy("permit decision", "Permitted")
    WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")
    UNKNOWN = "unknown", pgettext_lazy("permit decision", "Not known")


class CoverageState(TextChoices):
    FULL = "full", _("Monitored all month")
    PARTLY = "partly", _("Monitored part of the month")
    NONE = "none", _("Not monitored")
