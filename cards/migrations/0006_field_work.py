import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0005_merge_agreement'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField()),
                ('digest', models.CharField(max_length=64)),
                ('submitted', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'uuid', 'digest'), name='arrival_once')],
            },
        ),
        migrations.CreateModel(
            name='HeldParcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('parcel', models.TextField()),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, max_length=20)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('account', 'digest'), name='held_parcel_once')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField()),
                ('size', models.PositiveBigIntegerField()),
                ('state', models.CharField(choices=[('begun', 'begun'), ('early', 'early'), ('held', 'held'), ('done', 'done')], default='begun', max_length=5)),
                ('card', models.UUIDField(null=True)),
                ('sealed', models.FileField(blank=True, upload_to='')),
                ('begun_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'uuid'), name='upload_once'), models.CheckConstraint(condition=models.Q(('state__in', ['begun', 'early', 'held', 'done'])), name='upload_state_vocabulary')],
            },
        ),
    ]
