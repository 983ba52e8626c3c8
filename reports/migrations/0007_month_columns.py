from django.db import migrations, models


def remove_triggers(apps, schema_editor):
    from reports.columns import changes

    changes.TRIGGERS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0006_stamp"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="MonthColumn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("name", models.CharField(max_length=40)),
                ("answers", models.TextField()),
                ("width", models.PositiveSmallIntegerField()),
                ("codes", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "month"), name="month_column_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="month_column_first_of_month",
                    ),
                ],
            },
        ),
        # Backwards: what writes into the table goes before it. Forwards they come after all migrations.
        migrations.RunPython(migrations.RunPython.noop, remove_triggers),
    ]
