"""Whether a paper is clean. Only clean ones can be used; everything else waits, or is out for good.

Without CLAMAV_URL a paper is clean when its content has passed our own checks, and says so
(`scan_engine` "content"). With it ClamAV decides: when a file comes in; again until it can be reached;
again after CLAMAV_RESCAN_DAYS, as new signatures know old viruses; and for every paper that came in
before there was a scanner.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal import storing
from portal.cases import access
from portal.cases.errors import Refused
from portal.cases.models import Document
from portal.cases.papers import clamd
from portal.notices import outbox

logger = logging.getLogger(__name__)
# Who handles the open cases in which a paper is used.
_HANDLERS = f"""
SELECT DISTINCT who.user_id FROM cases_attachment a
JOIN cases_case m ON m.id = a.case_id AND m.closed_at IS NULL
CROSS JOIN LATERAL ({access.people(("handler",))}) who(user_id)
WHERE a.document_id = %(document)s
"""  # noqa: S608  # the word's own definition
CONTENT = "content"  # passed our own checks; no scanner was there
AGAIN_MIN = (1, 2, 5, 15, 60)  # minutes to the next try; the last one from then on
CANNOT_MIN = 24 * 60  # the scanner answers, but cannot look into this one
RUN_S = 45.0
Scan = Document.Scan


def scan_new(document: Document, upload: UploadedFile[bytes], now: datetime) -> None:
    """Fill in the scan state of a paper that comes in. Raises Refused for an infected one: it is not kept."""
    document.scan_engine, document.scanned_at = CONTENT, now
    document.scan_state, document.next_scan_at = Scan.CLEAN, None
    if not settings.CLAMAV_URL:
        return
    upload.seek(0)
    try:
        verdict, engine = clamd.scan(upload.chunks()), clamd.version()
    except clamd.Away as error:
        logger.warning("scanner away, the paper waits: %s", error)
        _put_off(document, str(error), now)
        return
    finally:
        upload.seek(0)
    if verdict.infected:
        logger.warning("infected upload refused: %s", verdict.detail)
        raise Refused(
            _("The file carries a virus (%(name)s) and was not kept. Please check your computer.")
            % {"name": verdict.detail}
        )
    _judge(document, verdict, engine, now)


def must_be_clean(upload: UploadedFile[bytes], now: datetime) -> None:
    """Have a file looked into that is used at once. Raises Refused unless it is clean, or nobody scans."""
    looked_into = Document()
    scan_new(looked_into, upload, now)
    if not looked_into.is_clean:
        raise Refused(_("The virus scanner could not look into the file. Please send it again in a while."))


def _judge(document: Document, verdict: clamd.Verdict, engine: str, now: datetime) -> None:
    document.scan_engine, document.scan_detail = engine[:100], verdict.detail[:200]
    document.scanned_at, document.scan_tries = now, 0
    if verdict.clean:
        document.scan_state = Scan.CLEAN
        document.next_scan_at = now + timedelta(days=settings.CLAMAV_RESCAN_DAYS)
    elif verdict.infected:
        document.scan_state, document.next_scan_at = Scan.INFECTED, None
    else:
        document.scan_state, document.next_scan_at = Scan.FAILED, now + timedelta(minutes=CANNOT_MIN)


def _put_off(document: Document, detail: str, now: datetime) -> None:
    """Nobody could look: what was clean stays so, what is new waits."""
    if document.scan_engine == CONTENT:
        document.scan_state, document.scan_engine, document.scanned_at = Scan.PENDING, "", None
    wait = AGAIN_MIN[min(document.scan_tries, len(AGAIN_MIN) - 1)]
    document.scan_tries = min(document.scan_tries + 1, 1000)
    document.scan_detail, document.next_scan_at = (
        detail.replace("\0", " ")[:200],
        now + timedelta(minutes=wait),
    )


def scan_due(now: datetime) -> int:
    """Scan what is due; the number scanned. Parallel workers take different papers."""
    if not settings.CLAMAV_URL:
        waiting = Document.objects.filter(scan_state__in=(Scan.PENDING, Scan.FAILED))
        waiting.update(scan_state=Scan.CLEAN, scan_engine=CONTENT, scan_detail="", next_scan_at=None)
        return 0
    try:
        engine = clamd.version()
    except clamd.Away as error:
        logger.warning("scanner away: %s", error)
        return 0
    # Nobody has looked into these yet: they wait, from the moment on that the scanner answers.
    unseen = Document.objects.filter(next_scan_at=None).exclude(scan_state=Scan.INFECTED)
    unseen.update(scan_state=Scan.PENDING, scan_engine="", scanned_at=None, next_scan_at=now)
    done, until = 0, time.monotonic() + RUN_S
    while time.monotonic() < until and _scan_next(engine, now):
        done += 1
    return done


def _scan_next(engine: str, now: datetime) -> bool:
    with transaction.atomic():
        due = Document.objects.select_for_update(skip_locked=True, of=("self",))
        document = due.filter(next_scan_at__lte=now).order_by("next_scan_at", "id").first()
        if document is None:
            return False
        before = document.scan_state
        try:
            with document.file.open("rb") as file:
                verdict = clamd.scan(file.chunks())
        except (clamd.Away, *storing.failures()) as error:  # type: ignore[misc]  # told when it is raised
            logger.warning("document %s waits for its scan: %s", document.pk, error)
            _put_off(document, str(error), now)
        else:
            _judge(document, verdict, engine, now)
        document.save(update_fields=SCAN_FIELDS)
        _tell(document, before, now)
    return True


SCAN_FIELDS = ["scan_state", "scan_engine", "scan_detail", "scanned_at", "scan_tries", "next_scan_at"]


def _tell(document: Document, before: str, now: datetime) -> None:
    """Who sent the paper, and who works with it, learns that it can be used, or no longer."""
    state = document.scan_state
    if state == before or state not in (Scan.CLEAN, Scan.INFECTED):
        return
    people = {document.uploaded_by_id}
    if state == Scan.INFECTED:
        logger.error("document %s is infected: %s", document.pk, document.scan_detail)
        with connection.cursor() as cursor:
            cursor.execute(_HANDLERS, {"document": document.pk, "now": now})
            people |= {row[0] for row in cursor.fetchall()}
    params = {"document": document.title, "paper": document.pk}
    outbox.tell(people, f"paper.{state}", params, now=now)


def ask_again(pk: int | None, now: datetime) -> int:
    """Have one paper scanned again, or all; how many. What is clean stays so until the scanner has spoken."""
    if not settings.CLAMAV_URL:
        return 0
    chosen = Document.objects.all() if pk is None else Document.objects.filter(pk=pk)
    return chosen.update(next_scan_at=now, scan_tries=0)
