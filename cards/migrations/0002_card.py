import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import cards.models.attachments
import cards.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_user"),
        ("cards", "0001_reference"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        null=True,
                        unique=True,
                        verbose_name="card number",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifier"
                    ),
                ),
                ("date", models.DateField(blank=True, null=True, verbose_name="date")),
                (
                    "date_precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "Exact day"),
                            ("month", "Only the month is known"),
                            ("unknown_day", "The day is uncertain"),
                        ],
                        default="exact",
                        max_length=11,
                        verbose_name="how exact is the date",
                    ),
                ),
                ("start_time", models.TimeField(blank=True, null=True, verbose_name="start")),
                (
                    "end_time",
                    models.TimeField(
                        blank=True,
                        help_text="An end before the start is on the next day.",
                        null=True,
                        verbose_name="end",
                    ),
                ),
                (
                    "end_date",
                    models.DateField(
                        blank=True,
                        help_text="Only if the assembly lasted longer than a day.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                (
                    "duration_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Computed from start and end; fill in only where the times are not known.",
                        null=True,
                        verbose_name="duration, minutes",
                    ),
                ),
                (
                    "settlement",
                    models.CharField(
                        blank=True,
                        help_text="If not the city itself.",
                        max_length=200,
                        verbose_name="village or district",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        help_text="Square, street, building.",
                        max_length=300,
                        verbose_name="place",
                    ),
                ),
                (
                    "place_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central_square", "Central square"),
                            ("designated_place", "Designated place for assemblies"),
                            ("government_building", "At a government building"),
                            ("court", "At a court"),
                            ("police", "At a police building"),
                            ("enterprise", "At an enterprise"),
                            ("residential", "Residential area"),
                            ("road", "Road"),
                            ("commercial", "Shops, shopping centre, market"),
                            ("other", "Other"),
                            ("unknown", "Not known"),
                        ],
                        max_length=19,
                        verbose_name="type of place",
                    ),
                ),
                (
                    "latitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=5,
                        max_digits=8,
                        null=True,
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        blank=True,
                        decimal_places=5,
                        max_digits=8,
                        null=True,
                        verbose_name="longitude",
                    ),
                ),
                (
                    "source",
                    cards.models.fields.CodesField(
                        blank=True, default=tuple, verbose_name="sources of information"
                    ),
                ),
                (
                    "source_links",
                    models.TextField(
                        blank=True, help_text="One address in each line.", verbose_name="links"
                    ),
                ),
                (
                    "arrived_at",
                    models.TimeField(blank=True, null=True, verbose_name="monitor arrived at"),
                ),
                (
                    "course",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("held", "Held"),
                            ("cut_short", "Cut short: dispersed before people could speak"),
                            ("prevented", "Prevented: people were detained and nobody gathered"),
                        ],
                        max_length=9,
                        verbose_name="how it went",
                    ),
                ),
                (
                    "peaceful",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="was it peaceful",
                    ),
                ),
                (
                    "inclusion",
                    models.CharField(
                        blank=True,
                        choices=[("counted", "Counted"), ("excluded", "Not counted")],
                        max_length=8,
                        verbose_name="counted in the statistics",
                    ),
                ),
                (
                    "inclusion_reason",
                    models.TextField(blank=True, verbose_name="reason for that decision"),
                ),
                (
                    "form_other",
                    models.CharField(blank=True, max_length=200, verbose_name="other form"),
                ),
                (
                    "demands",
                    models.TextField(
                        blank=True,
                        help_text="As spoken or written.",
                        verbose_name="demands and slogans",
                    ),
                ),
                (
                    "organiser_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public_organisation", "Public organisation"),
                            ("political_party", "Political party"),
                            ("trade_union", "Trade union"),
                            ("spontaneous_group", "Spontaneous group of citizens"),
                            ("individual", "Individual"),
                            ("unknown", "Not known"),
                        ],
                        max_length=19,
                        verbose_name="organiser",
                    ),
                ),
                (
                    "organiser_name",
                    models.CharField(
                        blank=True,
                        help_text="An organisation, never a private person.",
                        max_length=200,
                        verbose_name="name of the organisation",
                    ),
                ),
                (
                    "attributes",
                    cards.models.fields.CodesField(
                        blank=True, default=tuple, verbose_name="what people carried and used"
                    ),
                ),
                (
                    "minors_present",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="were minors present",
                    ),
                ),
                (
                    "participants",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty means not known, 0 means none seen.",
                        null=True,
                        verbose_name="participants, best estimate",
                    ),
                ),
                (
                    "participants_low",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at least"),
                ),
                (
                    "participants_high",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at most"),
                ),
                (
                    "participants_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("counted", "Counted"),
                            ("estimated", "Estimated"),
                            ("at_least", "At least this many"),
                            ("up_to", "Up to this many"),
                            ("words", "Told in words (“several dozen”)"),
                            ("official", "Official figure"),
                            ("organiser", "Figure of the organisers"),
                            ("media", "Figure of the media"),
                            ("unknown", "Not known"),
                        ],
                        max_length=9,
                        verbose_name="where the number of participants comes from",
                    ),
                ),
                (
                    "legal_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_requested", "No permit was sought"),
                            ("requested_refused", "Sought and refused"),
                            ("requested_no_answer", "Sought, no answer"),
                            ("requested_other_place", "Sought, another place was offered"),
                            ("sanctioned", "Permitted"),
                            ("notified", "Notified"),
                            ("not_required", "No permit was required"),
                            ("unknown", "Not known"),
                        ],
                        max_length=21,
                        verbose_name="permit",
                    ),
                ),
                (
                    "reason_not_requested",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("principled_refusal", "Refuse on principle to ask"),
                            ("no_point_will_be_refused", "No point: it would be refused"),
                            ("did_not_know", "Did not know that a permit is needed"),
                            ("spontaneous", "Spontaneous, no time to ask"),
                            ("unknown", "Not known"),
                        ],
                        help_text="As the participants say.",
                        max_length=24,
                        verbose_name="why no permit was sought",
                    ),
                ),
                ("refusal_ground", models.TextField(blank=True, verbose_name="ground for refusal")),
                (
                    "application_date",
                    models.DateField(blank=True, null=True, verbose_name="date of the application"),
                ),
                (
                    "answer_date",
                    models.DateField(blank=True, null=True, verbose_name="date of the answer"),
                ),
                (
                    "prosecutor_present",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="prosecutor's office: was present",
                    ),
                ),
                (
                    "prosecutor_warned",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="prosecutor's office: warned",
                    ),
                ),
                (
                    "akimat_present",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="akimat: was present",
                    ),
                ),
                (
                    "akimat_warned",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="akimat: warned",
                    ),
                ),
                (
                    "police_present",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="police: were present",
                    ),
                ),
                (
                    "police_warned",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="police: warned",
                    ),
                ),
                (
                    "police",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty means not known, 0 means none seen.",
                        null=True,
                        verbose_name="police officers, best estimate",
                    ),
                ),
                (
                    "police_low",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at least"),
                ),
                (
                    "police_high",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at most"),
                ),
                (
                    "police_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("counted", "Counted"),
                            ("estimated", "Estimated"),
                            ("at_least", "At least this many"),
                            ("up_to", "Up to this many"),
                            ("words", "Told in words (“several dozen”)"),
                            ("official", "Official figure"),
                            ("organiser", "Figure of the organisers"),
                            ("media", "Figure of the media"),
                            ("unknown", "Not known"),
                        ],
                        max_length=9,
                        verbose_name="where the number of police comes from",
                    ),
                ),
                (
                    "plain_clothes",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="people in plain clothes",
                    ),
                ),
                (
                    "police_actions",
                    cards.models.fields.CodesField(
                        blank=True, default=tuple, verbose_name="what the police did"
                    ),
                ),
                (
                    "warned_before_dispersal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("not_applicable", "Not applicable"),
                            ("unknown", "Not known"),
                        ],
                        max_length=14,
                        verbose_name="warning before it was broken up",
                    ),
                ),
                (
                    "detained",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="0 means that nobody was detained.",
                        null=True,
                        verbose_name="people detained",
                    ),
                ),
                (
                    "detained_unknown",
                    models.BooleanField(default=False, verbose_name="number detained is not known"),
                ),
                (
                    "detained_minors",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minors among them"
                    ),
                ),
                (
                    "detained_before",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="On the way to the assembly or at home.",
                        null=True,
                        verbose_name="taken before the assembly",
                    ),
                ),
                (
                    "released_without_report",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="released without a report"
                    ),
                ),
                (
                    "in_the_name_of_the_law",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("not_applicable", "Not applicable"),
                            ("unknown", "Not known"),
                        ],
                        help_text="The police law asks for these words at every detention.",
                        max_length=14,
                        verbose_name="were the words “In the name of the law” said",
                    ),
                ),
                (
                    "injured",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="people hurt by officers"
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="What happened, in order. No names of people.",
                        verbose_name="description",
                    ),
                ),
                (
                    "report_worthy",
                    models.BooleanField(
                        default=False, verbose_name="propose as a case box in the report"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("duplicate", "Duplicate"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "ref",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        null=True,
                        unique=True,
                        verbose_name="identifier at the source",
                    ),
                ),
                (
                    "reconstruction",
                    models.BooleanField(
                        default=False, verbose_name="reconstructed from published totals"
                    ),
                ),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "submitted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="submitted"
                    ),
                ),
                (
                    "approved_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="approved"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="cards.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="cards.card",
                        verbose_name="duplicate of",
                    ),
                ),
                (
                    "editor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approved_cards",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="editor",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="cards.form",
                        verbose_name="form",
                    ),
                ),
                (
                    "monitor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="monitor",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="cards.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "card",
                "verbose_name_plural": "cards",
                "ordering": ["-date", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("date_precision__in", ["", "exact", "month", "unknown_day"])
                        ),
                        name="card_date_precision_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "place_type__in",
                                [
                                    "",
                                    "central_square",
                                    "designated_place",
                                    "government_building",
                                    "court",
                                    "police",
                                    "enterprise",
                                    "residential",
                                    "road",
                                    "commercial",
                                    "other",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_place_type_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("course__in", ["", "held", "cut_short", "prevented"])),
                        name="card_course_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("peaceful__in", ["", "yes", "no", "unknown"])),
                        name="card_peaceful_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("inclusion__in", ["", "counted", "excluded"])),
                        name="card_inclusion_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "organiser_type__in",
                                [
                                    "",
                                    "public_organisation",
                                    "political_party",
                                    "trade_union",
                                    "spontaneous_group",
                                    "individual",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_organiser_type_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minors_present__in", ["", "yes", "no", "unknown"])),
                        name="card_minors_present_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "participants_basis__in",
                                [
                                    "",
                                    "counted",
                                    "estimated",
                                    "at_least",
                                    "up_to",
                                    "words",
                                    "official",
                                    "organiser",
                                    "media",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_participants_basis_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "legal_status__in",
                                [
                                    "",
                                    "not_requested",
                                    "requested_refused",
                                    "requested_no_answer",
                                    "requested_other_place",
                                    "sanctioned",
                                    "notified",
                                    "not_required",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_legal_status_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason_not_requested__in",
                                [
                                    "",
                                    "principled_refusal",
                                    "no_point_will_be_refused",
                                    "did_not_know",
                                    "spontaneous",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_reason_not_requested_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("prosecutor_present__in", ["", "yes", "no", "unknown"])
                        ),
                        name="card_prosecutor_present_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("prosecutor_warned__in", ["", "yes", "no", "unknown"])),
                        name="card_prosecutor_warned_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("akimat_present__in", ["", "yes", "no", "unknown"])),
                        name="card_akimat_present_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("akimat_warned__in", ["", "yes", "no", "unknown"])),
                        name="card_akimat_warned_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("police_present__in", ["", "yes", "no", "unknown"])),
                        name="card_police_present_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("police_warned__in", ["", "yes", "no", "unknown"])),
                        name="card_police_warned_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "police_basis__in",
                                [
                                    "",
                                    "counted",
                                    "estimated",
                                    "at_least",
                                    "up_to",
                                    "words",
                                    "official",
                                    "organiser",
                                    "media",
                                    "unknown",
                                ],
                            )
                        ),
                        name="card_police_basis_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plain_clothes__in", ["", "yes", "no", "unknown"])),
                        name="card_plain_clothes_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "warned_before_dispersal__in",
                                ["", "yes", "no", "not_applicable", "unknown"],
                            )
                        ),
                        name="card_warned_before_dispersal_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "in_the_name_of_the_law__in",
                                ["", "yes", "no", "not_applicable", "unknown"],
                            )
                        ),
                        name="card_in_the_name_of_the_law_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "submitted",
                                    "returned",
                                    "approved",
                                    "rejected",
                                    "duplicate",
                                ],
                            )
                        ),
                        name="card_status_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source", ""),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        models.F("source"),
                                                        models.Value(";direct;"),
                                                        models.Value(";"),
                                                        output_field=models.TextField(),
                                                    ),
                                                    models.Value(";participant;"),
                                                    models.Value(";"),
                                                    output_field=models.TextField(),
                                                ),
                                                models.Value(";media;"),
                                                models.Value(";"),
                                                output_field=models.TextField(),
                                            ),
                                            models.Value(";social_media;"),
                                            models.Value(";"),
                                            output_field=models.TextField(),
                                        ),
                                        models.Value(";official;"),
                                        models.Value(";"),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(";court_record;"),
                                    models.Value(";"),
                                    output_field=models.TextField(),
                                ),
                                models.Value(";"),
                            ),
                            _connector="OR",
                        ),
                        name="card_source_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attributes", ""),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        django.db.models.functions.text.Replace(
                                                            django.db.models.functions.text.Replace(
                                                                django.db.models.functions.text.Replace(
                                                                    django.db.models.functions.text.Replace(
                                                                        django.db.models.functions.text.Replace(
                                                                            django.db.models.functions.text.Replace(
                                                                                models.F(
                                                                                    "attributes"
                                                                                ),
                                                                                models.Value(
                                                                                    ";placards;"
                                                                                ),
                                                                                models.Value(";"),
                                                                                output_field=models.TextField(),
                                                                            ),
                                                                            models.Value(
                                                                                ";banners;"
                                                                            ),
                                                                            models.Value(";"),
                                                                            output_field=models.TextField(),
                                                                        ),
                                                                        models.Value(";leaflets;"),
                                                                        models.Value(";"),
                                                                        output_field=models.TextField(),
                                                                    ),
                                                                    models.Value(";symbols;"),
                                                                    models.Value(";"),
                                                                    output_field=models.TextField(),
                                                                ),
                                                                models.Value(";chants;"),
                                                                models.Value(";"),
                                                                output_field=models.TextField(),
                                                            ),
                                                            models.Value(";speeches;"),
                                                            models.Value(";"),
                                                            output_field=models.TextField(),
                                                        ),
                                                        models.Value(";loudspeaker;"),
                                                        models.Value(";"),
                                                        output_field=models.TextField(),
                                                    ),
                                                    models.Value(";balloons;"),
                                                    models.Value(";"),
                                                    output_field=models.TextField(),
                                                ),
                                                models.Value(";clothing;"),
                                                models.Value(";"),
                                                output_field=models.TextField(),
                                            ),
                                            models.Value(";other;"),
                                            models.Value(";"),
                                            output_field=models.TextField(),
                                        ),
                                        models.Value(";none;"),
                                        models.Value(";"),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(";not_observed;"),
                                    models.Value(";"),
                                    output_field=models.TextField(),
                                ),
                                models.Value(";"),
                            ),
                            _connector="OR",
                        ),
                        name="card_attributes_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("police_actions", ""),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        django.db.models.functions.text.Replace(
                                                            django.db.models.functions.text.Replace(
                                                                django.db.models.functions.text.Replace(
                                                                    django.db.models.functions.text.Replace(
                                                                        django.db.models.functions.text.Replace(
                                                                            models.F(
                                                                                "police_actions"
                                                                            ),
                                                                            models.Value(
                                                                                ";observed;"
                                                                            ),
                                                                            models.Value(";"),
                                                                            output_field=models.TextField(),
                                                                        ),
                                                                        models.Value(";filmed;"),
                                                                        models.Value(";"),
                                                                        output_field=models.TextField(),
                                                                    ),
                                                                    models.Value(
                                                                        ";identity_checks;"
                                                                    ),
                                                                    models.Value(";"),
                                                                    output_field=models.TextField(),
                                                                ),
                                                                models.Value(";demanded_to_stop;"),
                                                                models.Value(";"),
                                                                output_field=models.TextField(),
                                                            ),
                                                            models.Value(";blocked_access;"),
                                                            models.Value(";"),
                                                            output_field=models.TextField(),
                                                        ),
                                                        models.Value(";confiscated;"),
                                                        models.Value(";"),
                                                        output_field=models.TextField(),
                                                    ),
                                                    models.Value(";dispersed;"),
                                                    models.Value(";"),
                                                    output_field=models.TextField(),
                                                ),
                                                models.Value(";force;"),
                                                models.Value(";"),
                                                output_field=models.TextField(),
                                            ),
                                            models.Value(";detained;"),
                                            models.Value(";"),
                                            output_field=models.TextField(),
                                        ),
                                        models.Value(";none;"),
                                        models.Value(";"),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(";not_observed;"),
                                    models.Value(";"),
                                    output_field=models.TextField(),
                                ),
                                models.Value(";"),
                            ),
                            _connector="OR",
                        ),
                        name="card_police_actions_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("attributes__contains", ";none;"), _negated=True),
                                ("attributes", ";none;"),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("attributes__contains", ";not_observed;"), _negated=True),
                                ("attributes", ";not_observed;"),
                                _connector="OR",
                            ),
                        ),
                        name="card_attributes_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("police_actions__contains", ";none;"), _negated=True),
                                ("police_actions", ";none;"),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(
                                    ("police_actions__contains", ";not_observed;"), _negated=True
                                ),
                                ("police_actions", ";not_observed;"),
                                _connector="OR",
                            ),
                        ),
                        name="card_police_actions_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("participants__isnull", True),
                            models.Q(("participants__gte", 0), ("participants__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_participants_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("participants_low__isnull", True),
                            models.Q(
                                ("participants_low__gte", 0), ("participants_low__lte", 10000000)
                            ),
                            _connector="OR",
                        ),
                        name="card_participants_low_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("participants_high__isnull", True),
                            models.Q(
                                ("participants_high__gte", 0), ("participants_high__lte", 10000000)
                            ),
                            _connector="OR",
                        ),
                        name="card_participants_high_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("police__isnull", True),
                            models.Q(("police__gte", 0), ("police__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_police_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("police_low__isnull", True),
                            models.Q(("police_low__gte", 0), ("police_low__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_police_low_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("police_high__isnull", True),
                            models.Q(("police_high__gte", 0), ("police_high__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_police_high_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("detained__isnull", True),
                            models.Q(("detained__gte", 0), ("detained__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_detained_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("detained_minors__isnull", True),
                            models.Q(
                                ("detained_minors__gte", 0), ("detained_minors__lte", 10000000)
                            ),
                            _connector="OR",
                        ),
                        name="card_detained_minors_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("detained_before__isnull", True),
                            models.Q(
                                ("detained_before__gte", 0), ("detained_before__lte", 10000000)
                            ),
                            _connector="OR",
                        ),
                        name="card_detained_before_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_without_report__isnull", True),
                            models.Q(
                                ("released_without_report__gte", 0),
                                ("released_without_report__lte", 10000000),
                            ),
                            _connector="OR",
                        ),
                        name="card_released_without_report_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("injured__isnull", True),
                            models.Q(("injured__gte", 0), ("injured__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="card_injured_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duration_minutes__isnull", True),
                            ("duration_minutes__gte", 1),
                            _connector="OR",
                        ),
                        name="card_duration_minutes_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__isnull", True),
                            models.Q(("latitude__gte", 40.5), ("latitude__lte", 55.5)),
                            _connector="OR",
                        ),
                        name="card_latitude_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longitude__isnull", True),
                            models.Q(("longitude__gte", 46.4), ("longitude__lte", 87.4)),
                            _connector="OR",
                        ),
                        name="card_longitude_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_coordinates_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("detained__isnull", True), ("detained_unknown", False), _connector="OR"
                        ),
                        name="card_detained_known_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("editor__isnull", True),
                            ("monitor__isnull", True),
                            models.Q(("editor", models.F("monitor")), _negated=True),
                            _connector="OR",
                        ),
                        name="card_editor_is_not_monitor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "duplicate"), ("duplicate_of__isnull", True), _connector="OR"
                        ),
                        name="card_duplicate_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("course", "prevented"), _negated=True),
                            models.Q(("inclusion", "counted"), _negated=True),
                            _connector="OR",
                        ),
                        name="card_prevented_never_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("inclusion__in", ["", "excluded"]),
                            models.Q(("peaceful", "no"), _negated=True),
                            models.Q(("inclusion_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="card_inclusion_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("draft", "returned")),
                            models.Q(
                                models.Q(
                                    ("detained__isnull", False),
                                    ("detained_unknown", True),
                                    _connector="OR",
                                ),
                                ("city__isnull", False),
                                ("date__isnull", False),
                                ("form__isnull", False),
                                ("number__isnull", False),
                                ("topic__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="card_complete_references",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("draft", "returned")),
                            models.Q(
                                models.Q(
                                    ("date_precision", ""),
                                    ("place", ""),
                                    ("place_type", ""),
                                    ("source", ""),
                                    ("course", ""),
                                    ("peaceful", ""),
                                    ("inclusion", ""),
                                    ("organiser_type", ""),
                                    ("attributes", ""),
                                    ("minors_present", ""),
                                    ("legal_status", ""),
                                    ("prosecutor_present", ""),
                                    ("prosecutor_warned", ""),
                                    ("akimat_present", ""),
                                    ("akimat_warned", ""),
                                    ("police_present", ""),
                                    ("police_warned", ""),
                                    ("plain_clothes", ""),
                                    ("police_actions", ""),
                                    ("warned_before_dispersal", ""),
                                    ("in_the_name_of_the_law", ""),
                                    ("description", ""),
                                    _connector="OR",
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="card_complete_answers",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["-date", "-id"], name="card_newest"),
                    models.Index(fields=["monitor", "-date", "-id"], name="card_monitor"),
                    models.Index(fields=["status", "submitted_at", "id"], name="card_queue"),
                    models.Index(
                        fields=["status", "inclusion", "city", "date"], name="card_counted"
                    ),
                    models.Index(fields=["city", "date"], name="card_city_date"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSequence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "city",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cards.city"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("year", "city"), name="number_sequence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[
                            ("pending", "Awaits review"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                        ],
                        default="pending",
                        editable=False,
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                (
                    "review_reason",
                    models.TextField(blank=True, editable=False, verbose_name="reason"),
                ),
                ("reviewed_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("image", "Photograph"),
                            ("video", "Video"),
                            ("document", "Document"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("original", models.FileField(upload_to=cards.models.attachments.storage_path)),
                (
                    "clean",
                    models.FileField(blank=True, upload_to=cards.models.attachments.clean_path),
                ),
                ("content_type", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                (
                    "author",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("review__in", ["pending", "approved", "rejected"])),
                        name="attachment_review_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer__isnull", True),
                            ("author__isnull", True),
                            models.Q(("reviewer", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="attachment_reviewer_is_not_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["image", "video", "document"])),
                        name="attachment_kind_vocabulary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[("participants", "Participants"), ("police", "Police officers")],
                        max_length=12,
                        verbose_name="who was counted",
                    ),
                ),
                (
                    "best",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="best estimate"
                    ),
                ),
                (
                    "low",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at least"),
                ),
                (
                    "high",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="at most"),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("counted", "Counted"),
                            ("estimated", "Estimated"),
                            ("at_least", "At least this many"),
                            ("up_to", "Up to this many"),
                            ("words", "Told in words (“several dozen”)"),
                            ("official", "Official figure"),
                            ("organiser", "Figure of the organisers"),
                            ("media", "Figure of the media"),
                            ("unknown", "Not known"),
                        ],
                        max_length=10,
                        verbose_name="basis",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("direct", "The monitor was there"),
                            ("participant", "Participants"),
                            ("media", "Media"),
                            ("social_media", "Social networks"),
                            ("official", "Official sources"),
                            ("court_record", "Court records"),
                        ],
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                ("counted_at", models.TimeField(blank=True, null=True, verbose_name="counted at")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("used", models.BooleanField(default=False, verbose_name="used")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "verbose_name": "count",
                "verbose_name_plural": "counts",
                "ordering": ["subject", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ["participants", "police"])),
                        name="count_subject_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "basis__in",
                                [
                                    "counted",
                                    "estimated",
                                    "at_least",
                                    "up_to",
                                    "words",
                                    "official",
                                    "organiser",
                                    "media",
                                    "unknown",
                                ],
                            )
                        ),
                        name="count_basis_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "",
                                    "direct",
                                    "participant",
                                    "media",
                                    "social_media",
                                    "official",
                                    "court_record",
                                ],
                            )
                        ),
                        name="count_source_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("best__isnull", True),
                            models.Q(("best__gte", 0), ("best__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="count_best_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("low__isnull", True),
                            models.Q(("low__gte", 0), ("low__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="count_low_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("high__isnull", True),
                            models.Q(("high__gte", 0), ("high__lte", 10000000)),
                            _connector="OR",
                        ),
                        name="count_high_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("low__isnull", True),
                            ("best__isnull", True),
                            ("low__lte", models.F("best")),
                            _connector="OR",
                        ),
                        name="count_low_best",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("high__isnull", True),
                            ("best__isnull", True),
                            ("high__gte", models.F("best")),
                            _connector="OR",
                        ),
                        name="count_best_high",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("best__isnull", False),
                            ("low__isnull", False),
                            ("high__isnull", False),
                            _connector="OR",
                        ),
                        name="count_has_a_number",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("used", True)),
                        fields=("card", "subject"),
                        name="count_one_used",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourtCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_code", models.CharField(max_length=40, verbose_name="person code")),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "verbose_name": "court case",
                "verbose_name_plural": "court cases",
                "ordering": ["card_id", "case_code"],
                "constraints": [
                    models.UniqueConstraint(fields=("card", "case_code"), name="court_case_once"),
                    models.CheckConstraint(
                        condition=models.Q(("case_code", ""), _negated=True),
                        name="court_case_has_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Card begun"),
                            ("edited", "Answers changed"),
                            ("status", "Status changed"),
                            ("count", "Count added"),
                            ("count_used", "Another count chosen"),
                            ("inclusion", "Inclusion decided"),
                            ("outcome", "Court outcome added"),
                            ("outcome_review", "Court outcome reviewed"),
                            ("attachment", "Attachment added"),
                            ("attachment_review", "Attachment reviewed"),
                            ("imported", "Loaded from a file"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                ("reason", models.TextField(blank=True, verbose_name="why")),
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("duplicate", "Duplicate"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("duplicate", "Duplicate"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("changes", models.JSONField(default=dict, verbose_name="changes")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "history",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "created",
                                    "edited",
                                    "status",
                                    "count",
                                    "count_used",
                                    "inclusion",
                                    "outcome",
                                    "outcome_review",
                                    "attachment",
                                    "attachment_review",
                                    "imported",
                                ],
                            )
                        ),
                        name="event_kind_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "from_status__in",
                                [
                                    "",
                                    "draft",
                                    "submitted",
                                    "returned",
                                    "approved",
                                    "rejected",
                                    "duplicate",
                                ],
                            )
                        ),
                        name="event_from_status_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "to_status__in",
                                [
                                    "",
                                    "draft",
                                    "submitted",
                                    "returned",
                                    "approved",
                                    "rejected",
                                    "duplicate",
                                ],
                            )
                        ),
                        name="event_to_status_vocabulary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[
                            ("pending", "Awaits review"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                        ],
                        default="pending",
                        editable=False,
                        max_length=10,
                        verbose_name="review",
                    ),
                ),
                (
                    "review_reason",
                    models.TextField(blank=True, editable=False, verbose_name="reason"),
                ),
                ("reviewed_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "decided_on",
                    models.DateField(blank=True, null=True, verbose_name="date of the decision"),
                ),
                ("court", models.CharField(blank=True, max_length=200, verbose_name="court")),
                (
                    "article",
                    models.CharField(
                        choices=[
                            (
                                "koap_488",
                                "Art. 488 of the Code on Administrative Offences: assemblies",
                            ),
                            (
                                "koap_434",
                                "Art. 434 of the Code on Administrative Offences: hooliganism",
                            ),
                            (
                                "koap_667",
                                "Art. 667 of the Code on Administrative Offences: disobedience",
                            ),
                            (
                                "koap_other",
                                "Another article of the Code on Administrative Offences",
                            ),
                            ("uk_400", "Art. 400 of the Criminal Code: unlawful assemblies"),
                            ("uk_other", "Another article of the Criminal Code"),
                        ],
                        max_length=10,
                        verbose_name="article",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("warning", "Warning"),
                            ("fine", "Fine"),
                            ("arrest", "Arrest"),
                            ("community_work", "Community work"),
                            ("restriction", "Restriction of liberty"),
                            ("imprisonment", "Imprisonment"),
                            ("terminated", "Case closed"),
                            ("acquitted", "Acquitted"),
                        ],
                        max_length=14,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "fine_mci",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=8,
                        null=True,
                        verbose_name="fine, monthly calculation indices",
                    ),
                ),
                (
                    "fine_kzt",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="fine, tenge"),
                ),
                (
                    "arrest_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="arrest, days"
                    ),
                ),
                (
                    "observed_by_monitor",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                        max_length=7,
                        verbose_name="trial observed by a monitor",
                    ),
                ),
                (
                    "appeal",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("pending", "Pending"),
                            ("upheld", "Decision upheld"),
                            ("changed", "Decision changed"),
                            ("overturned", "Decision overturned"),
                            ("unknown", "Not known"),
                        ],
                        max_length=10,
                        verbose_name="appeal",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="updates",
                        to="cards.courtcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "court outcome",
                "verbose_name_plural": "court outcomes",
                "ordering": [
                    "case_id",
                    models.OrderBy(models.F("decided_on"), nulls_first=True),
                    "id",
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("review__in", ["pending", "approved", "rejected"])),
                        name="case_update_review_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer__isnull", True),
                            ("author__isnull", True),
                            models.Q(("reviewer", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="case_update_reviewer_is_not_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "article__in",
                                [
                                    "koap_488",
                                    "koap_434",
                                    "koap_667",
                                    "koap_other",
                                    "uk_400",
                                    "uk_other",
                                ],
                            )
                        ),
                        name="case_update_article_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "pending",
                                    "warning",
                                    "fine",
                                    "arrest",
                                    "community_work",
                                    "restriction",
                                    "imprisonment",
                                    "terminated",
                                    "acquitted",
                                ],
                            )
                        ),
                        name="case_update_outcome_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("observed_by_monitor__in", ["yes", "no", "unknown"])),
                        name="case_update_observed_by_monitor_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "appeal__in",
                                ["none", "pending", "upheld", "changed", "overturned", "unknown"],
                            )
                        ),
                        name="case_update_appeal_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fine_mci__isnull", True), ("fine_mci__gte", 0), _connector="OR"
                        ),
                        name="case_update_fine_mci_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("arrest_days__isnull", True),
                            models.Q(("arrest_days__gte", 1), ("arrest_days__lte", 75)),
                            _connector="OR",
                        ),
                        name="case_update_arrest_days_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "fine"), _negated=True),
                            ("fine_mci__isnull", False),
                            ("fine_kzt__isnull", False),
                            _connector="OR",
                        ),
                        name="case_update_fine_has_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "arrest"), _negated=True),
                            ("arrest_days__isnull", False),
                            _connector="OR",
                        ),
                        name="case_update_arrest_has_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("article", "koap_488"), _negated=True),
                            ("arrest_days__isnull", True),
                            ("arrest_days__lte", 15),
                            _connector="OR",
                        ),
                        name="case_update_arrest_under_488",
                    ),
                ],
            },
        ),
    ]
