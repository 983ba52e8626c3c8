"""The filter of cards: the cards behind every figure of the facts, chips, and bad parameters."""

import datetime
import random
from collections import Counter

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from cards import search, services
from cards import vocabularies as v
from cards.filters import PANEL, CardFilter
from cards.models import Card, CaseUpdate, Topic
from reports import facts
from reports.models import Fact
from tests.factories import (
    AnalystFactory,
    EditorFactory,
    MonitorFactory,
    make_card,
    outcome_answers,
    rows_of_cards,
)

pytestmark = pytest.mark.django_db

#: A measure of the facts whose n counts cards with an answer -> parameter that takes the answer.
BY_ANSWER = {
    "course": "course",
    "form": "form",
    "topic": "topic",
    "topic_group": "topic_group",
    "organiser_type": "organiser",
    "sanction": "sanction",
    "reason_not_requested": "reason",
    "source": "source",
    "prosecutor_present": "prosecutor_present",
    "prosecutor_warned": "prosecutor_warned",
    "akimat_present": "akimat_present",
    "akimat_warned": "akimat_warned",
    "police_present": "police_present",
    "police_warned": "police_warned",
}
#: A measure and which of its two numbers counts cards -> parameters that select them.
BY_MEASURE = {
    ("assemblies", "n"): "",
    ("participants", "n"): "participants=known",
    ("police", "n"): "police=known",
    ("both_participants", "n"): "both=known",
    ("duration", "n"): "duration=known",
    ("direct", "total"): "source=direct",
    ("obstructed", "total"): "obstructed=yes",
    ("with_detentions", "total"): "detentions=yes",
    ("in_court", "total"): "court=yes",
    ("unsanctioned_in_court", "total"): "sanction=unsanctioned&court=yes",
    ("without_consequences", "total"): "consequences=none",
}


def chosen(query: str, user=None) -> CardFilter:
    request = RequestFactory().get("/")
    request.user = user or EditorFactory()
    return CardFilter(QueryDict(query), request=request)


def cards(query: str, user=None) -> set[int]:
    return set(chosen(query, user).qs.values_list("pk", flat=True))


@pytest.fixture
def mixed(reference):
    """150 cards of every kind in four cities and two acts, a third of them with court cases."""
    dice, week = random.Random(2018), datetime.timedelta(days=7)
    topics = list(Topic.objects.values_list("pk", flat=True))

    def one_of(values):
        return lambda index: dice.choice(list(values))

    def some_of(values):
        return lambda index: tuple(dice.sample(list(values), dice.randint(1, 3)))

    people = {name: one_of([None, 0, 1, 7, 40]) for name in ("participants", "police", "detained")}
    answers = {
        name: one_of(v.YesNoUnknown.values)
        for name in BY_ANSWER
        if name.endswith(("_present", "_warned"))
    }
    actions = [code for code in v.PoliceAction.values if code not in ("none", "not_observed")]
    rows = rows_of_cards(
        150,
        monitor=MonitorFactory(),
        **people,
        **answers,
        date=lambda index: datetime.date(2018, 1, 1) + datetime.timedelta(days=dice.randrange(999)),
        city=one_of(["almaty", "astana", "shymkent", "aktobe"]),
        start_time=None,
        end_time=None,
        duration_minutes=one_of([None, 30, 90]),
        participants_low=None,
        participants_high=None,
        course=one_of(["held", "cut_short"]),
        form=one_of(["rally", "picket"]),
        topic=one_of(topics),
        organiser_type=one_of(v.OrganiserType.values),
        legal_status=one_of(v.LegalStatus.values),
        reason_not_requested=one_of(["", *v.NoPermitReason.values]),
        source=some_of(v.SourceKind.values),
        police_actions=lambda index: dice.choice(
            [("none",), ("not_observed",), tuple(dice.sample(actions, 2))]
        ),
    )
    excluded = rows[::10]
    Card.objects.filter(pk__in=[card.pk for card in excluded]).update(
        inclusion="excluded", inclusion_reason="No assembly"
    )
    author, reviewer = MonitorFactory(all_regions=True), EditorFactory()
    for card in rows[::3]:
        for code in ("A-01", "A-02")[: dice.randint(1, 2)]:
            for _update in range(dice.randint(1, 2)):
                update = services.add_outcome(
                    card,
                    actor=author,
                    outcome=outcome_answers(
                        case_code=code,
                        outcome=dice.choice(["pending", "warning", "fine", "acquitted"]),
                        article=dice.choice(v.Article.values),
                        decided_on=dice.choice([None, card.date, card.date + week]),
                    ),
                )
                review = dice.choice(["approved", "approved", "rejected", "pending"])
                CaseUpdate.objects.filter(pk=update.pk).update(review=review, reviewer=reviewer)
    make_card("submitted")
    make_card("draft")
    return rows


