"""The construction permit of a catalogue that is there already ends the total time of a project.

What does not count in the total time (a change of the permit, say) does not end it either.
"""

from typing import ClassVar

from django.db import migrations

MARK = """
UPDATE approvals_serviceitem SET ends_total = true
WHERE name LIKE '%%施工许可%%' AND counts_in_total AND NOT ends_total
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("approvals", "0007_vacancies")]
    operations: ClassVar = [migrations.RunSQL([(MARK, [])], migrations.RunSQL.noop)]
