"""What the database itself refuses: vocabularies, ranges, combinations; raw updates, no forms."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint
from django.utils import timezone

from cards import services
from cards.models import (
    Attachment,
    Card,
    CaseUpdate,
    City,
    CityRegion,
    Count,
    CourtCase,
    Coverage,
    Event,
    Law,
    Merge,
    NumberSequence,
    Period,
    PermitApplication,
    Query,
    Upload,
)
from cards.models.fields import CodesField
from cards.validators import REQUIRED
from monitoring.accounts.models import AccessEntry, User, UserSession
from reports.models import Fact, PublishedChange
from tests.editions import draft_and_frozen
from tests.factories import EditorFactory, MonitorFactory, add_outcome, card_answers, make_card

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 5, 10)


def refused(rows, constraint: str, **values) -> None:
    """The database refuses to set the values, and names the constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def choice_fields() -> list[tuple[type[models.Model], models.Field]]:
    return [
        (model, field)
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "cards", "reports")
        for field in model._meta.concrete_fields
        if field.choices or isinstance(field, CodesField)
    ]


@pytest.fixture
def rows(reference):
    """Model -> its rows, each valid, in a world of one approved card with a case and a file."""
    card = make_card("approved", detained=3, police_actions=("detained",))
    add_outcome(card)
    Attachment.objects.create(
        card=card, kind="image", content_type="image/jpeg", name="a.jpg", size=1, sha256="0" * 64
    )
    Coverage.objects.create(place_id="almaty", month=DAY.replace(day=1), state="full")
    Query.objects.create(card=card, author=card.editor)
    PermitApplication.objects.create(city_id="almaty", applied_on=DAY)
    twins = [make_card("submitted"), make_card("submitted")]
    Merge.objects.create(
        card=card,
        first=twins[0],
        second=twins[1],
        first_status="submitted",
        second_status="submitted",
        author=card.editor,
    )
    AccessEntry.objects.create(user=card.editor, action="card_viewed")
    Upload.objects.create(account=card.editor, uuid=uuid.uuid4(), size=1)
    UserSession.objects.create(account=card.editor, key="k", seen_at=timezone.now())
    draft, _frozen = draft_and_frozen(card.editor)
    draft.texts.create(chapter="overall", language="en", text="Words.", changed_by=card.editor)
    box = draft.boxes.create(chapter="overall", changed_by=card.editor)
    box.texts.create(language="en", title="A case")
    PublishedChange.objects.create(edition="2018", table="1", after="7", source="typed")
    return {model: model.objects.all() for model in {model for model, _field in choice_fields()}}


def test_there_are_as_many_vocabularies_as_the_card_has():
    fields = [field.name for model, field in choice_fields() if model is Card]
    assert len(fields) == 24
    assert len(choice_fields()) > 40


@pytest.mark.parametrize(
    ("model", "field"),
    [pytest.param(*pair, id=f"{pair[0].__name__}.{pair[1].name}") for pair in choice_fields()],
)
def test_every_vocabulary_is_known_to_the_database(rows, model, field):
    assert rows[model].exists()
    values = (("zz",), ("zz", "unknown")) if isinstance(field, CodesField) else ("zz", "ZZ ")
    for value in values:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows[model].update(**{field.name: value})
    if isinstance(field, CodesField):
        codes = field.vocabulary.values
        ordinary = tuple(code for code in codes if code not in ("none", "not_observed"))
        rows[model].update(**{field.name: ordinary})
        assert getattr(rows[model].first(), field.name) == ordinary


def card_of(status="draft", **changes):
    return Card.objects.filter(pk=make_card(status, **changes).pk)


CARD_RULES = {
    "card_attributes_alone": {"attributes": ("placards", "none")},
    "card_police_actions_alone": {"police_actions": ("not_observed", "filmed")},
    "card_duration_minutes_range": {"duration_minutes": 0},
    "card_latitude_range": {"latitude": 56, "longitude": 70},
    "card_longitude_range": {"latitude": 50, "longitude": 46},
    "card_coordinates_together": {"latitude": 50},
    "card_detained_known_or_not": {"detained": 1, "detained_unknown": True},
    "card_prevented_never_counted": {"course": "prevented", "inclusion": "counted"},
    "card_inclusion_has_reason": {"peaceful": "no", "inclusion": "counted"},
} | {
    f"card_{name}_range": {name: 10_000_001}
    for name in (
        "participants",
        "participants_low",
        "participants_high",
        "police",
        "police_low",
        "police_high",
        "detained",
        "detained_minors",
        "detained_before",
        "released_without_report",
        "injured",
    )
}


