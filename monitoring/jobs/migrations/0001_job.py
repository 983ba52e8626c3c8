"""Long work: jobs and the workers that do them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('language', models.CharField(max_length=5)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('parameters', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', max_length=9)),
                ('step', models.CharField(blank=True, max_length=20)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, choices=[('', ''), ('refused', 'It could not be done.'), ('not_allowed', 'Your account may not do this any more.'), ('stopped', 'The program that did it was stopped several times. Nothing changed.'), ('busy', 'The database or the disk did not answer in time, several times.'), ('unexpected', 'An error of the site; it is in the log. Nothing was changed.'), ('unknown', 'This version of the site does not know this kind of work.')], default='', max_length=11)),
                ('told', models.TextField(blank=True)),
                ('result', models.CharField(blank=True, max_length=500)),
                ('stored', models.CharField(blank=True, max_length=200)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('run_after', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('beat_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('cancel_asked_at', models.DateTimeField(null=True)),
                ('task', models.UUIDField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['-asked_at', 'uuid'],
                'indexes': [models.Index(fields=['asked_by', '-asked_at'], name='job_of_person'), models.Index(fields=['-asked_at'], name='job_newest'), models.Index(condition=models.Q(('state__in', ('waiting', 'running'))), fields=['state'], name='job_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed', 'cancelled'])), name='job_state'), models.CheckConstraint(condition=models.Q(('error__in', ['', 'refused', 'not_allowed', 'stopped', 'busy', 'unexpected', 'unknown'])), name='job_error'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('error', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='job_failed_has_error'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('waiting', 'running'))), models.Q(models.Q(('state__in', ('waiting', 'running')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='job_ended'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running')), models.Q(('key', ''), _negated=True)), fields=('asked_by', 'kind', 'key'), name='job_once')],
            },
        ),
    ]
