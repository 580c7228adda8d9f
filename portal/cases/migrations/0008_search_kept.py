"""Search entries are kept by the database, whoever writes cases and enterprises; those there are get theirs."""

from django.db import migrations

ADD = """
INSERT INTO cases_searchentry (case_id, opened_at, subject, matter, text)
SELECT c.id, c.opened_at, coalesce(cases_plain(e.name, e.name_en, e.uscc), ''), cases_plain(c.number, c.title), ''
FROM {source} c LEFT JOIN park_enterprise e ON e.id = c.enterprise_id
"""
TRIGGERS = f"""
CREATE FUNCTION cases_search_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {ADD.format(source="fresh")};
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
BACK = """
DROP TRIGGER cases_search_rename ON park_enterprise;
DROP TRIGGER cases_search_change ON cases_case;
DROP TRIGGER cases_search_add ON cases_case;
DROP FUNCTION cases_search_rename();
DROP FUNCTION cases_search_change();
DROP FUNCTION cases_search_add();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_search_entry")]

    operations = [
        migrations.RunSQL(ADD.format(source="cases_case"), migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
