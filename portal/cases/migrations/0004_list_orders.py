"""Each order of the lists of cases has its index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_paper_indexes")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["due_at", "id"], condition=Q(closed_at=None), name="cases_open"),
        ),
        migrations.AddIndex(model_name="case", index=models.Index(fields=["due_at", "id"], name="cases_due")),
        migrations.AddIndex(
            model_name="case", index=models.Index(fields=["opened_at", "id"], name="cases_opened")
        ),
    ]
