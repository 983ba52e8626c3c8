"""A column that the version of before knows nothing of."""

from pathlib import Path

from django.db import migrations, models

import cards.migrations

LAST = max(path.stem for path in Path(cards.migrations.__file__).parent.glob("0*.py"))


class Migration(migrations.Migration):
    dependencies = [("cards", LAST)]
    operations = [
        migrations.AddField("card", "weather", models.CharField(max_length=20, null=True)),
    ]
