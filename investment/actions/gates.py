"""What is missing for the next step of a lead: beside the button, and where the lead itself is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from investment.actions import contracts, opinions, panel
from investment.models import Lead
from portal.cases.errors import Refused
from portal.cases.models import Case

GATES: Mapping[str, Callable[[Lead], list[str]]] = {
    "pre_review": opinions.missing,
    "negotiation": contracts.missing_terms,
    "admission_review": panel.missing,
}


def missing(lead: Lead) -> list[str]:
    """What is missing in the present step, in words; nothing where the proof is the form itself."""
    gate = GATES.get(lead.case.step)
    return gate(lead) if gate is not None else []


def ready(case: Case) -> None:
    """Raises Refused with everything that is missing."""
    if found := missing(case.lead):
        raise Refused(" ".join(found))


def no_panel(case: Case) -> None:
    """Raises Refused while a panel is at work."""
    if any(sheet.case.is_open for sheet in panel.sheets(case.lead)):
        raise Refused(_("The panel is at work."))


def has_panel(case: Case) -> None:
    """Raises Refused before a panel was convened."""
    if not panel.sheets(case.lead):
        raise Refused(_("No panel has been convened."))


def vetoed(case: Case) -> None:
    """Raises Refused where no department has said no, or one is still asked."""
    known = opinions.latest(case.lead)
    if not any(opinion.verdict == opinion.Verdict.VETO for opinion in known.values()):
        raise Refused(_("No department has said no."))


def has_contract(case: Case) -> None:
    if not contracts.has_contract(case.lead):
        raise Refused(_("There is no contract yet."))


def confidential(case: Case) -> None:
    if not case.confidential:
        raise Refused(_("The lead is not confidential."))


def not_confidential(case: Case) -> None:
    if case.confidential:
        raise Refused(_("The lead is confidential already."))