@pytest.mark.parametrize("constraint", CARD_RULES)
def test_each_rule_of_the_card_is_held_in_drafts_too(reference, constraint):
    refused(card_of("draft"), constraint, **CARD_RULES[constraint])


def test_every_constraint_of_the_card_is_tried_here():
    names = {
        constraint.name
        for constraint in Card._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }
    tried = {
        *CARD_RULES,
        *(f"card_{field.name}_vocabulary" for model, field in choice_fields() if model is Card),
        "card_editor_is_not_monitor",
        "card_complete_references",
        "card_complete_answers",
        "card_duplicate_of_another",
    }
    assert names == tried


def test_nobody_is_the_editor_of_their_own_card(reference):
    card = make_card("submitted")
    refused(
        Card.objects.filter(pk=card.pk), "card_editor_is_not_monitor", editor_id=card.monitor_id
    )


def test_only_a_duplicate_says_of_which_card(reference):
    other = make_card("submitted")
    submitted = card_of("submitted")
    refused(submitted, "card_duplicate_of_another", duplicate_of=other)
    submitted.update(status="duplicate", duplicate_of=other)
    refused(submitted, "card_duplicate_of_another", status="approved")


def test_a_draft_may_be_empty(reference):
    card = services.create(actor=MonitorFactory(), answers={})
    assert Card.objects.filter(pk=card.pk, status="draft", number=None, date=None).exists()
    Card.objects.filter(pk=card.pk).update(status="returned")


REFERENCES = ("number", "date", "city", "form", "topic")


@pytest.mark.parametrize("status", ["submitted", "approved", "rejected"])
@pytest.mark.parametrize("name", [*REFERENCES, "detained"])
def test_a_card_without_what_it_refers_to_stays_open(reference, status, name):
    card = card_of("submitted")
    card.update(status=status)
    refused(card, "card_complete_references", **{name: None})
    card.update(status="returned", **{name: None})
    refused(card, "card_complete_references", status=status)


@pytest.mark.parametrize("status", ["submitted", "approved", "rejected"])
@pytest.mark.parametrize("name", [name for name in REQUIRED if name not in REFERENCES])
def test_a_card_without_an_answer_stays_open(reference, status, name):
    empty = () if isinstance(Card._meta.get_field(name), CodesField) else ""
    card = card_of("submitted")
    card.update(status=status)
    refused(card, "card_complete_answers", **{name: empty})
    card.update(status="draft", **{name: empty})
    refused(card, "card_complete_answers", status=status)


def test_a_number_and_an_identifier_belong_to_one_card(reference):
    first, second = make_card("submitted"), card_of("submitted")
    for name in ("number", "uuid"):
        with pytest.raises(IntegrityError), transaction.atomic():
            second.update(**{name: getattr(first, name)})


def test_an_answer_of_several_codes_keeps_the_order_of_the_vocabulary(reference):
    card = make_card("draft", source=("official", "direct"), attributes=("chants",))
    card.refresh_from_db()
    assert card.source == ("direct", "official")
    assert list(Card.objects.filter(source__has="official")) == [card]
    assert not Card.objects.filter(source__has="media").exists()
    # A code that is part of another one is not taken for it.
    assert not Card.objects.filter(attributes__has="chant").exists()


COUNT_RULES = {
    "count_best_range": {"best": 10_000_001, "high": None},
    "count_low_range": {"low": 10_000_001, "best": None, "high": None},
    "count_high_range": {"high": 10_000_001},
    "count_low_best": {"low": 26},
    "count_best_high": {"high": 24},
    "count_has_a_number": {"best": None, "low": None, "high": None},
    "count_one_used": {"used": True},
}


@pytest.mark.parametrize("constraint", COUNT_RULES)
def test_each_rule_of_counts(reference, constraint):
    card = make_card("draft")
    services.add_count(card, actor=card.monitor, subject="participants", best=25, basis="media")
    counts = Count.objects.filter(card=card, subject="participants")
    assert counts.count() == 2
    name = "count_one_used|UNIQUE" if constraint == "count_one_used" else constraint
    refused(counts, name, **COUNT_RULES[constraint])


