import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="LastWrite",
            fields=[
                ("account", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+",
                    serialize=False, to=settings.AUTH_USER_MODEL,
                )),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
