"""Which row names a file: asked by the nightly job for every file of the store."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_newest_papers")]
    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["file"], name="cases_document_file"),
        ),
    ]
