"""The hash of an event as STABLE: PostgreSQL then writes it into the sweep's statement instead of calling it."""

from django.db import migrations

NAME = "cases_event_hash(text, bigint, bigint, text, bigint, timestamptz, jsonb)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_chain_and_numbers")]

    operations = [
        migrations.RunSQL(f"ALTER FUNCTION {NAME} STABLE", f"ALTER FUNCTION {NAME} IMMUTABLE"),
    ]
