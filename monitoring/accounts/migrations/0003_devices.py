import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def give_handles(apps, schema_editor):
    """Each account its own: a default is worked out once for all rows."""
    accounts = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    for pk in accounts.filter(handle=None).values_list("pk", flat=True):
        accounts.filter(pk=pk).update(handle=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in_and_access_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="handle",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunPython(give_handles, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="handle",
            field=models.UUIDField(default=uuid.uuid4, unique=True, editable=False),
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("key", models.CharField(blank=True, max_length=43)),
                ("label", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("forgotten_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "uuid"), name="device_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("forgotten_at__isnull", True),
                                models.Q(("key", ""), _negated=True),
                            ),
                            models.Q(("forgotten_at__isnull", False), ("key", "")),
                            _connector="OR",
                        ),
                        name="device_forgotten_has_no_key",
                    ),
                ],
            },
        ),
    ]
