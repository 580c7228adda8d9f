"""The archive of an enterprise is read newest first, page by page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_children_sealed_review_limit")]
    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["enterprise", "-uploaded_at", "-id"], name="cases_document_newest"),
        ),
    ]
