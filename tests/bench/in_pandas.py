"""The tables of a report with pandas, over frames that are in memory already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench import flat
from tests.bench.assembly import CONVICTIONS, Counted
from tests.bench.synthetic import Column, Columns

_OWN = (
    "topic", "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned",
)  # fmt: skip
_BOTH = (
    "participants", "participants_low", "participants_high", "police", "police_low", "police_high",
)  # fmt: skip


def frames(tables: Mapping[str, Columns]) -> dict[str, Any]:
    """Texts as categories, numbers that may be unknown as floats, days as datetimes."""
    import pandas as pd

    return {
        name: pd.DataFrame({column: _series(each) for column, each in columns.items()})
        for name, columns in tables.items()
    }


def _series(column: Column) -> Any:
    import numpy as np
    import pandas as pd

    if column.words is not None:
        return pd.Categorical.from_codes(column.values, list(column.words))
    if column.values.dtype.kind == "M":
        days = column.values.astype("datetime64[s]")
        return days if column.known is None else np.where(column.known, days, np.datetime64("NaT"))
    return column.values if column.known is None else np.where(column.known, column.values, np.nan)


def counted(tables: Mapping[str, Any]) -> Counted:
    """Everything that the tables need."""
    cards, updates = tables["cards"], tables["updates"]
    approved = cards[cards["status"] == "approved"]
    every = approved[approved["inclusion"] == "counted"]
    own = every[every["period"] == flat.OWN]
    known = updates[updates["review"] == "approved"]
    latest = known.sort_values(["decided_on", "id"], na_position="first").groupby("case_id").tail(1)
    sanction = _sanction(every)
    with_case = every["id"].isin(known["card_id"])
    unsanctioned = sanction == "unsanctioned"
    own_sanction, own_with_case = sanction[own.index], with_case[own.index]
    answers = [
        *_answers(every, "topic_group", every["topic_group"]),
        *_answers(every, "organiser_type", every["organiser_type"]),
        *_answers(every, "sanction", sanction),
        *_reasons(every[every["legal_status"] == "not_requested"]),
        *_forms(every),
        *(row for name in _OWN for row in _answers(own, name, own[name])),
    ]
    places = every.groupby(["period", "place"], observed=True)["duration"].agg(
        ["size", "count", "sum"]
    )
    both = _sums(every[_knows_both(every)], "period")
    per = every["period"]
    no = unsanctioned.groupby(per, observed=True).sum()
    reached = (unsanctioned & with_case).groupby(per, observed=True).sum()
    prevented = approved[(approved["course"] == "prevented") & (approved["period"] == flat.OWN)]
    of_prevented = latest[latest["card_id"].isin(prevented["id"])]["outcome"]
    return Counted(
        places=[(*key, *row) for key, row in zip(places.index, places.to_numpy(), strict=True)],
        answers=answers,
        sums=[(p, *both.get(p, (0,) * 7), no[p], reached[p]) for p in no.index],
        own=_own(own, own_sanction),
        medians=_medians(own),
        courts=_courts(own, latest),
        text=_text(own, own_with_case),
        prevented=(
            len(prevented),
            prevented["detained"].count(),
            prevented["detained"].sum(),
            len(of_prevented),
            of_prevented.isin(CONVICTIONS).sum(),
        ),
        applications=_applications(tables["applications"]),
    )


def _sanction(rows: Any) -> Any:
    import numpy as np
    import pandas as pd

    status = rows["legal_status"]
    outside = status.isin(["unknown", "not_required"])
    yes = (status == "sanctioned") | (
        (status == "notified") & (rows["date"] >= pd.Timestamp(flat.NEW_LAW))
    )
    codes = np.where(outside, 0, np.where(yes, 1, 2)).astype(np.int8)
    names = ["outside", "sanctioned", "unsanctioned"]
    return pd.Series(pd.Categorical.from_codes(codes, names), index=rows.index)


def _answers(rows: Any, name: str, answer: Any) -> list[tuple[Any, ...]]:
    found = rows.groupby(["period", answer], observed=True).size()
    return [(period, name, code, n) for (period, code), n in found.items()]


def _reasons(rows: Any) -> list[tuple[Any, ...]]:
    return [
        (period, name, code or "unknown", n)
        for period, name, code, n in _answers(rows, "reason", rows["reason"])
    ]


def _forms(every: Any) -> list[tuple[Any, ...]]:
    latter = every[every["period"].isin([flat.OWN, flat.PREVIOUS])]
    return _answers(latter, "form", latter["form"])


def _knows_both(rows: Any) -> Any:
    return rows["participants"].notna() & rows["police"].notna()


def _sums(rows: Any, by: str) -> dict[str, tuple[Any, ...]]:
    """Group -> cards, participants and police (best, low, high); best for an unknown bound."""
    filled = {
        name: rows[name].fillna(rows[name.partition("_")[0]]) if "_" in name else rows[name]
        for name in _BOTH
    }
    grouped = rows[[by]].assign(**filled).groupby(by, observed=True)
    sums = grouped.sum()
    sizes = grouped.size()
    return {
        key: (sizes[key], *row)
        for key, row in zip(sums.index, sums[list(_BOTH)].to_numpy(), strict=True)
    }


def _own(own: Any, sanction: Any) -> list[tuple[Any, ...]]:
    place = own["place"]
    yes = (sanction == "sanctioned").groupby(place, observed=True).sum()
    no = (sanction == "unsanctioned").groupby(place, observed=True).sum()
    people = _sums(own[own["participants"].notna()], "place")
    police = _sums(own[own["police"].notna()], "place")
    both = _sums(own[_knows_both(own)], "place")
    detained = own.groupby("place", observed=True)["detained"].agg(["count", "sum"])
    some = (own["detained"] > 0).groupby(place, observed=True).sum()
    nothing = (0,) * 7
    found = []
    for code in yes.index:
        known, *participants = people.get(code, nothing)[:4]
        seen, officers = police.get(code, nothing)[0], police.get(code, nothing)[4:]
        taken = detained.loc[code]
        found.append(
            (code, yes[code], no[code], known, *participants, seen, *officers,
             *both.get(code, nothing), taken["count"], taken["sum"], some[code])
        )  # fmt: skip
    return found


def _medians(own: Any) -> list[tuple[Any, ...]]:
    known = own[own["police"].notna() & (own["participants"] > 0)]
    ratios = known["police"] / known["participants"]
    by_place = ratios.groupby(known["place"], observed=True).median()
    return [*by_place.items(), ("TOTAL", ratios.median())]


def _courts(own: Any, latest: Any) -> list[tuple[Any, ...]]:
    joined = latest.merge(own[["id", "place"]], left_on="card_id", right_on="id")
    found = joined.groupby(["place", "outcome", "article"], observed=True).size()
    return [(*key, n) for key, n in found.items()]


def _text(own: Any, with_case: Any) -> list[Any]:
    days = (own["answer_date"] - own["application_date"]).dt.days
    actions = own["police_actions"].cat
    codes = actions.categories
    held = {
        name: own["police_actions"].isin([each for each in codes if f";{name};" in each])
        for name in ("not_observed", "blocked_access", "dispersed", "force")
    }
    known = (own["police_actions"] != "") & ~held["not_observed"]
    obstructed = held["blocked_access"] | held["dispersed"] | held["force"]
    sources = own["source"].cat.categories
    direct = own["source"].isin([each for each in sources if ";direct;" in each])
    both = own[own["detained"].notna() & own["participants"].notna()]
    said = own[(own["detained"] > 0) & own["in_the_name_of_the_law"].isin(["yes", "no"])]
    free = own["detained"] == 0
    people = ("detained_minors", "detained_before", "released_without_report", "injured")
    return [
        direct.sum(), days.count(), days.sum(), (days > flat.ANSWER_DAYS).sum(), known.sum(),
        (known & obstructed).sum(),
        *(each for name in people for each in (own[name].count(), own[name].sum())),
        len(both), both["detained"].sum(), both["participants"].sum(), len(said),
        (said["in_the_name_of_the_law"] == "no").sum(), with_case.sum(), (free & ~with_case).sum(),
    ]  # fmt: skip


def _applications(rows: Any) -> list[tuple[Any, ...]]:
    own = rows[(rows["review"] == "approved") & (rows["period"] == flat.OWN)]
    days = (own["answered_on"] - own["applied_on"]).dt.days
    keys = [own[name] for name in ("place", "decision", "appeal")]
    grouped = days.groupby(keys, observed=True)
    late = (days > flat.ANSWER_DAYS).groupby(keys, observed=True).sum()
    found = grouped.agg(["size", "count", "sum"])
    return [(*key, *row, late[key]) for key, row in zip(found.index, found.to_numpy(), strict=True)]