def numbers_of_facts() -> Counter:
    """(place, measure, answer or "n" or "total") -> number of cards over all months."""
    facts.rebuild()
    found: Counter = Counter()
    for fact in Fact.objects.all():
        for measure, answers in fact.counts.items():
            for answer, n in answers.items():
                found[fact.place_id, measure, answer] += n
        for measure, (n, total) in fact.sums.items():
            found[fact.place_id, measure, "n"] += n
            found[fact.place_id, measure, "total"] += total
    return found


@pytest.mark.slow
def test_the_filter_selects_the_cards_behind_every_fact(mixed):
    editor, compared = EditorFactory(), 0
    for (place, measure, value), number in numbers_of_facts().items():
        if measure in BY_ANSWER:
            query = f"{BY_ANSWER[measure]}={value}"
        elif (measure, value) in BY_MEASURE:
            query = BY_MEASURE[measure, value]
        else:
            continue
        found = cards(f"counted=yes&place={place}&{query}", editor)
        assert len(found) == number, (place, measure, value)
        compared += bool(number)
    assert compared > 150


@pytest.mark.slow
def test_known_and_unknown_or_yes_and_no_leave_no_card_out(mixed):
    editor = EditorFactory()
    every = cards("", editor)
    for name in ("participants", "police", "both", "duration"):
        known, unknown = (cards(f"{name}={value}", editor) for value in ("known", "unknown"))
        assert known
        assert unknown
        assert (known | unknown, known & unknown) == (every, set()), name
    parts = [cards(f"detentions={value}", editor) for value in ("yes", "no", "unknown")]
    assert (set.union(*parts), sum(map(len, parts))) == (every, len(every))
    assert cards("court=no", editor) == every - cards("court=yes", editor)
    readings = [cards(f"sanction={value}", editor) for value in ("sanctioned", "unsanctioned")]
    assert cards("sanction=outside", editor) == every - set.union(*readings)
    conduct = cards("obstructed=yes", editor) | cards("obstructed=no", editor)
    unseen = {card.pk for card in mixed if card.police_actions == ("not_observed",)}
    assert conduct == every - unseen


@pytest.mark.slow
def test_outcome_and_article_are_those_of_one_case_at_its_latest_reviewed_update(mixed):
    latest = {}
    order = sorted(
        CaseUpdate.objects.filter(review="approved").select_related("case"),
        key=lambda update: (update.decided_on or datetime.date.min, update.pk),
    )
    for update in order:
        latest[update.case_id] = update
    editor = EditorFactory()
    for outcome in ("", "convicted", *v.Outcome.values):
        codes = v.CONVICTIONS if outcome == "convicted" else (outcome,)
        for article in ("", *v.Article.values):
            expected = {
                update.case.card_id
                for update in latest.values()
                if (not outcome or update.outcome in codes)
                and (not article or update.article == article)
            }
            if outcome or article:
                found = cards(f"outcome={outcome}&article={article}", editor)
                assert found == expected, (outcome, article)


def test_sanction_is_read_by_the_law_of_the_day():
    monitor, editor = MonitorFactory(), EditorFactory()
    before, after = datetime.date(2020, 6, 5), datetime.date(2020, 6, 6)
    old, new = rows_of_cards(
        2, monitor=monitor, legal_status="notified", date=lambda index: (before, after)[index]
    )
    assert cards("sanction=unsanctioned", editor) == {old.pk}
    assert cards("sanction=sanctioned", editor) == {new.pk}


def test_organisations_parties_and_unions_are_taken_together(reference):
    kinds = v.OrganiserType.values
    rows = rows_of_cards(
        len(kinds), monitor=MonitorFactory(), organiser_type=lambda index: kinds[index]
    )
    together = {row.pk for row in rows if row.organiser_type in v.PUBLIC_ORGANISATIONS}
    assert cards("organiser=public_organisations") == together
    assert len(together) == 3


