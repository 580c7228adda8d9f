"""What belongs to a sealed case is sealed; and the review has its limit where limits are kept already."""

from django.db import migrations

SEAL = """
UPDATE cases_case c SET sealed = true FROM cases_case p WHERE p.id = c.parent_id AND p.sealed AND NOT c.sealed
"""
SEED = """
INSERT INTO cases_standardlimit (standard_id, step, grade, amount, unit)
SELECT id, 'in_review', '', 2, 'wd' FROM cases_servicestandard WHERE kind = 'cases.follow_up'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_low_ratings")]
    operations = [
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
        migrations.RunSQL(SEED, migrations.RunSQL.noop),
    ]