CASE_RULES = {
    "case_update_fine_mci_range": {"fine_mci": -1},
    "case_update_arrest_days_range": {"arrest_days": 76, "article": "uk_400"},
    "case_update_fine_has_amount": {"fine_mci": None, "fine_kzt": None},
    "case_update_arrest_has_days": {"outcome": "arrest"},
    "case_update_arrest_under_488": {"arrest_days": 16},
}


@pytest.mark.parametrize("constraint", CASE_RULES)
def test_each_rule_of_court_outcomes(reference, constraint):
    add_outcome(make_card("approved"))
    refused(CaseUpdate.objects.all(), constraint, **CASE_RULES[constraint])


def test_nobody_reviews_what_they_added(reference):
    editor = EditorFactory()
    update = add_outcome(make_card("approved"), author=editor, review="pending")
    rows = CaseUpdate.objects.filter(pk=update.pk)
    refused(rows, "case_update_reviewer_is_not_author", reviewer=editor)
    card = make_card("draft")
    Attachment.objects.create(
        card=card, author=editor, kind="image", content_type="x", name="a", size=1, sha256="0"
    )
    refused(Attachment.objects.all(), "attachment_reviewer_is_not_author", reviewer=editor)


def test_a_person_has_one_case_on_a_card_and_a_code(reference):
    card = make_card("approved")
    add_outcome(card)
    add_outcome(card, case_code="A-02")
    with pytest.raises(IntegrityError), transaction.atomic():
        CourtCase.objects.update(case_code="A-01")
    refused(CourtCase.objects.filter(case_code="A-02"), "court_case_has_code", case_code="")


OTHER_RULES = [
    (City, {"pk": "almaty"}, "city_latitude_range", {"latitude": 39}),
    (City, {"pk": "almaty"}, "city_longitude_range", {"longitude": 88}),
    (CityRegion, {}, "city_region_dates", {"valid_to": datetime.date(1900, 1, 1)}),
    (Period, {"pk": "2018"}, "period_months_positive", {"months": 0}),
    (Period, {"pk": "2018"}, "period_dates", {"end": datetime.date(2017, 1, 1)}),
    (Period, {"pk": "2018"}, "period_of_cards_has_dates", {"start": None, "end": None}),
    (Period, {"pk": "2018"}, "period_dates", {"end": None}),
]


@pytest.mark.parametrize(("model", "which", "constraint", "values"), OTHER_RULES)
def test_each_rule_of_places_and_periods(reference, model, which, constraint, values):
    refused(model.objects.filter(**which), constraint, **values)


def test_months_are_known_by_their_first_day(reference):
    Coverage.objects.create(place_id="almaty", month=DAY.replace(day=1), state="full")
    refused(Coverage.objects.all(), "coverage_first_of_month", month=DAY)
    Fact.objects.create(place_id="almaty", month=DAY.replace(day=1))
    refused(Fact.objects.all(), "fact_first_of_month", month=DAY)


def test_what_is_kept_once_is_kept_once(reference):
    NumberSequence.objects.create(year=2018, city_id="almaty")
    Coverage.objects.create(place_id="almaty", month=DAY.replace(day=1), state="full")
    Fact.objects.create(place_id="almaty", month=DAY.replace(day=1))
    for model in (NumberSequence, Coverage, Fact):
        row = model.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_role_is_one_of_four(reference):
    EditorFactory()
    refused(User.objects.all(), "user_role", role="owner")


def test_what_the_history_refers_to_cannot_be_deleted(reference):
    card = make_card("approved")
    with pytest.raises(models.ProtectedError):
        card.delete()
    with pytest.raises(models.ProtectedError):
        card.monitor.delete()
    with pytest.raises(models.ProtectedError):
        City.objects.get(pk="almaty").delete()
    assert Event.objects.filter(card=card).exists()


def test_the_answers_of_the_factories_are_those_of_a_card_that_counts(reference):
    assert set(card_answers()) - {"detained_unknown"} <= {
        field.name for field in Card._meta.get_fields()
    }
    assert make_card("approved").inclusion == "counted"
    assert Law.objects.count() == 2
