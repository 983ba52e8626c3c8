"""The observation card: one row, every question of the paper card a column."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards import vocabularies as v
from cards.models.fields import (
    CodesField,
    alone_constraint,
    choice_constraint,
    codes_constraint,
    range_constraint,
)
from cards.models.reference import LATITUDE, LONGITUDE, City, Form, Topic
from cards.querysets import WRITING, CardQuerySet

#: Statuses in which a card may still be incomplete.
OPEN = (v.Status.DRAFT, v.Status.RETURNED)
COUNT_FIELDS = ("participants", "police")
#: No assembly or police deployment on record comes near; guards against a slipped finger.
MOST_PEOPLE = 10_000_000
#: What the explorer crosses most; PostgreSQL takes 32 columns at most. The rest, asked of few
#: cards (minors among the detained, court cases), is read from the cards themselves.
CROSSED = (
    "status", "inclusion", "date", "city", "monitor", "date_precision", "start_time",
    "duration_minutes", "place_type", "source", "course", "form", "topic", "organiser_type",
    "attributes", "minors_present", "participants", "legal_status", "reason_not_requested",
    "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned", "police", "plain_clothes", "police_actions",
    "warned_before_dispersal", "detained", "in_the_name_of_the_law", "peaceful",
)  # fmt: skip


def choice(label, vocabulary, help_text="", **kwargs):
    """A single answer; "" means not answered yet."""
    length = max(len(code) for code in vocabulary.values)
    return models.CharField(
        label, max_length=length, choices=vocabulary, blank=True, help_text=help_text, **kwargs
    )


def people(label, help_text=""):
    """A number of people; empty means not known, 0 means none."""
    return models.PositiveIntegerField(label, null=True, blank=True, help_text=help_text)


class Card(models.Model):
    """An assembly as observed. Fields in the order of ``cards.sections``; rules in validators."""

    # 1 Identification
    number = models.CharField(_("card number"), max_length=80, null=True, blank=True, unique=True)
    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    date = models.DateField(_("date"), null=True, blank=True)
    date_precision = choice(
        _("how exact is the date"), v.DatePrecision, default=v.DatePrecision.EXACT
    )
    start_time = models.TimeField(_("start"), null=True, blank=True)
    end_time = models.TimeField(
        _("end"), null=True, blank=True, help_text=_("An end before the start is on the next day.")
    )
    end_date = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("Only if the assembly lasted longer than a day."),
    )
    duration_minutes = models.PositiveIntegerField(
        _("duration, minutes"),
        null=True,
        blank=True,
        help_text=_("Computed from start and end; fill in only where the times are not known."),
    )
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    settlement = models.CharField(
        _("village or district"),
        max_length=200,
        blank=True,
        help_text=_("If not the city itself."),
    )
    place = models.CharField(
        _("place"), max_length=300, blank=True, help_text=_("Square, street, building.")
    )
    place_type = choice(_("type of place"), v.PlaceType)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )

    # 2 Source
    source = CodesField(_("sources of information"), vocabulary=v.SourceKind)
    source_links = models.TextField(
        _("links"), blank=True, help_text=_("One address in each line.")
    )
    arrived_at = models.TimeField(_("monitor arrived at"), null=True, blank=True)

    # 3 Assembly
    course = choice(_("how it went"), v.Course)
    peaceful = choice(_("was it peaceful"), v.YesNoUnknown)
    inclusion = choice(_("counted in the statistics"), v.Inclusion)
    inclusion_reason = models.TextField(_("reason for that decision"), blank=True)
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, verbose_name=_("form"))
    form_other = models.CharField(_("other form"), max_length=200, blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"))
    demands = models.TextField(
        _("demands and slogans"), blank=True, help_text=_("As spoken or written.")
    )
    organiser_type = choice(_("organiser"), v.OrganiserType)
    organiser_name = models.CharField(
        _("name of the organisation"),
        max_length=200,
        blank=True,
        help_text=_("An organisation, never a private person."),
    )
    attributes = CodesField(_("what people carried and used"), vocabulary=v.Attribute)
    minors_present = choice(_("were minors present"), v.YesNoUnknown)

    # 4 Numbers: the count in use; every count is kept in Count
    participants = people(
        _("participants, best estimate"), _("Empty means not known, 0 means none seen.")
    )
    participants_low = people(_("at least"))
    participants_high = people(_("at most"))
    participants_basis = choice(_("where the number of participants comes from"), v.CountBasis)

    # 5 Permit
    legal_status = choice(_("permit"), v.LegalStatus)
    reason_not_requested = choice(
        _("why no permit was sought"), v.NoPermitReason, _("As the participants say.")
    )
    refusal_ground = models.TextField(_("ground for refusal"), blank=True)
    application_date = models.DateField(_("date of the application"), null=True, blank=True)
    answer_date = models.DateField(_("date of the answer"), null=True, blank=True)

    # 6 Authorities
    prosecutor_present = choice(_("prosecutor's office: was present"), v.YesNoUnknown)
    prosecutor_warned = choice(_("prosecutor's office: warned"), v.YesNoUnknown)
    akimat_present = choice(_("akimat: was present"), v.YesNoUnknown)
    akimat_warned = choice(_("akimat: warned"), v.YesNoUnknown)
    police_present = choice(_("police: were present"), v.YesNoUnknown)
    police_warned = choice(_("police: warned"), v.YesNoUnknown)
    police = people(
        _("police officers, best estimate"), _("Empty means not known, 0 means none seen.")
    )
    police_low = people(_("at least"))
    police_high = people(_("at most"))
    police_basis = choice(_("where the number of police comes from"), v.CountBasis)
    plain_clothes = choice(_("people in plain clothes"), v.YesNoUnknown)
    police_actions = CodesField(_("what the police did"), vocabulary=v.PoliceAction)
    warned_before_dispersal = choice(_("warning before it was broken up"), v.Applicable)

    # 7 Detentions
    detained = people(_("people detained"), _("0 means that nobody was detained."))
    detained_unknown = models.BooleanField(_("number detained is not known"), default=False)
    detained_minors = people(_("minors among them"))
    detained_before = people(
        _("taken before the assembly"), _("On the way to the assembly or at home.")
    )
    released_without_report = people(_("released without a report"))
    in_the_name_of_the_law = choice(
        _("were the words “In the name of the law” said"),
        v.Applicable,
        _("The police law asks for these words at every detention."),
    )
    injured = people(_("people hurt by officers"))

    # 9 Narrative
    description = models.TextField(
        _("description"), blank=True, help_text=_("What happened, in order. No names of people.")
    )
    report_worthy = models.BooleanField(_("propose as a case box in the report"), default=False)

    # 10 Record
    status = models.CharField(
        _("status"), max_length=10, choices=v.Status, default=v.Status.DRAFT, editable=False
    )
    monitor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cards",
        verbose_name=_("monitor"),
    )
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_cards",
        verbose_name=_("editor"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )
    ref = models.CharField(
        _("identifier at the source"), max_length=100, null=True, blank=True, unique=True
    )
    reconstruction = models.BooleanField(_("reconstructed from published totals"), default=False)
    search_text = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    amended_at = models.DateTimeField(
        _("changed after approval"), null=True, blank=True, editable=False
    )

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        indexes = [
            models.Index(fields=["-date", "-id"], name="card_newest"),
            models.Index(fields=["monitor", "-date", "-id"], name="card_monitor"),
            models.Index(fields=["monitor", "status"], name="card_monitor_status"),
            # SQLite does not weigh that a page is short: it would sort all approved cards for it.
            models.Index(fields=["status", "-date", "-id"], name="card_status_newest"),
            models.Index(fields=["status", "submitted_at", "id"], name="card_queue"),
            models.Index(fields=["status", "inclusion", "city", "date"], name="card_counted"),
            models.Index(fields=["city", "date"], name="card_city_date"),
            # Free cross tables of the counted cards read this and not the cards. It holds every
            # card: SQLite takes no partial index for a condition with parameters.
            models.Index(fields=CROSSED, name="card_crossed"),
        ]
        constraints = [
            *(
                choice_constraint("card", name, vocabulary, blank=True)
                for name, vocabulary in {
                    "date_precision": v.DatePrecision,
                    "place_type": v.PlaceType,
                    "course": v.Course,
                    "peaceful": v.YesNoUnknown,
                    "inclusion": v.Inclusion,
                    "organiser_type": v.OrganiserType,
                    "minors_present": v.YesNoUnknown,
                    "participants_basis": v.CountBasis,
                    "legal_status": v.LegalStatus,
                    "reason_not_requested": v.NoPermitReason,
                    "prosecutor_present": v.YesNoUnknown,
                    "prosecutor_warned": v.YesNoUnknown,
                    "akimat_present": v.YesNoUnknown,
                    "akimat_warned": v.YesNoUnknown,
                    "police_present": v.YesNoUnknown,
                    "police_warned": v.YesNoUnknown,
                    "police_basis": v.CountBasis,
                    "plain_clothes": v.YesNoUnknown,
                    "warned_before_dispersal": v.Applicable,
                    "in_the_name_of_the_law": v.Applicable,
                }.items()
            ),
            choice_constraint("card", "status", v.Status),
            codes_constraint("card", "source", v.SourceKind),
            codes_constraint("card", "attributes", v.Attribute),
            codes_constraint("card", "police_actions", v.PoliceAction),
            alone_constraint("card", "attributes", "none", "not_observed"),
            alone_constraint("card", "police_actions", "none", "not_observed"),
            *(
                range_constraint("card", name, 0, MOST_PEOPLE)
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
            ),
            range_constraint("card", "duration_minutes", 1),
            range_constraint("card", "latitude", *LATITUDE),
            range_constraint("card", "longitude", *LONGITUDE),
            CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="card_coordinates_together",
            ),
            CheckConstraint(
                condition=Q(detained__isnull=True) | Q(detained_unknown=False),
                name="card_detained_known_or_not",
            ),
            # Who wrote a card never approves it.
            CheckConstraint(
                condition=Q(editor__isnull=True)
                | Q(monitor__isnull=True)
                | ~Q(editor=F("monitor")),
                name="card_editor_is_not_monitor",
            ),
            # A duplicate loaded from a file may not say of which card.
            CheckConstraint(
                condition=Q(status=v.Status.DUPLICATE) | Q(duplicate_of__isnull=True),
                name="card_duplicate_of_another",
            ),
            # Prevented assemblies are recorded and never counted.
            CheckConstraint(
                condition=~Q(course=v.Course.PREVENTED) | ~Q(inclusion=v.Inclusion.COUNTED),
                name="card_prevented_never_counted",
            ),
            CheckConstraint(
                condition=Q(inclusion__in=["", v.Inclusion.EXCLUDED])
                | ~Q(peaceful=v.YesNoUnknown.NO)
                | ~Q(inclusion_reason=""),
                name="card_inclusion_has_reason",
            ),
            # Only drafts and returned cards may be incomplete.
            CheckConstraint(
                condition=Q(status__in=OPEN)
                | Q(
                    Q(detained__isnull=False) | Q(detained_unknown=True),
                    number__isnull=False,
                    date__isnull=False,
                    city__isnull=False,
                    form__isnull=False,
                    topic__isnull=False,
                ),
                name="card_complete_references",
            ),
            CheckConstraint(
                condition=Q(status__in=OPEN)
                | ~Q(
                    Q(date_precision="")
                    | Q(place="")
                    | Q(place_type="")
                    | Q(source="")
                    | Q(course="")
                    | Q(peaceful="")
                    | Q(inclusion="")
                    | Q(organiser_type="")
                    | Q(attributes="")
                    | Q(minors_present="")
                    | Q(legal_status="")
                    | Q(prosecutor_present="")
                    | Q(prosecutor_warned="")
                    | Q(akimat_present="")
                    | Q(akimat_warned="")
                    | Q(police_present="")
                    | Q(police_warned="")
                    | Q(plain_clothes="")
                    | Q(police_actions="")
                    | Q(warned_before_dispersal="")
                    | Q(in_the_name_of_the_law="")
                    | Q(description="")
                ),
                name="card_complete_answers",
            ),
        ]

    def __str__(self):
        return self.number or str(_("Draft"))

    def get_absolute_url(self) -> str:
        return reverse("cards:detail", args=[self.uuid])

    @property
    def title(self) -> str:
        """What a person calls the card: number, or what is known of a draft."""
        parts = [self.number, self.city and self.city.label, self.form and self.form.label]
        return ", ".join(part for part in parts if part) or str(_("New card"))

    @property
    def month(self) -> datetime.date | None:
        """First day of the month that the card falls in."""
        return self.date.replace(day=1) if self.date else None

    @property
    def links(self) -> list[str]:
        """The addresses in ``source_links``."""
        return self.source_links.split()

    def was_changed_by(self, user) -> bool:
        """Whether ``user`` wrote any of the answers since the last approval, or any answer of a
        card that this one was merged from."""
        changed = Card.objects.filter(pk=self.pk).changed_by(user).exists()
        return changed or self._was_merged_from_cards_of(user)

    def origins(self) -> set[int]:
        """Keys of the cards that this one was merged from, and of those that they were from."""
        merges = self._meta.get_field("merge").related_model.objects
        found: set[int] = set()
        latest = {self.pk}
        while latest:
            pairs = merges.filter(card__in=latest).values_list("first", "second")
            latest = {pk for pair in pairs for pk in pair} - found
            found |= latest
        return found

    def _was_merged_from_cards_of(self, user) -> bool:
        origins = self.origins()
        wrote = Q(monitor=user) | Q(events__actor=user, events__kind__in=WRITING)
        return bool(origins) and Card.objects.filter(wrote, pk__in=origins).exists()

    @property
    def was_approved(self) -> bool:
        """Whether the card has ever been approved, whatever its status now."""
        return self.events.filter(to_status=v.Status.APPROVED).exists()

    @property
    def is_open(self) -> bool:
        """Whether its author may still edit it."""
        return self.status in OPEN


class NumberSequence(models.Model):
    """The last serial given out for a year and city; numbers are never used again."""

    year = models.PositiveSmallIntegerField()
    city = models.ForeignKey(City, models.PROTECT)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "city"], name="number_sequence_once")
        ]

    def __str__(self):
        return f"{self.year}-{self.city_id}: {self.last}"


class Count(models.Model):
    """One count of people at an assembly. All counts are kept; one of each subject is used."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="counts")
    subject = models.CharField(_("who was counted"), max_length=12, choices=v.CountSubject)
    best = models.PositiveIntegerField(_("best estimate"), null=True, blank=True)
    low = models.PositiveIntegerField(_("at least"), null=True, blank=True)
    high = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=v.CountBasis)
    source = models.CharField(_("source"), max_length=12, choices=v.SourceKind, blank=True)
    counted_at = models.TimeField(_("counted at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    used = models.BooleanField(_("used"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subject", "id"]
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [
            choice_constraint("count", "subject", v.CountSubject),
            choice_constraint("count", "basis", v.CountBasis),
            choice_constraint("count", "source", v.SourceKind, blank=True),
            *(range_constraint("count", name, 0, MOST_PEOPLE) for name in ("best", "low", "high")),
            CheckConstraint(
                condition=Q(low__isnull=True) | Q(best__isnull=True) | Q(low__lte=F("best")),
                name="count_low_best",
            ),
            CheckConstraint(
                condition=Q(high__isnull=True) | Q(best__isnull=True) | Q(high__gte=F("best")),
                name="count_best_high",
            ),
            CheckConstraint(
                condition=Q(best__isnull=False) | Q(low__isnull=False) | Q(high__isnull=False),
                name="count_has_a_number",
            ),
            models.UniqueConstraint(
                fields=["card", "subject"], condition=Q(used=True), name="count_one_used"
            ),
        ]

    def __str__(self):
        return f"{self.get_subject_display()}: {self.best}"
