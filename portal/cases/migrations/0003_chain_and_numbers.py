"""The hash of the timeline, the running numbers, and the foreign key of notices to their case."""

from django.db import migrations

HASH = """
CREATE FUNCTION cases_event_hash(
    previous text, case_id bigint, seq bigint, verb text, actor_id bigint, at timestamptz, data jsonb
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(
        previous || '|' || case_id || '|' || seq || '|' || verb || '|' || coalesce(actor_id::text, '')
        || '|' || (extract(epoch FROM at) * 1000000)::bigint || '|' || data::text, 'UTF8')), 'hex')
$$
"""
NOTICE_CASE = """
ALTER TABLE notices_notice ADD CONSTRAINT notices_notice_case
FOREIGN KEY (case_id) REFERENCES cases_case (id) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial"), ("notices", "0001_initial")]

    operations = [
        migrations.RunSQL(
            HASH, "DROP FUNCTION cases_event_hash(text, bigint, bigint, text, bigint, timestamptz, jsonb)"
        ),
        migrations.RunSQL("CREATE SEQUENCE cases_number_seq", "DROP SEQUENCE cases_number_seq"),
        migrations.RunSQL(NOTICE_CASE, "ALTER TABLE notices_notice DROP CONSTRAINT notices_notice_case"),
    ]
