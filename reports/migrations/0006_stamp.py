from django.db import migrations, models


def remove_triggers(apps, schema_editor):
    from reports import stamp

    stamp.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0005_year_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Stamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=32)),
            ],
        ),
        # Backwards: what writes into the table goes before it. Forwards they come after all migrations.
        migrations.RunPython(migrations.RunPython.noop, remove_triggers),
    ]
