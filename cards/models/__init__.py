"""The card and what belongs to it; see ``cards/README.md`` for the picture."""

from cards.models.attachments import Attachment, AttachmentKind
from cards.models.card import COUNT_FIELDS, OPEN, Card, Count, NumberSequence
from cards.models.field import Arrival, HeldParcel, Upload, UploadState
from cards.models.history import ANSWERING, Event, EventKind, HistoryHead
from cards.models.merges import Merge
from cards.models.outcomes import CaseUpdate, CourtCase
from cards.models.periods import Coverage, Period, PeriodBasis, PeriodSeries
from cards.models.permits import PermitApplication
from cards.models.reference import (
    City,
    CityRegion,
    Form,
    Labelled,
    Law,
    Place,
    Provision,
    Region,
    Topic,
    TopicGroup,
)
from cards.models.reminders import Reminder
from cards.models.review import Dismissal, Query, QueryMessage, Sighting, Verification

__all__ = [
    "UploadState",
    "Upload",
    "HeldParcel",
    "Arrival",
    "Verification",
    "Sighting",
    "QueryMessage",
    "Reminder",
    "Query",
    "PermitApplication",
    "Merge",
    "Dismissal",
    "ANSWERING",
    "COUNT_FIELDS",
    "OPEN",
    "Attachment",
    "AttachmentKind",
    "Card",
    "CaseUpdate",
    "City",
    "CityRegion",
    "Count",
    "CourtCase",
    "Coverage",
    "Event",
    "EventKind",
    "Form",
    "HistoryHead",
    "Labelled",
    "Law",
    "NumberSequence",
    "Period",
    "PeriodBasis",
    "PeriodSeries",
    "Place",
    "Provision",
    "Region",
    "Topic",
    "TopicGroup",
]
