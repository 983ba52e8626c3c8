from django.db import migrations, transaction

BATCH = 5000


def words_of(number, text):
    """The words of the texts, those of the number before them if they are not there yet."""
    from cards import search

    kept, named = search.text_of(text), search.text_of(number)
    if named and not f'{kept} '.startswith(f'{named} '):
        kept = f'{named} {kept}'.strip()
    return kept


def keep_words(apps, schema_editor):
    """Texts as words with single spaces, then the index of them.

    Neither writers nor readers wait for long: thousands of cards at a time on PostgreSQL. SQLite
    has one writer anyway, and does it in one pass.
    """
    from cards import search

    connection = schema_editor.connection
    if connection.vendor == 'sqlite':
        connection.ensure_connection()
        connection.connection.create_function('words_of', 2, words_of, deterministic=True)
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute('UPDATE cards_card SET search_text = words_of(number, search_text)')
    else:
        _in_batches(connection)
    search.install(connection, concurrently=True)


def _in_batches(connection):
    last = 0
    while True:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(
                'SELECT id, number, search_text FROM cards_card WHERE id > %s ORDER BY id LIMIT %s'
                ' FOR UPDATE',
                [last, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            texts = [(key, words_of(number, text), text) for key, number, text in rows]
            changed = [(key, kept) for key, kept, text in texts if kept != text]
            cursor.execute(
                'UPDATE cards_card SET search_text = n.kept'
                ' FROM unnest(%s::bigint[], %s::text[]) AS n(key, kept) WHERE id = n.key',
                [[key for key, _kept in changed], [kept for _key, kept in changed]],
            )


def remove_index(apps, schema_editor):
    from cards import search

    search.remove(schema_editor.connection)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cards', '0013_alternatives_written_out'),
    ]

    operations = [
        migrations.RunPython(keep_words, remove_index),
    ]
