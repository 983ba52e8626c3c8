"""Everything that a report is made from, as one text that comes out the same on every machine."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

from reports.source import Source
from reports.types import (
    Agreement,
    Basis,
    Cell,
    Facts,
    Key,
    Label,
    Law,
    Period,
    Provision,
    Region,
    Sum,
    Terms,
    Unit,
    Value,
    Vocabulary,
)

LAYOUT = "zhinalys dataset 1"
_REGISTERS = ("places", "forms", "topics", "topic_groups")


def write(source: Source) -> str:
    """The source as JSON: equal sources give equal texts, ``read`` gives the source back."""
    document = {
        "layout": LAYOUT,
        "period": source.period.code,
        "periods": [_period(each) for each in source.periods],
        "facts": {
            each.code: _facts(source.facts[each.code])
            for each in source.periods
            if each.code in source.facts
        },
        "published": [_published(cell, code) for cell, code in source.published],
        "vocabulary": _vocabulary(source.vocabulary),
        "demonstration": source.demonstration,
        "region": _region(source.region) if source.region else None,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a dataset, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Source:
    """A source as it was written. ValueError for a text of another layout."""
    document = json.loads(text)
    if document.get("layout") != LAYOUT:
        raise ValueError(document.get("layout"))
    periods = tuple(_read_period(each) for each in document["periods"])
    by_code = {each.code: each for each in periods}
    return Source(
        by_code[document["period"]],
        periods,
        {code: _read_facts(by_code[code], each) for code, each in document["facts"].items()},
        tuple(_read_published(each) for each in document["published"]),
        _read_vocabulary(document["vocabulary"]),
        document["demonstration"],
        _read_region(document["region"]) if document["region"] else None,
    )


def _region(region: Region) -> list[Any]:
    return [region.code, _label(region.name), list(region.parts)]


def _read_region(known: list[Any]) -> Region:
    code, names, parts = known
    return Region(code, Label(*names), tuple(parts))


def _label(label: Label) -> list[str]:
    return [label.ru, label.kk, label.en]


def _period(period: Period) -> dict[str, Any]:
    return {
        "code": period.code,
        "name": _label(period.name),
        "start": _day(period.start),
        "end": _day(period.end),
        "months": period.months,
        "basis": period.basis,
        "series": period.series,
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _read_day(day: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(day) if day else None


def _read_period(known: Mapping[str, Any]) -> Period:
    start, end = (_read_day(known[name]) for name in ("start", "end"))
    return Period(
        known["code"],
        Label(*known["name"]),
        start,
        end,
        float(known["months"]),
        cast(Basis, known["basis"]),
        known["series"],
    )


def _facts(facts: Facts) -> dict[str, Any]:
    return {
        "counts": [[*key, n] for key, n in sorted(facts.counts.items())],
        "sums": [[*key, part.n, part.total] for key, part in sorted(facts.sums.items())],
        "covered": sorted([place, months] for place, months in facts.covered.items()),
        "covered_any": facts.covered_any,
        "medians": [[*key, value] for key, value in sorted(facts.medians.items())],
        "agreement": {
            "pairs": facts.agreement.pairs,
            "compared": facts.agreement.compared,
            "agreed": facts.agreement.agreed,
            "questions": [
                [code, _in_languages(name), compared, agreed]
                for code, name, compared, agreed in facts.agreement.questions
            ],
        },
    }


def _read_facts(period: Period, known: Mapping[str, Any]) -> Facts:
    agreement = known["agreement"]
    return Facts(
        period,
        {(place, dimension, value): n for place, dimension, value, n in known["counts"]},
        {(place, name): Sum(n, total) for place, name, n, total in known["sums"]},
        dict(known["covered"]),
        known["covered_any"],
        {(place, name): value for place, name, value in known["medians"]},
        Agreement(
            agreement["pairs"],
            agreement["compared"],
            agreement["agreed"],
            tuple(
                (code, Label(*names), compared, agreed)
                for code, names, compared, agreed in agreement["questions"]
            ),
        ),
    )


def _in_languages(text: Any) -> list[str]:
    """A question's name is a lazy text: written down in each language."""
    from django.utils.translation import override

    names = []
    for language in ("ru", "kk", "en"):
        with override(language):
            names.append(str(text))
    return names


def _published(cell: Cell, code: str | None) -> list[Any]:
    key = cell.key
    where = [key.table, key.period, key.row, key.column]
    return [*where, cell.unit, cell.value.value, cell.printed, code]


def _read_published(known: list[Any]) -> tuple[Cell, str | None]:
    table, period, row, column, unit, value, printed, code = known
    cell = Cell(
        Key(table, period, row, column),
        cast(Unit, unit),
        Value(value),
        source="published",
        printed=printed,
    )
    return cell, code


def _vocabulary(words: Vocabulary) -> dict[str, Any]:
    registers = {
        name: [[code, *_label(label)] for code, label in getattr(words, name).items()]
        for name in _REGISTERS
    }
    return registers | {
        "group_of_topic": list(words.group_of_topic.items()),
        "laws": [
            [
                *(law.code, _label(law.name), _day(law.since), _day(law.until)),
                *(law.terms.regime, law.terms.days, _label(law.summary)),
            ]
            for law in words.laws
        ],
        "provisions": [
            [_label(each.text), _day(each.since), _day(each.until), each.above]
            for each in words.provisions
        ],
    }


def _read_vocabulary(known: Mapping[str, Any]) -> Vocabulary:
    registers = {name: {code: Label(*names) for code, *names in known[name]} for name in _REGISTERS}
    return Vocabulary(
        **registers,
        group_of_topic=dict(known["group_of_topic"]),
        laws=tuple(map(_read_law, known["laws"])),
        provisions=tuple(
            Provision(Label(*text), _read_day(since), _read_day(until), above)
            for text, since, until, above in known["provisions"]
        ),
    )


def _read_law(known: list[Any]) -> Law:
    code, names, since, until, regime, days, summary = known
    first = datetime.date.fromisoformat(since)
    return Law(code, Label(*names), first, _read_day(until), Terms(regime, days), Label(*summary))
