"""研判预审: five departments give their opinion side by side, each as a part of the lead's case."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from investment.access import OPINION, OPINION_OFFICES
from investment.models import Lead, Opinion
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.flow.common import take_after_parent
from portal.cases.move import Move
from portal.park import offices
from portal.park.models import Team


def latest(lead: Lead) -> dict[str, Opinion]:
    """The newest opinion about each subject, open or given; none that was recalled."""
    given = Opinion.objects.filter(lead=lead).exclude(case__outcome="recalled")
    found = given.select_related("case__team", "case__assignee").order_by("pk")
    return {opinion.about: opinion for opinion in found}


def ask_missing(move: Move) -> int:
    """Ask every department that has not been asked, or that said no; how many these are.

    Raises Refused where no team is the office for a subject.
    """
    known = latest(move.case.lead)
    wanted = [
        about
        for about in OPINION_OFFICES
        if about not in known or known[about].verdict == Opinion.Verdict.VETO
    ]
    for about in wanted:
        _ask(move, about)
    return len(wanted)


def _ask(move: Move, about: str) -> None:
    role = OPINION_OFFICES[about]
    team: Team | None = offices.team_of(role)
    if team is None:
        raise Refused(
            _("No team is the office for “%(office)s”: ask the administrator to name one.")
            % {"office": role.label}
        )
    move.participate(team.pk)  # who judges a part sees the whole
    engine.open_case(
        OPINION, by=move.by, team=team, parent=move.case, data={"about": about}, now=move.now, inside=True
    )


def begin(move: Move) -> None:
    """The case of one opinion, as its lead asks for it."""
    take_after_parent(move)
    parent: Any = move.case.parent  # it is a part of a lead
    about = move.data["about"]
    move.case.title = f"{Opinion.About(about).label} · {parent.title}"[:200]
    Opinion.objects.create(case=move.case, lead=parent.lead, about=about)


def give(move: Move) -> None:
    opinion: Opinion = move.case.opinion
    opinion.verdict, opinion.reason = move.data["verdict"], move.data["reason"]
    move.keep(opinion)


def ask_again(move: Move) -> None:
    """After what was objected to has changed. Raises Refused where nobody has to be asked."""
    if not ask_missing(move):
        raise Refused(_("No department has said no."))


def missing(lead: Lead) -> list[str]:
    """What is missing for the pre-review to be done, in words."""
    known = latest(lead)
    waiting = [str(Opinion.About(a).label) for a in OPINION_OFFICES if a not in known or not known[a].verdict]
    vetoed = [str(o.get_about_display()) for o in known.values() if o.verdict == Opinion.Verdict.VETO]
    found = []
    if waiting:
        found.append(_("Opinions are awaited on: %(about)s.") % {"about": _(", ").join(waiting)})
    if vetoed:
        found.append(
            _("A red line was drawn on: %(about)s. Change the project and ask again, or close the lead.")
            % {"about": _(", ").join(vetoed)}
        )
    return found
