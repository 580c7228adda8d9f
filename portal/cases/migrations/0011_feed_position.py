"""The transaction of every event, for a feed that loses nothing to transactions that commit late.

No row is rewritten: the default is the same for all rows that are there already.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_signature"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="xact",
            field=models.BigIntegerField(db_default=models.Func(function="txid_current"), editable=False),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["xact", "id"], name="cases_event_feed"),
        ),
    ]