@pytest.mark.parametrize(
    ("query", "indices"),
    [
        ("from=2018-05-11", {1, 2}),
        ("to=11.05.2018", {0, 1}),
        ("from=2018-05-11&to=2018-05-11", {1}),
        ("period=2018", {0, 1, 2}),
        ("period=2019", set()),
        ("city=astana", {1}),
        ("place=astana", {1}),
        ("region=KZ-71", {1}),
        ("form=picket", {2}),
        ("status=approved", {0, 1, 2}),
        ("status=submitted", set()),
        ("text=ҚҰРМЕТ", {2}),
        ("text=%D2%9B%D2%B1%D1%80%D0%BC%D0%B5%D1%82+алаң", {2}),
        ("text=құрмет+нет", set()),
        ("text=100%25", {0}),
        ("text=%25", set()),
        ("text=pens+rai", {0}),
        ("text=ensions", set()),
        ("text=_", set()),
    ],
)
def test_each_parameter_of_time_place_and_text(reference, query, indices):
    texts = ["Raise pensions by 100%", "Нет выборам", "Құрмет алаңында"]
    rows = rows_of_cards(
        3,
        monitor=MonitorFactory(),
        date=lambda index: datetime.date(2018, 5, 10 + index),
        city=lambda index: ("almaty", "astana", "almaty")[index],
        form=lambda index: ("rally", "rally", "picket")[index],
    )
    for row, text in zip(rows, texts, strict=True):
        Card.objects.filter(pk=row.pk).update(search_text=search.text_of(text))
    assert cards(query) == {rows[index].pk for index in indices}


def test_a_card_is_found_by_its_number(reference):
    card = make_card("submitted")
    assert cards(f"text={card.number[:11].lower()}") == {card.pk}


def test_monitors_are_offered_and_found_only_where_their_cards_are_seen(reference):
    here, there = MonitorFactory(regions=["KZ-75"]), MonitorFactory(regions=["KZ-71"])
    seen, unseen = make_card("submitted", monitor=here), None
    unseen = make_card("submitted", monitor=there, city="astana")
    editor = EditorFactory(all_regions=False, regions=["KZ-75"])
    offered = {str(value) for value, _label in chosen("", editor).form.fields["monitor"].choices}
    assert offered == {"", str(here.pk)}
    assert cards(f"monitor={here.pk}", editor) == {seen.pk}
    outside = chosen(f"monitor={unseen.monitor_id}", editor)
    assert len(outside.problems) == 1
    assert {card.pk for card in outside.qs} == {seen.pk}


def test_who_has_one_answer_only_is_not_asked(reference):
    panel = {field.name for field in chosen("", MonitorFactory()).panel}
    assert panel == set(PANEL) - {"monitor"}
    panel = {field.name for field in chosen("", AnalystFactory()).panel}
    assert panel == set(PANEL) - {"status", "queries"}


@pytest.mark.parametrize(
    "bad",
    [
        "period=1918",
        "place=atlantis",
        "from=yesterday",
        "sanction=perhaps",
        "court=maybe",
        "outcome=shot",
        "topic=%00",
        "monitor=x",
        "monitor=99999999999999999999999",
        "text=%00",
    ],
)
def test_a_bad_value_is_named_and_the_rest_stays_in_force(reference, bad):
    rows = rows_of_cards(2, monitor=MonitorFactory(), form=lambda i: ("rally", "picket")[i])
    found = chosen(f"form=picket&{bad}")
    assert [row.pk for row in found.qs] == [rows[1].pk]
    assert len(found.problems) == 1
    assert found.query == "form=picket"
    assert [chip.name for chip in found.active] == ["form"]


def test_what_is_in_force_is_said_in_words_and_each_can_be_taken_out(reference):
    found = chosen("period=2018&sanction=unsanctioned&from=2018-02-01&text=a+b&after=x&unknown=1")
    chips = {chip.name: chip for chip in found.active}
    assert list(chips) == ["text", "period", "sanction", "from"]
    assert chips["text"].text == "a b"
    assert chips["period"].text == "2018"
    assert chips["sanction"].without == "?text=a+b&period=2018&from=2018-02-01"
    assert found.query == "text=a+b&period=2018&sanction=unsanctioned&from=2018-02-01"
    assert found.carried == [("sanction", "unsanctioned"), ("from", "2018-02-01")]


def test_what_one_list_does_to_its_filters_no_other_sees(reference):
    def asked() -> CardFilter:
        return CardFilter(QueryDict(""), request=None, queryset=Card.objects.all())

    first, second = asked(), asked()
    for name, filter_ in first.filters.items():
        assert filter_ is not second.filters[name]
        assert filter_.field is not second.filters[name].field, name
        assert filter_.parent is first
        assert second.filters[name].parent is second
    first.filters["form"].extra["queryset"] = Topic.objects.none()
    del first.filters["course"]
    assert {"form", "course"} <= asked().filters.keys()
    assert asked().filters["form"].field.queryset.exists()
