"""No two pauses of a case overlap: the same rule by an index that begins with the case.

The planner takes it for as good as the plain index on the case, and with the range first every look-up of
the pauses of one case went through a part of the index that grew with the table.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.expressions
import django.db.models.functions
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_list_orders")]
    operations = [
        migrations.RemoveConstraint(model_name="pause", name="cases_pauses_apart"),
        migrations.AddConstraint(
            model_name="pause",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="cases_pauses_apart",
                expressions=[
                    ("case", "="),
                    (
                        django.db.models.expressions.Func(
                            django.db.models.expressions.F("from_at"),
                            django.db.models.expressions.F("to_at"),
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        ),
    ]
