import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0002_card"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("counts", models.JSONField(default=dict)),
                ("sums", models.JSONField(default=dict)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.place",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "constraints": [
                    models.UniqueConstraint(fields=("month", "place"), name="fact_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="fact_first_of_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.CharField(
                        help_text="The year of the report.", max_length=20, verbose_name="report"
                    ),
                ),
                ("table", models.CharField(max_length=20, verbose_name="table")),
                ("period_label", models.CharField(max_length=40, verbose_name="period as printed")),
                ("row", models.CharField(max_length=120, verbose_name="row")),
                ("column", models.CharField(max_length=60, verbose_name="column")),
                ("unit", models.CharField(max_length=40, verbose_name="unit")),
                ("printed", models.CharField(max_length=60, verbose_name="as printed")),
                ("value", models.FloatField(blank=True, null=True, verbose_name="as a number")),
                ("order", models.PositiveIntegerField(default=0)),
                (
                    "period",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="cards.period",
                        verbose_name="period",
                    ),
                ),
            ],
            options={
                "verbose_name": "published figure",
                "verbose_name_plural": "published figures",
                "ordering": ["edition", "order"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "table", "period_label", "row", "column"),
                        name="published_once",
                    )
                ],
            },
        ),
    ]
