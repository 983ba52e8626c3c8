"""The tables of a report by their code, in their order. Each is a pure function of the facts."""

from collections.abc import Callable

from reports.tables import (
    applications,
    authorities,
    character,
    consequences,
    overall,
    permits,
    statistics,
    text,
)
from reports.tables.context import Context, as_printed, make_context, on_basis
from reports.types import Table

TABLES: dict[str, Callable[[Context], Table]] = {
    "1": overall.assemblies_per_place,
    "2": overall.assemblies_by_period,
    "3": overall.rally_activity,
    "4": character.topic_groups,
    "topics": character.topics,
    "5": character.public_organisations,
    "6": character.organisers,
    "7": character.forms,
    "8": character.forms_compared,
    "9": permits.unsanctioned,
    "10": permits.reasons,
    "11": permits.law_abidance,
    "12": permits.law_abidance_by_period,
    "13": authorities.presence,
    "14": authorities.police_control,
    "15": authorities.police_control_by_period,
    "16": consequences.detained,
    "court": consequences.court,
    "17": consequences.reached_court,
    "18": statistics.participants,
    "19": statistics.duration,
    "text": text.text,
    "applications": applications.applications,
}


def tables_of(context: Context) -> dict[str, Table]:
    """All tables of a period, by code and in order."""
    return {code: on_basis(context, make(context)) for code, make in TABLES.items()}


__all__ = ["TABLES", "Context", "as_printed", "make_context", "tables_of"]
