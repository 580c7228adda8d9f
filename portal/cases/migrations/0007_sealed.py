"""The few cases that are sealed, which alone a leader does not see behind a figure."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_lists_of_one_kind")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["id"], condition=Q(sealed=True), name="cases_sealed"),
        ),
    ]
