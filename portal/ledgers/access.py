"""Who brings ledgers in, who takes which out, and which rows of cases a person may take along.

Imports and the record of them are the administrators'. A single ledger also goes to those whose duty
reads that register (domain dossier, section 7). Sealed and confidential cases
leave only with those who may see them.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from portal.accounts.models import Duty
from portal.cases.access import visible_to
from portal.cases.models import Case
from portal.ledgers.declaration import LEDGERS, Ledger
from portal.park.acting import Actor


def exportable(actor: Actor) -> list[Ledger]:
    """The ledgers that the person may take out."""
    return [m for m in LEDGERS.values() if actor.holds(Duty.ADMINISTRATOR, *m.readers)]


def cases_for(kind: str, reader: Actor | None) -> QuerySet[Case]:
    """The cases of a kind that go into a ledger for this person; None is the command line: all.

    An administrator moves the park's history in and out, but sees no sealed or confidential case.
    """
    cases = Case.objects.filter(kind=kind)
    if reader is None:
        return cases
    mine = Q(pk__in=visible_to(reader).values("pk"))
    return cases.filter(
        Q(sealed=False, confidential=False) | mine if reader.holds(Duty.ADMINISTRATOR) else mine
    )
