"""Lists of one kind of case, newest first: all of them, those that are open, those that ended in some way.

Which steps and outcomes a kind has is told to the planner: it believed that next to none of the permits to be
filed are open, and sorted thousands of them for a page of 25.
"""

from django.db import migrations, models
from django.db.models import Q

STATISTICS = (
    "CREATE STATISTICS cases_kind_step (mcv) ON kind, step, outcome FROM cases_case; ANALYZE cases_case"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_pauses_by_case")]
    operations = [
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(outcome=""), name="cases_open_has_no_outcome"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["kind", "opened_at", "id"], name="cases_kind_opened"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["kind", "outcome", "opened_at", "id"], name="cases_kind_outcome"),
        ),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS cases_kind_step"),
    ]
