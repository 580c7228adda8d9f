"""The duplicate check at entry: one investor, one open lead (dossier, section 5, step 1)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from investment.models import Lead
from investment.models.names import bare_name
from portal.cases.access import known_to
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.park.acting import Actor
from portal.worktime.clock import local

LOCK = 0x1ED71  # name space of advisory locks


class Taken(Refused):
    """Somebody has this investor already. `number` of the lead, where it may be told."""

    def __init__(self, message: str, number: str) -> None:
        super().__init__(message)
        self.number = number


def check_duplicates(
    uscc: str,
    investor_name: str,
    *,
    same_name: bool,
    by: Actor | None,
    now: datetime,
    but: Lead | None = None,
) -> None:
    """One registration at a time, until its transaction ends: who comes second sees the lead of the first.

    Raises Taken for an open lead of the same credit code; and for one of the same name, unless
    `same_name` says that it is another investor. `but` is a lead that is no double of itself. Of a
    confidential lead it is said only that there is one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
    others = _open() if but is None else _open().exclude(pk=but.pk)
    taken = others.filter(uscc=uscc).first() if uscc else None
    if taken is not None:
        raise Taken(_told(taken, by, now), _number(taken, by))
    if same_name:
        return
    alike = others.annotate(bare=bare_name("investor_name"))
    taken = alike.filter(bare=bare_name(Value(investor_name))).first()
    if taken is not None:
        asks = _("Is it another investor of this name? Then say so below.")
        raise Taken(f"{_told(taken, by, now)} {asks}", _number(taken, by))


def _open() -> QuerySet[Lead]:
    return Lead.objects.filter(case__closed_at=None).select_related("case__team").order_by("pk")


def _may_know(lead: Lead, by: Actor | None) -> bool:
    case = lead.case
    if not case.confidential:
        return True
    return by is not None and Case.objects.filter(known_to(by), pk=case.pk).exists()


def _number(lead: Lead, by: Actor | None) -> str:
    return lead.case.number if _may_know(lead, by) else ""


def _told(lead: Lead, by: Actor | None, now: datetime) -> str:
    """Who has the investor, until when they are protected, and what one can do."""
    case = lead.case
    if not _may_know(lead, by):
        return _("This investor is known to the park. Speak to the investment promotion office.")
    told = {"number": case.number, "team": case.team.label, "day": lead.protected_until}
    if case.step == "pool":
        return _("This investor lies in the pool: take %(number)s from there.") % told
    if lead.protected_until is not None and lead.protected_until >= local(now).date():
        taken = _("%(number)s of %(team)s has this investor, protected until %(day)s.")
        can = _("Speak to them, or claim it with your reasons: a panel decides.")
    else:
        taken = _("%(number)s of %(team)s has this investor; the protection has ended.")
        can = _("Claim it with your reasons: a panel decides.")
    return f"{taken % told} {can}"
