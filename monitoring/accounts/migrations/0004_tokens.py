import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BEFORE = [
    ("card_viewed", "Card read"),
    ("history_viewed", "History read"),
    ("attachment_downloaded", "File downloaded"),
    ("original_downloaded", "Original downloaded"),
    ("cards_exported", "Cards exported"),
    ("report_downloaded", "Report downloaded"),
    ("log_viewed", "Access log read"),
]
AFTER = [*BEFORE[:5], ("cards_fetched", "Cards read by a program"), *BEFORE[5:]]


def exported_by_hand(apps, schema_editor):
    """What programs read is told as what it also is: an export."""
    entries = apps.get_model("accounts", "AccessEntry").objects.using(schema_editor.connection.alias)
    entries.filter(action="cards_fetched").update(action="cards_exported")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("purpose", models.CharField(max_length=500)),
                ("reads_values", models.BooleanField(default=False)),
                ("reads_cards", models.BooleanField(default=False)),
                ("hint", models.CharField(max_length=12)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="tokens",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reads_values", True), ("reads_cards", True), _connector="OR"),
                        name="token_reads_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("purpose", ""), _negated=True)
                        ),
                        name="token_has_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))), name="token_expires"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="accessentry", name="access_action"),
        migrations.RunPython(migrations.RunPython.noop, exported_by_hand),
        migrations.AlterField(
            model_name="accessentry",
            name="action",
            field=models.CharField(choices=AFTER, max_length=21, verbose_name="what was done"),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", [code for code, _name in AFTER])), name="access_action"
            ),
        ),
    ]
