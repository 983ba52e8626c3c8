import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import cards.models.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Form",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
            ],
            options={
                "verbose_name": "form",
                "verbose_name_plural": "forms",
                "ordering": ["order", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
            ],
            options={
                "verbose_name": "reporting place",
                "verbose_name_plural": "reporting places",
                "ordering": ["order", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TopicGroup",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
            ],
            options={
                "verbose_name": "group of topics",
                "verbose_name_plural": "groups of topics",
                "ordering": ["order", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Law",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
                ("in_force_from", models.DateField(unique=True, verbose_name="in force from")),
                (
                    "sanctioned_statuses",
                    cards.models.fields.CodesField(
                        blank=True, default=tuple, verbose_name="counts as sanctioned"
                    ),
                ),
                (
                    "excluded_statuses",
                    cards.models.fields.CodesField(
                        blank=True, default=tuple, verbose_name="left out of the index"
                    ),
                ),
            ],
            options={
                "verbose_name": "law",
                "verbose_name_plural": "laws",
                "ordering": ["in_force_from"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sanctioned_statuses", ""),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        django.db.models.functions.text.Replace(
                                                            django.db.models.functions.text.Replace(
                                                                models.F("sanctioned_statuses"),
                                                                models.Value(";not_requested;"),
                                                                models.Value(";"),
                                                                output_field=models.TextField(),
                                                            ),
                                                            models.Value(";requested_refused;"),
                                                            models.Value(";"),
                                                            output_field=models.TextField(),
                                                        ),
                                                        models.Value(";requested_no_answer;"),
                                                        models.Value(";"),
                                                        output_field=models.TextField(),
                                                    ),
                                                    models.Value(";requested_other_place;"),
                                                    models.Value(";"),
                                                    output_field=models.TextField(),
                                                ),
                                                models.Value(";sanctioned;"),
                                                models.Value(";"),
                                                output_field=models.TextField(),
                                            ),
                                            models.Value(";notified;"),
                                            models.Value(";"),
                                            output_field=models.TextField(),
                                        ),
                                        models.Value(";not_required;"),
                                        models.Value(";"),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(";unknown;"),
                                    models.Value(";"),
                                    output_field=models.TextField(),
                                ),
                                models.Value(";"),
                            ),
                            _connector="OR",
                        ),
                        name="law_sanctioned_statuses_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excluded_statuses", ""),
                            django.db.models.lookups.Exact(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        django.db.models.functions.text.Replace(
                                                            django.db.models.functions.text.Replace(
                                                                models.F("excluded_statuses"),
                                                                models.Value(";not_requested;"),
                                                                models.Value(";"),
                                                                output_field=models.TextField(),
                                                            ),
                                                            models.Value(";requested_refused;"),
                                                            models.Value(";"),
                                                            output_field=models.TextField(),
                                                        ),
                                                        models.Value(";requested_no_answer;"),
                                                        models.Value(";"),
                                                        output_field=models.TextField(),
                                                    ),
                                                    models.Value(";requested_other_place;"),
                                                    models.Value(";"),
                                                    output_field=models.TextField(),
                                                ),
                                                models.Value(";sanctioned;"),
                                                models.Value(";"),
                                                output_field=models.TextField(),
                                            ),
                                            models.Value(";notified;"),
                                            models.Value(";"),
                                            output_field=models.TextField(),
                                        ),
                                        models.Value(";not_required;"),
                                        models.Value(";"),
                                        output_field=models.TextField(),
                                    ),
                                    models.Value(";unknown;"),
                                    models.Value(";"),
                                    output_field=models.TextField(),
                                ),
                                models.Value(";"),
                            ),
                            _connector="OR",
                        ),
                        name="law_excluded_statuses_vocabulary",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=20, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("name_ru", models.CharField(max_length=100, verbose_name="name in Russian")),
                ("name_kk", models.CharField(max_length=100, verbose_name="name in Kazakh")),
                ("name_en", models.CharField(max_length=100, verbose_name="name in English")),
                ("start", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("end", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "months",
                    models.DecimalField(decimal_places=1, max_digits=4, verbose_name="months"),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("cards", "Computed from cards"),
                            ("published", "Taken from earlier reports"),
                        ],
                        max_length=10,
                        verbose_name="basis",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(unique=True, verbose_name="order")),
            ],
            options={
                "verbose_name": "period",
                "verbose_name_plural": "periods",
                "ordering": ["order"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["cards", "published"])),
                        name="period_basis_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__gt", 0)), name="period_months_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end__isnull", True), ("start__isnull", True)),
                            models.Q(
                                ("end__gte", models.F("start")),
                                ("end__isnull", False),
                                ("start__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="period_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("basis", "published"), ("start__isnull", False), _connector="OR"
                        ),
                        name="period_of_cards_has_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="exists from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="exists until")),
                (
                    "predecessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="cards.region",
                        verbose_name="split off from, or renamed from",
                    ),
                ),
            ],
            options={
                "verbose_name": "region",
                "verbose_name_plural": "regions",
                "ordering": ["order", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
                ("kato", models.CharField(blank=True, max_length=9, verbose_name="KATO")),
                (
                    "latitude",
                    models.DecimalField(
                        decimal_places=5, max_digits=8, null=True, verbose_name="latitude"
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        decimal_places=5, max_digits=8, null=True, verbose_name="longitude"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="Asia/Almaty", max_length=40, verbose_name="time zone"
                    ),
                ),
                ("aliases", models.TextField(blank=True, verbose_name="other names")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cities",
                        to="cards.place",
                        verbose_name="reporting place",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cities",
                        to="cards.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "city",
                "verbose_name_plural": "cities",
                "ordering": ["order", "code"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__isnull", True),
                            models.Q(("latitude__gte", 40.5), ("latitude__lte", 55.5)),
                            _connector="OR",
                        ),
                        name="city_latitude_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longitude__isnull", True),
                            models.Q(("longitude__gte", 46.4), ("longitude__lte", 87.4)),
                            _connector="OR",
                        ),
                        name="city_longitude_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "code",
                    models.SlugField(
                        max_length=60, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("label_ru", models.CharField(max_length=200, verbose_name="name in Russian")),
                ("label_kk", models.CharField(max_length=200, verbose_name="name in Kazakh")),
                ("label_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("active", models.BooleanField(default=True, verbose_name="offered in new cards")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="cards.topicgroup",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["order", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "month",
                    models.DateField(help_text="First day of the month.", verbose_name="month"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("full", "Monitored all month"),
                            ("partly", "Monitored part of the month"),
                            ("none", "Not monitored"),
                        ],
                        max_length=10,
                        verbose_name="monitored",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverage",
                        to="cards.place",
                    ),
                ),
            ],
            options={
                "verbose_name": "coverage",
                "verbose_name_plural": "coverage register",
                "ordering": ["month", "place_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "month"), name="coverage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["full", "partly", "none"])),
                        name="coverage_state_vocabulary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="coverage_first_of_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CityRegion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="region_history",
                        to="cards.city",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.region",
                    ),
                ),
            ],
            options={
                "ordering": ["city_id", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("city", "valid_from"), name="city_region_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="city_region_dates",
                    ),
                ],
            },
        ),
    ]
