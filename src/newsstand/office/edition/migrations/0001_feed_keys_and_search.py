"""Keys of personal feeds, and the two tables of words that search asks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("edition_search_opening", "edition_search_full")

SQLITE = """CREATE VIRTUAL TABLE {table} USING fts5(
    story UNINDEXED, product UNINDEXED, title, standfirst, text, tokenize = 'unicode61')"""
POSTGRESQL = """CREATE TABLE {table} (
    story char(32) PRIMARY KEY, product text NOT NULL,
    title text NOT NULL, standfirst text NOT NULL, text text NOT NULL,
    words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', standfirst), 'B')
        || setweight(to_tsvector('simple', text), 'D')) STORED)"""


def make_tables(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute((SQLITE if is_sqlite else POSTGRESQL).format(table=table))
        if not is_sqlite:
            schema_editor.execute(f"CREATE INDEX {table}_words ON {table} USING gin (words)")


def drop_tables(apps, schema_editor):
    if schema_editor.connection.alias == "default":
        for table in TABLES:
            schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="FeedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={"verbose_name": "feed key", "verbose_name_plural": "feed keys"},
        ),
        migrations.RunPython(make_tables, drop_tables),
    ]
