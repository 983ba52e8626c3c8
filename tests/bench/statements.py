"""The tables of a report as grouping SQL, for DuckDB, SQLite and PostgreSQL alike.

Each statement reads the cards themselves, as an analyst would write it; ``ENGINES`` run them. What
the three do not share stands in ``DIALECTS``.
"""

# ruff: noqa: S608  (our own tables; nothing from outside is in the statements)
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.bench import flat
from tests.bench.assembly import CONVICTIONS, Counted

#: A statement's rows as tuples.
Ask = Callable[[str], Sequence[Sequence[Any]]]

DIALECTS = {
    "duckdb": {
        "days": "date_diff('day', {a}, {b})",
        "median": "median({x})",
    },
    "postgresql": {
        "days": "({b} - {a})",
        "median": "percentile_cont(0.5) WITHIN GROUP (ORDER BY {x})",
    },
    "sqlite": {
        "days": "CAST(julianday({b}) - julianday({a}) AS INTEGER)",
        "median": "",
    },
}
COUNTED = "status = 'approved' AND inclusion = 'counted'"
OWN = f"{COUNTED} AND period = '{flat.OWN}'"
SANCTION = (
    "CASE WHEN legal_status IN ('unknown', 'not_required') THEN 'outside'"
    " WHEN legal_status = 'sanctioned' OR (legal_status = 'notified'"
    f" AND date >= '{flat.NEW_LAW}') THEN 'sanctioned' ELSE 'unsanctioned' END"
)
BOTH = "participants IS NOT NULL AND police IS NOT NULL"
IN_COURT = "id IN (SELECT card_id FROM updates WHERE review = 'approved')"
LATEST = (
    "SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY decided_on DESC NULLS LAST,"
    " id DESC) AS back FROM updates WHERE review = 'approved'"
)
_CONVICTED = ", ".join(f"'{each}'" for each in CONVICTIONS)
PLACES = (
    "SELECT period, place, COUNT(*), COUNT(duration), SUM(duration) FROM cards"
    f" WHERE {COUNTED} GROUP BY period, place"
)
_EVERY = {
    "topic_group": "topic_group",
    "organiser_type": "organiser_type",
    "sanction": SANCTION,
}
_OWN = (
    "topic", "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned",
)  # fmt: skip
ANSWERS = tuple(
    [
        f"SELECT period, '{name}', {answer}, COUNT(*) FROM cards WHERE {COUNTED}"
        " GROUP BY period, 3"
        for name, answer in _EVERY.items()
    ]
    + [
        "SELECT period, 'reason', COALESCE(NULLIF(reason, ''), 'unknown'), COUNT(*) FROM cards"
        f" WHERE {COUNTED} AND legal_status = 'not_requested' GROUP BY period, 3",
        f"SELECT period, 'form', form, COUNT(*) FROM cards WHERE {COUNTED}"
        f" AND period IN ('{flat.OWN}', '{flat.PREVIOUS}') GROUP BY period, form",
    ]
    + [f"SELECT period, '{name}', {name}, COUNT(*) FROM cards WHERE {OWN} GROUP BY period, {name}"
       for name in _OWN]
)  # fmt: skip


def _bounds(name: str, where: str) -> str:
    columns = (name, f"COALESCE({name}_low, {name})", f"COALESCE({name}_high, {name})")
    return ", ".join(f"SUM({column}) FILTER (WHERE {where})" for column in columns)


SUMS = (
    f"SELECT period, COUNT(*) FILTER (WHERE {BOTH}), {_bounds('participants', BOTH)},"
    f" {_bounds('police', BOTH)},"
    f" COUNT(*) FILTER (WHERE {SANCTION} = 'unsanctioned'),"
    f" COUNT(*) FILTER (WHERE {SANCTION} = 'unsanctioned' AND {IN_COURT})"
    f" FROM cards WHERE {COUNTED} GROUP BY period"
)
OWN_PLACES = (
    f"SELECT place, COUNT(*) FILTER (WHERE {SANCTION} = 'sanctioned'),"
    f" COUNT(*) FILTER (WHERE {SANCTION} = 'unsanctioned'),"
    f" COUNT(participants), {_bounds('participants', 'participants IS NOT NULL')},"
    f" COUNT(police), {_bounds('police', 'police IS NOT NULL')},"
    f" COUNT(*) FILTER (WHERE {BOTH}), {_bounds('participants', BOTH)}, {_bounds('police', BOTH)},"
    " COUNT(detained), SUM(detained), COUNT(*) FILTER (WHERE detained > 0)"
    f" FROM cards WHERE {OWN} GROUP BY place"
)
RATIO = "1.0 * police / participants"
_WITH_RATIO = f"{OWN} AND police IS NOT NULL AND participants > 0"
COURTS = (
    f"SELECT c.place, u.outcome, u.article, COUNT(*) FROM ({LATEST}) u"
    f" JOIN (SELECT id, place FROM cards WHERE {OWN}) c ON c.id = u.card_id"
    " WHERE u.back = 1 GROUP BY 1, 2, 3"
)
_CASES_OF_PREVENTED = (
    f"SELECT u.outcome FROM ({LATEST}) u JOIN cards p ON p.id = u.card_id WHERE u.back = 1"
    f" AND p.status = 'approved' AND p.course = 'prevented' AND p.period = '{flat.OWN}'"
)
PREVENTED = (
    "SELECT COUNT(*), COUNT(detained), SUM(detained),"
    f" (SELECT COUNT(*) FROM ({_CASES_OF_PREVENTED}) a),"
    f" (SELECT COUNT(*) FROM ({_CASES_OF_PREVENTED}) b WHERE outcome IN ({_CONVICTED}))"
    f" FROM cards WHERE status = 'approved' AND course = 'prevented' AND period = '{flat.OWN}'"
)


