"""What Django's models cannot say: the hash of the timeline, the running numbers, the foreign key of notices
to their case, and search.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# STABLE, not IMMUTABLE: PostgreSQL then writes it into the sweep's statement instead of calling it.
HASH = """
CREATE FUNCTION cases_event_hash(
    previous text, case_id bigint, seq bigint, verb text, actor_id bigint, at timestamptz, data jsonb
) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(
        previous || '|' || case_id || '|' || seq || '|' || verb || '|' || coalesce(actor_id::text, '')
        || '|' || (extract(epoch FROM at) * 1000000)::bigint || '|' || data::text, 'UTF8')), 'hex')
$$
"""
NO_HASH = "DROP FUNCTION cases_event_hash(text, bigint, bigint, text, bigint, timestamptz, jsonb)"

# Notices lie below cases and do not know them; their key to the case is made here.
NOTICE_CASE = """
ALTER TABLE notices_notice ADD CONSTRAINT notices_notice_case
FOREIGN KEY (case_id) REFERENCES cases_case (id) DEFERRABLE INITIALLY DEFERRED
"""

# The words that search finds. Two characters of Chinese are a word more often than not, and no trigram index
# serves them: each pair of neighbouring characters is a lexeme (and each last one alone), as is each run of
# Latin letters and digits.
PLAIN = r"""
CREATE FUNCTION cases_plain(VARIADIC parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(regexp_replace(lower(normalize(array_to_string(parts, ' '), NFKC)),
                               '[^a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+', ' ', 'g'), 3000)
$$
"""
# Letters are told apart by their place in the alphabet: what `cases_plain` lets through is a-z, 0-9, blanks
# and Chinese, and only the last lies beyond "z". In PL/pgSQL the plan is kept from one case to the next.
WORDS = r"""
CREATE FUNCTION cases_words(subject text, matter text, more text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    whole text := subject || ' ' || matter || ' ' || more;
BEGIN
    RETURN (
        SELECT coalesce(array_to_tsvector(array_agg(word)), ''::tsvector) FROM (
            SELECT CASE WHEN following > 'z' COLLATE "C" THEN c || following ELSE c END AS word
            FROM (SELECT c, lead(c, 1, ' ') OVER () AS following FROM string_to_table(whole, NULL) AS c) letters
            WHERE c > 'z' COLLATE "C"
            UNION ALL
            SELECT left(run[1], 100) FROM regexp_matches(whole, '[a-z0-9]+', 'g') AS r(run)
        ) words
    );
END $$
"""
# Search entries are kept by the database, whoever writes cases and enterprises.
ADD = """
INSERT INTO cases_searchentry (case_id, opened_at, subject, matter, text)
SELECT c.id, c.opened_at, coalesce(cases_plain(e.name, e.name_en, e.uscc), ''), cases_plain(c.number, c.title), ''
FROM fresh c LEFT JOIN park_enterprise e ON e.id = c.enterprise_id
"""
KEPT = f"""
CREATE FUNCTION cases_search_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {ADD};
    RETURN NULL;
END $$;
CREATE TRIGGER cases_search_add AFTER INSERT ON cases_case
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION cases_search_add();

CREATE FUNCTION cases_search_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_searchentry s SET
        matter = cases_plain(NEW.number, NEW.title),
        subject = coalesce((SELECT cases_plain(e.name, e.name_en, e.uscc)
                            FROM park_enterprise e WHERE e.id = NEW.enterprise_id), ''),
        opened_at = NEW.opened_at
    WHERE s.case_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_search_change AFTER UPDATE ON cases_case FOR EACH ROW
WHEN ((OLD.number, OLD.title, OLD.opened_at) IS DISTINCT FROM (NEW.number, NEW.title, NEW.opened_at)
      OR OLD.enterprise_id IS DISTINCT FROM NEW.enterprise_id)
EXECUTE FUNCTION cases_search_change();

CREATE FUNCTION cases_search_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_searchentry s SET subject = cases_plain(NEW.name, NEW.name_en, NEW.uscc)
    FROM cases_case c WHERE c.enterprise_id = NEW.id AND s.case_id = c.id;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_search_rename AFTER UPDATE ON park_enterprise FOR EACH ROW
WHEN ((OLD.name, OLD.name_en, OLD.uscc) IS DISTINCT FROM (NEW.name, NEW.name_en, NEW.uscc))
EXECUTE FUNCTION cases_search_rename();
"""
NOT_KEPT = """
DROP TRIGGER cases_search_rename ON park_enterprise;
DROP TRIGGER cases_search_change ON cases_case;
DROP TRIGGER cases_search_add ON cases_case;
DROP FUNCTION cases_search_rename();
DROP FUNCTION cases_search_change();
DROP FUNCTION cases_search_add();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("cases", "0001_initial"), ("notices", "0001_initial")]

    operations = [
        migrations.RunSQL(HASH, NO_HASH),
        migrations.RunSQL("CREATE SEQUENCE cases_number_seq", "DROP SEQUENCE cases_number_seq"),
        migrations.RunSQL(NOTICE_CASE, "ALTER TABLE notices_notice DROP CONSTRAINT notices_notice_case"),
        migrations.RunSQL(PLAIN, "DROP FUNCTION cases_plain(text[])"),
        migrations.RunSQL(WORDS, "DROP FUNCTION cases_words(text, text, text)"),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("subject", models.TextField()),
                ("matter", models.TextField()),
                ("text", models.TextField(default="")),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("subject", "matter", "text", function="cases_words"),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="cases_search_words", opclasses=["tsvector_ops"]
                    ),
                    models.Index(fields=["-opened_at", "-case"], name="cases_search_newest"),
                ],
            },
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
