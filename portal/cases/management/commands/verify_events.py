"""`manage.py verify_events`: prove that no event of any timeline was changed, removed or inserted."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal.cases.models import Event
from portal.cases.timeline import breaks


class Command(BaseCommand):
    help = "Check the hash chain of every case. Ends with 1 when one is broken."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = list(breaks())
        for line in found:
            self.stderr.write(f"{line.number}: event {line.seq} {line.problem}")
        if found:
            sys.exit(1)
        self.stdout.write(f"{Event.objects.count()} events proven")