def _text(days: str) -> str:
    days = days.format(a="application_date", b="answer_date")
    answered = "application_date IS NOT NULL AND answer_date IS NOT NULL"
    known = "police_actions <> '' AND police_actions NOT LIKE '%;not_observed;%'"
    obstructed = " OR ".join(
        f"police_actions LIKE '%;{each};%'" for each in ("blocked_access", "dispersed", "force")
    )
    both = "detained IS NOT NULL AND participants IS NOT NULL"
    words = "detained > 0 AND in_the_name_of_the_law IN ('yes', 'no')"
    people = ("detained_minors", "detained_before", "released_without_report", "injured")
    columns = [
        "COUNT(*) FILTER (WHERE source LIKE '%;direct;%')",
        f"COUNT(*) FILTER (WHERE {answered})",
        f"SUM({days}) FILTER (WHERE {answered})",
        f"COUNT(*) FILTER (WHERE {answered} AND {days} > {flat.ANSWER_DAYS})",
        f"COUNT(*) FILTER (WHERE {known})",
        f"COUNT(*) FILTER (WHERE {known} AND ({obstructed}))",
        *(f"COUNT({name}), SUM({name})" for name in people),
        f"COUNT(*) FILTER (WHERE {both})",
        f"SUM(detained) FILTER (WHERE {both})",
        f"SUM(participants) FILTER (WHERE {both})",
        f"COUNT(*) FILTER (WHERE {words})",
        f"COUNT(*) FILTER (WHERE {words} AND in_the_name_of_the_law = 'no')",
        f"COUNT(*) FILTER (WHERE {IN_COURT})",
        f"COUNT(*) FILTER (WHERE detained = 0 AND NOT {IN_COURT})",
    ]
    return f"SELECT {', '.join(columns)} FROM cards WHERE {OWN}"


def _applications(days: str) -> str:
    days = days.format(a="applied_on", b="answered_on")
    return (
        "SELECT place, decision, appeal, COUNT(*), COUNT(answered_on), SUM("
        f"{days}), COUNT(*) FILTER (WHERE {days} > {flat.ANSWER_DAYS}) FROM applications"
        f" WHERE review = 'approved' AND period = '{flat.OWN}' GROUP BY 1, 2, 3"
    )


def _medians(ask: Ask, median: str) -> list[Sequence[Any]]:
    if median:
        of = median.format(x="x")
        rows = f"SELECT place, {RATIO} AS x FROM cards WHERE {_WITH_RATIO}"
        return [
            *ask(f"SELECT place, {of} FROM ({rows}) r GROUP BY place"),
            *ask(f"SELECT 'TOTAL', {of} FROM ({rows}) r"),
        ]
    # SQLite has no median: the middle of rows in order.
    found: list[Sequence[Any]] = []
    for place, over in (("place", "PARTITION BY place"), ("'TOTAL'", "")):
        ranked = (
            f"SELECT {place} AS place, {RATIO} AS x, ROW_NUMBER() OVER ({over} ORDER BY {RATIO})"
            f" AS at, COUNT(*) OVER ({over}) AS n FROM cards WHERE {_WITH_RATIO}"
        )
        found += ask(
            f"SELECT place, AVG(x) FROM ({ranked}) r WHERE at IN ((n + 1) / 2, (n + 2) / 2)"
            " GROUP BY place"
        )
    return found


def counted(ask: Ask, vendor: str) -> Counted:
    """Everything that the tables need, by some twenty statements."""
    dialect = DIALECTS[vendor]
    return Counted(
        places=ask(PLACES),
        answers=[row for sql in ANSWERS for row in ask(sql)],
        sums=ask(SUMS),
        own=ask(OWN_PLACES),
        medians=_medians(ask, dialect["median"]),
        courts=ask(COURTS),
        text=ask(_text(dialect["days"]))[0],
        prevented=ask(PREVENTED)[0],
        applications=ask(_applications(dialect["days"])),
    )
