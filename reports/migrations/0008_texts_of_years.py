from django.db import migrations, models

#: Read often and written seldom: lz4 takes a third more room than PostgreSQL's own and is read in
#: a fraction of the time.
COMPRESSED = {
    "reports_yearfact": {"often": "''", "rest": "''"},
    "reports_monthcolumn": {"codes": "''::bytea"},
}


def remove_triggers(apps, schema_editor):
    """SQLite makes the table anew, and what writes into it must not see it gone."""
    from reports.facts import years

    if schema_editor.connection.vendor == "sqlite":
        years.TRIGGERS.remove(schema_editor.connection)


def put_back(apps, schema_editor):
    """At once: after migrations, without them, everything would be derived anew."""
    from reports.facts import years

    if schema_editor.connection.vendor == "sqlite":
        years.TRIGGERS.ensure(schema_editor.connection.alias, lambda: None)


def compress(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        # Not every server is built with it, and none before PostgreSQL 14.
        cursor.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        if cursor.fetchone() != (True,):
            return
        for table, columns in COMPRESSED.items():
            changes = (f"ALTER COLUMN {name} SET COMPRESSION lz4" for name in columns)
            cursor.execute(f"ALTER TABLE {table} {', '.join(changes)}")
            # What is there stays as it is until it is written again.
            same = (f"{name} = {name} || {nothing}" for name, nothing in columns.items())
            cursor.execute(f"UPDATE {table} SET {', '.join(same)}")  # noqa: S608  (names from above)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_month_columns"),
    ]

    operations = [
        migrations.RunPython(remove_triggers, put_back),
        migrations.AlterField("yearfact", "often", models.TextField(default="{}")),
        migrations.AlterField("yearfact", "rest", models.TextField(default="{}")),
        migrations.RunPython(put_back, remove_triggers),
        # Backwards the types come back with their own; how bytes lie is of no matter to anybody.
        migrations.RunPython(compress, migrations.RunPython.noop),
    ]
