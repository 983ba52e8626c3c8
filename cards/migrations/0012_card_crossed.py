

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0011_history_of_editions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='card',
            index=models.Index(fields=['status', 'inclusion', 'date', 'city', 'monitor', 'date_precision', 'start_time', 'duration_minutes', 'place_type', 'source', 'course', 'form', 'topic', 'organiser_type', 'attributes', 'minors_present', 'participants', 'legal_status', 'reason_not_requested', 'prosecutor_present', 'prosecutor_warned', 'akimat_present', 'akimat_warned', 'police_present', 'police_warned', 'police', 'plain_clothes', 'police_actions', 'warned_before_dispersal', 'detained', 'in_the_name_of_the_law', 'peaceful'], name='card_crossed'),
        ),
    ]
