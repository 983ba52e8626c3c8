"""The tables of a report with Polars: lazy scans of Parquet files, collected together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench import flat
from tests.bench.assembly import CONVICTIONS, Counted

_OWN = (
    "topic", "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned",
)  # fmt: skip


def counted(scans: Mapping[str, Any]) -> Counted:
    """Everything that the tables need; one call collects all queries, so that scans are shared."""
    import polars as pl

    c = pl.col
    cards = scans["cards"].filter(c("status") == "approved")
    every = cards.filter(c("inclusion") == "counted")
    own = every.filter(c("period") == flat.OWN)
    approved = scans["updates"].filter(c("review") == "approved")
    with_case = approved.select(pl.col("card_id").alias("id")).unique()
    latest = (
        approved.sort(c("decided_on"), c("id"), nulls_last=[False, False])
        .group_by("case_id", maintain_order=False)
        .last()
    )
    sanction = (
        pl.when(c("legal_status").is_in(["unknown", "not_required"]))
        .then(pl.lit("outside"))
        .when(
            (c("legal_status") == "sanctioned")
            | ((c("legal_status") == "notified") & (c("date") >= flat.NEW_LAW))
        )
        .then(pl.lit("sanctioned"))
        .otherwise(pl.lit("unsanctioned"))
    )

    def answers(rows: Any, name: str, answer: Any) -> Any:
        return (
            rows.select("period", answer.alias("answer"))
            .group_by("period", "answer")
            .len()
            .select("period", pl.lit(name).alias("name"), "answer", "len")
        )

    reason = pl.when(c("reason") == "").then(pl.lit("unknown")).otherwise(c("reason"))
    latter = every.filter(c("period").is_in([flat.OWN, flat.PREVIOUS]))
    queries = {
        "places": every.group_by("period", "place").agg(
            pl.len(), c("duration").count().alias("known"), c("duration").sum().alias("total")
        ),
        "answers": pl.concat(
            [
                answers(every, "topic_group", c("topic_group")),
                answers(every, "organiser_type", c("organiser_type")),
                answers(every, "sanction", sanction),
                answers(every.filter(c("legal_status") == "not_requested"), "reason", reason),
                answers(latter, "form", c("form")),
                *(answers(own, name, c(name)) for name in _OWN),
            ]
        ),
        "sums": every.group_by("period").agg(_both().sum().alias("both"), *_both_bounds()),
        "unsanctioned": every.filter(sanction == "unsanctioned").group_by("period").agg(pl.len()),
        "in_court": every.filter(sanction == "unsanctioned")
        .join(with_case, on="id", how="semi")
        .group_by("period")
        .agg(pl.len()),
        "own": own.with_columns(sanction.alias("sanction"))
        .group_by("place")
        .agg(
            (c("sanction") == "sanctioned").sum().alias("yes"),
            (c("sanction") == "unsanctioned").sum().alias("no"),
            c("participants").count().alias("known"),
            *_bounds("participants"),
            c("police").count().alias("seen"),
            *_bounds("police"),
            _both().sum().alias("both"),
            *_both_bounds(),
            c("detained").count().alias("detained_known"),
            c("detained").sum().alias("detained_sum"),
            (c("detained") > 0).sum().alias("with"),
        ),
        "medians": _ratios(own).group_by("place").agg(c("x").median()),
        "median": _ratios(own).select(pl.lit("TOTAL"), c("x").median()),
        "courts": latest.join(own.select("id", "place"), left_on="card_id", right_on="id")
        .group_by("place", "outcome", "article")
        .len(),
        "text": own.select(*_text()),
        "text_courts": own.join(with_case, on="id", how="semi").select(
            pl.len(), (c("detained") == 0).sum().alias("free")
        ),
        "free": own.select((c("detained") == 0).sum()),
        "prevented": cards.filter(
            (c("course") == "prevented") & (c("period") == flat.OWN)
        ).select(pl.len(), c("detained").count().alias("known"), c("detained").sum().alias("sum")),
        "prevented_courts": latest.join(
            cards.filter((c("course") == "prevented") & (c("period") == flat.OWN)).select("id"),
            left_on="card_id",
            right_on="id",
        ).select(pl.len(), c("outcome").is_in(CONVICTIONS).sum()),
        "applications": _applications(scans["applications"]),
    }  # fmt: skip
    frames = dict(zip(queries, pl.collect_all(list(queries.values())), strict=True))
    found = {name: frame.rows() for name, frame in frames.items()}
    unsanctioned, in_court = dict(found["unsanctioned"]), dict(found["in_court"])
    (court, free_in_court), free = found["text_courts"][0], found["free"][0][0]
    return Counted(
        places=found["places"],
        answers=found["answers"],
        sums=[
            (*row, unsanctioned.get(row[0], 0), in_court.get(row[0], 0)) for row in found["sums"]
        ],
        own=found["own"],
        medians=[*found["medians"], *found["median"]],
        courts=found["courts"],
        text=[*found["text"][0], court, free - free_in_court],
        prevented=[*found["prevented"][0], *found["prevented_courts"][0]],
        applications=found["applications"],
    )


def _both() -> Any:
    import polars as pl

    return pl.col("participants").is_not_null() & pl.col("police").is_not_null()


def _bounds(name: str, where: Any = None, before: str = "") -> list[Any]:
    """Sums of the best, low and high numbers; the best one stands for a bound that is not known."""
    import polars as pl

    ends = [pl.coalesce(f"{name}{end}", name) for end in ("_low", "_high")]
    found = [each.cast(pl.Int64) for each in (pl.col(name), *ends)]
    where = pl.col(name).is_not_null() if where is None else where
    return [
        each.filter(where).sum().alias(f"{before}{name}_{n}_sum") for n, each in enumerate(found)
    ]


def _both_bounds() -> list[Any]:
    return [each for name in ("participants", "police") for each in _bounds(name, _both(), "both_")]


def _ratios(own: Any) -> Any:
    import polars as pl

    known = own.filter(pl.col("police").is_not_null() & (pl.col("participants") > 0))
    return known.select("place", (pl.col("police") / pl.col("participants")).alias("x"))


def _text() -> list[Any]:
    import polars as pl

    c = pl.col
    answered = c("application_date").is_not_null() & c("answer_date").is_not_null()
    days = (c("answer_date") - c("application_date")).dt.total_days()
    actions = c("police_actions")
    known = (actions != "") & ~actions.str.contains(";not_observed;", literal=True)
    obstructed = pl.any_horizontal(
        actions.str.contains(f";{each};", literal=True)
        for each in ("blocked_access", "dispersed", "force")
    )
    both = c("detained").is_not_null() & c("participants").is_not_null()
    said = (c("detained") > 0) & c("in_the_name_of_the_law").is_in(["yes", "no"])
    people = ("detained_minors", "detained_before", "released_without_report", "injured")
    columns = [
        c("source").str.contains(";direct;", literal=True).sum(),
        answered.sum(),
        days.filter(answered).sum(),
        (answered & (days > flat.ANSWER_DAYS)).sum(),
        known.sum(),
        (known & obstructed).sum(),
        *(each for name in people for each in (c(name).count(), c(name).sum())),
        both.sum(),
        c("detained").filter(both).sum(),
        c("participants").filter(both).sum(),
        said.sum(),
        (said & (c("in_the_name_of_the_law") == "no")).sum(),
    ]
    return [each.alias(str(n)) for n, each in enumerate(columns)]


def _applications(rows: Any) -> Any:
    import polars as pl

    c = pl.col
    days = (c("answered_on") - c("applied_on")).dt.total_days()
    own = rows.filter((c("review") == "approved") & (c("period") == flat.OWN))
    return own.group_by("place", "decision", "appeal").agg(
        pl.len(),
        c("answered_on").count().alias("answered"),
        days.sum().alias("days"),
        (days > flat.ANSWER_DAYS).sum().alias("late"),
    )
