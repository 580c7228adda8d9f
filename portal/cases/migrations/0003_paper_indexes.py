"""Papers: read newest first by their enterprise, page by page; asked by name for every stored file by night."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["enterprise", "-uploaded_at", "-id"], name="cases_document_newest"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["file"], name="cases_document_file"),
        ),
    ]
