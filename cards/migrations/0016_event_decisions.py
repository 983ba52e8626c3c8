from django.db import migrations, models

from monitoring.online import AddIndexOnline


class Migration(migrations.Migration):

    # People go on working meanwhile.
    atomic = False

    dependencies = [
        ('cards', '0015_lists_by_status'),
    ]

    operations = [
        AddIndexOnline(
            model_name='event',
            index=models.Index(fields=['to_status', 'at'], name='event_decisions'),
        ),
    ]
