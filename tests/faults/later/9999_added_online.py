"""An index over the largest table, and a rule for all of its rows."""

from django.db import migrations, models

from monitoring.online import AddCheckOnline, AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cards", "9998_added_column")]
    operations = [
        AddIndexOnline("card", models.Index(fields=["settlement", "id"], name="card_settlement")),
        AddCheckOnline(
            "card",
            models.CheckConstraint(condition=~models.Q(place="nowhere"), name="card_is_somewhere"),
        ),
    ]
