"""An activity is a case. No page, ledger or job has written one before: nothing is carried over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("investment", "0031_commitments_told")]
    operations = [migrations.DeleteModel(name="Activity")]
