"""What else may be the same investor, said while somebody is still typing.

It binds nobody: the check that does is that of the registration. Of a lead it is told what a refusal tells,
its number, who has it and until when; of a confidential one no more than that there is one, and only to who
knows the investor's name or code in full.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Value

from investment.access import LEAD
from investment.models import Lead
from investment.models.names import bare, bare_name
from portal.cases.access import known_to
from portal.cases.models import Case
from portal.cases.search import words
from portal.park.acting import Actor

MOST = 5
SHORTEST = 2  # characters of a name that says something


@dataclass(frozen=True)
class Alike:
    """Open leads like it, and whether a confidential one is of this very investor."""

    leads: list[Lead] = field(default_factory=list)
    is_taken: bool = False


def alike(investor_name: str, uscc: str, *, by: Actor) -> Alike:
    """At most five leads: of this credit code, of a name that begins so, or of one that has its words."""
    name, code = investor_name.strip(), uscc.strip().upper()
    if len(name) < SHORTEST and not code:
        return Alike()
    opened = Lead.objects.filter(case__closed_at=None)
    known = opened.filter(case__in=Case.objects.filter(known_to(by), kind=LEAD)).select_related("case__team")
    found: dict[int, Lead] = {}
    for rows in (_of_code(known, code), _beginning(known, name), _with_words(known, name)):
        if rows is not None and len(found) < MOST:
            found |= {lead.pk: lead for lead in rows[:MOST]}
    hidden = opened.filter(case__confidential=True).exclude(pk__in=found)
    return Alike(list(found.values())[:MOST], _is_same(hidden, name, code, by))


def _of_code(rows: QuerySet[Lead], code: str) -> QuerySet[Lead] | None:
    return rows.filter(uscc=code) if code else None


def _beginning(rows: QuerySet[Lead], name: str) -> QuerySet[Lead] | None:
    start = bare(name)
    if len(start) < SHORTEST:
        return None
    return (
        rows.annotate(bare=bare_name("investor_name")).filter(bare__startswith=start).order_by("bare", "pk")
    )


def _with_words(rows: QuerySet[Lead], name: str) -> QuerySet[Lead] | None:
    said = words(bare(name))
    if said is None or len(bare(name)) < SHORTEST:
        return None
    cases = Case.objects.filter(said.condition(), kind=LEAD, closed_at=None)
    return rows.filter(case__in=cases).order_by("-pk")


def _is_same(rows: QuerySet[Lead], name: str, code: str, by: Actor) -> bool:
    same = Q(uscc=code) if code else Q(pk__in=[])
    if len(name) >= SHORTEST:
        rows = rows.annotate(bare=bare_name("investor_name"))
        same |= Q(bare=bare_name(Value(name)))
    unknown = Case.objects.filter(kind=LEAD, confidential=True).exclude(known_to(by))
    return rows.filter(same, case__in=unknown).exists()
