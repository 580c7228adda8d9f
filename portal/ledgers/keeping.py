"""How long files stay: the record of a run stays for ever, its file and its rejected rows do not."""

from __future__ import annotations

from datetime import timedelta

from portal.ledgers.filing import throw_away
from portal.ledgers.models import ExportRun, ImportRun, RejectedLine
from portal.worktime.now import now

IMPORTS_KEPT = timedelta(days=30)
EXPORTS_KEPT = timedelta(days=7)


def tidy() -> int:
    """Throw away the files of ended imports and of exports; how many."""
    imports = ImportRun.objects.filter(active=False, since_at__lt=now() - IMPORTS_KEPT).exclude(
        stored_name=""
    )
    exports = ExportRun.objects.filter(asked_at__lt=now() - EXPORTS_KEPT).exclude(stored_name="")
    count = 0
    for run in imports:
        throw_away(run.stored_name)
        ImportRun.objects.filter(pk=run.pk).update(stored_name="")
        RejectedLine.objects.filter(run=run).delete()
        count += 1
    for made in exports:
        throw_away(made.stored_name)
        ExportRun.objects.filter(pk=made.pk).update(stored_name="")
        count += 1
    return count
