import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = ("facts_changed_insert", "facts_changed_update", "facts_changed_delete")


def nothing(apps, schema_editor):
    """The rows are made when every migration is through, with the triggers that guard them."""


def remove_triggers(apps, schema_editor):
    """They write to the tables that go."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for name in TRIGGERS:
        on = " ON reports_fact" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS zhinalys_facts_changed()")


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0012_card_crossed"),
        ("reports", "0004_printed_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthRatios",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("ratios", models.BinaryField(default=b"")),
                ("current", models.BooleanField(default=False)),
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
                "verbose_name": "ratios of a month",
                "verbose_name_plural": "ratios of months",
                "constraints": [
                    models.UniqueConstraint(fields=("month", "place"), name="month_ratios_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="YearFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("often", models.JSONField(default=dict)),
                ("rest", models.JSONField(default=dict)),
                ("current", models.BooleanField(default=False)),
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
                "verbose_name": "fact of a year",
                "verbose_name_plural": "facts of years",
                "constraints": [
                    models.UniqueConstraint(fields=("year", "place"), name="year_fact_once")
                ],
            },
        ),
        migrations.RunPython(nothing, remove_triggers),
    ]
