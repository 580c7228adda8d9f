"""`manage.py renew_feed`: after a restore from a dump into another database cluster."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

# The column is made anew rather than updated: no row of the timeline is touched, no trigger fires.
STATEMENTS = (
    "ALTER TABLE cases_event DROP COLUMN xact",
    "ALTER TABLE cases_event ADD COLUMN xact bigint NOT NULL DEFAULT txid_current()",
    "CREATE INDEX cases_event_feed ON cases_event (xact, id)",
)


class Command(BaseCommand):
    """A dump carries the transaction numbers of the old cluster; a new one counts from the start."""

    help = "Let the feed of events begin anew, after a restore from a dump."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement)
        self.stdout.write("The feed begins anew. Readers of it are told to start without a cursor.")
