import django.utils.timezone
from django.db import migrations, models

import cards.chain
from cards import guards


def unguard(apps, schema_editor):
    """Rows are about to change; post_migrate puts the guards back."""
    guards.remove(schema_editor.connection)


def chain(apps, schema_editor):
    """Bind the entries that are there, in the order in which they were made."""
    database = schema_editor.connection.alias
    events = apps.get_model('cards', 'Event').objects.using(database).order_by('id')
    head = apps.get_model('cards', 'HistoryHead')()
    last = 0
    while batch := list(events.filter(id__gt=last)[:1000]):
        for row in batch:
            row.seq, row.previous = head.seq + 1, head.hash
            values = [getattr(row, name) for name in cards.chain.COLUMNS]
            row.hash = cards.chain.digest(row.seq, row.previous, values)
            head.seq, head.hash = row.seq, row.hash
        events.bulk_update(batch, ['seq', 'previous', 'hash'], batch_size=100)
        last = batch[-1].id
    head.save(using=database, force_insert=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0003_review_merges_permits'),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.CreateModel(
            name='HistoryHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('seq', models.PositiveBigIntegerField(default=0)),
                ('hash', models.CharField(default=cards.chain.GENESIS, max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='history_has_one_head')],
            },
        ),
        migrations.AlterField(
            model_name='event',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when'),
        ),
        migrations.AddField(
            model_name='event',
            name='seq',
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='previous',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='event',
            name='hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='event',
            name='seq',
            field=models.PositiveBigIntegerField(editable=False, unique=True),
        ),
        migrations.RunPython(migrations.RunPython.noop, unguard),
    ]
