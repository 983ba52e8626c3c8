from django.db import migrations, models

from monitoring.online import AddIndexOnline


class Migration(migrations.Migration):

    # People go on working meanwhile.
    atomic = False

    dependencies = [
        ('cards', '0014_search_by_words'),
    ]

    operations = [
        AddIndexOnline(
            model_name='card',
            index=models.Index(fields=['monitor', 'status'], name='card_monitor_status'),
        ),
        AddIndexOnline(
            model_name='card',
            index=models.Index(fields=['status', '-date', '-id'], name='card_status_newest'),
        ),
    ]
