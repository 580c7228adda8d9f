"""The words that search finds: SQL functions.

Two characters of Chinese are a word more often than not, and no trigram index serves them: each
pair of neighbouring characters is a lexeme (and each last one alone), as is each run of Latin
letters and digits.
"""

from django.db import migrations

PLAIN = r"""
CREATE FUNCTION cases_plain(VARIADIC parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(regexp_replace(lower(normalize(array_to_string(parts, ' '), NFKC)),
                               '[^a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+', ' ', 'g'), 3000)
$$
"""
WORDS = r"""
CREATE FUNCTION cases_words(subject text, matter text, more text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH letters AS (
        SELECT c, lead(c, 1, ' ') OVER (ORDER BY n) AS following
        FROM unnest(string_to_array(subject || ' ' || matter || ' ' || more, NULL)) WITH ORDINALITY AS t(c, n)
    ), words AS (
        SELECT CASE WHEN following ~ '[^a-z0-9 ]' THEN c || following ELSE c END AS word
        FROM letters WHERE c ~ '[^a-z0-9 ]'
        UNION
        SELECT left(found[1], 100) FROM regexp_matches(subject || ' ' || matter || ' ' || more, '[a-z0-9]+', 'g') AS found
    )
    SELECT coalesce((SELECT array_to_tsvector(array_agg(word)) FROM words), ''::tsvector)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_escalated")]

    operations = [
        migrations.RunSQL(PLAIN, "DROP FUNCTION cases_plain(text[])"),
        migrations.RunSQL(WORDS, "DROP FUNCTION cases_words(text, text, text)"),
    ]
