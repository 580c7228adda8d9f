"""准入评审: a panel of people who give points each by themselves; who has an interest gives none.

Source: dossier, section 5, step 6: veto items and 100 points. How many people, and the mark, are proposals.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from investment.access import ASSESSMENT
from investment.models import Assessment, Criterion, Lead
from portal.accounts.models import User
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.flow.common import take_after_parent
from portal.cases.move import Move
from portal.park.models import Membership, Team

LEAST_SHEETS = 3
PASS_MARK = 60


def present_round(lead: Lead) -> int:
    """The number of the review that is under way, or was the last; 0 before the first."""
    return lead.assessments.aggregate(last=Max("round"))["last"] or 0


def sheets(lead: Lead) -> list[Assessment]:
    """The sheets of the present review, without those that were recalled."""
    found = Assessment.objects.filter(lead=lead, round=present_round(lead)).exclude(case__outcome="recalled")
    return list(found.select_related("case", "reviewer").order_by("pk"))


def average(given: list[Assessment]) -> float | None:
    """The mean of the points given, of 100; None while there are none."""
    totals = [sheet.total for sheet in given if sheet.total is not None]
    return fmean(totals) if totals else None


def convene(move: Move) -> None:
    """Open a sheet for everybody of the panel. Raises Refused where the lines do not come to 100 points."""
    lead: Lead = move.case.lead
    check_sheet()
    number = present_round(lead)
    if not number or any(sheet.case.is_open or sheet.total is not None for sheet in sheets(lead)):
        number += 1
    _recall_open(move, lead)
    for reviewer in move.data["reviewers"]:
        _ask(move, reviewer, number)


def add_reviewers(move: Move) -> None:
    """More people for the review that is under way, where one has an interest."""
    lead: Lead = move.case.lead
    number = present_round(lead)
    known = {sheet.reviewer_id for sheet in lead.assessments.filter(round=number)}
    fresh = [user for user in move.data["reviewers"] if user.pk not in known]
    if not fresh:
        raise Refused(_("All of them have a sheet already."))
    for reviewer in fresh:
        _ask(move, reviewer, number)


def check_sheet() -> None:
    """Raises Refused where the lines in use do not come to 100 points."""
    points = sum(Criterion.objects.filter(active=True, is_veto=False).values_list("points", flat=True))
    if points != 100:
        raise Refused(
            _("The scoring sheet comes to %(points)s points instead of 100: ask the administrator.")
            % {"points": points}
        )


def _recall_open(move: Move, lead: Lead) -> None:
    for sheet in sheets(lead):
        if sheet.case.is_open:
            engine.perform(sheet.case_id, "recall", by=None, now=move.now)


def _ask(move: Move, reviewer: User, number: int) -> None:
    seat = Membership.objects.filter(user=reviewer, team__active=True).order_by("pk").first()
    team: Team = seat.team if seat is not None else move.case.team
    move.participate(team.pk)
    engine.open_case(
        ASSESSMENT,
        by=move.by,
        team=team,
        parent=move.case,
        data={"reviewer": reviewer.pk, "round": number},
        now=move.now,
        inside=True,
    )


def begin(move: Move) -> None:
    """The sheet of one person: it lies with that person, and stays there."""
    take_after_parent(move)
    parent: Any = move.case.parent  # it is a part of a lead
    reviewer: User = move.data["reviewer"]
    move.case.title = f"{reviewer.label} · {parent.title}"[:200]
    move.assign(reviewer)
    Assessment.objects.create(case=move.case, lead=parent.lead, reviewer=reviewer, round=move.data["round"])


def score(move: Move) -> None:
    """Keep each line as it was asked, so that a sheet that changes later changes no review."""
    sheet: Assessment = move.case.assessment
    sheet.points = move.data["points"]
    sheet.total = sum(line["given"] for line in sheet.points)
    sheet.vetoes, sheet.opinion = move.data["vetoes"], move.data["opinion"]
    move.keep(sheet)


def declare_interest(move: Move) -> None:
    sheet: Assessment = move.case.assessment
    sheet.interest = move.data["interest"]
    move.keep(sheet)


def missing(lead: Lead) -> list[str]:
    """What is missing for the project to be admitted, in words."""
    given = sheets(lead)
    if not given:
        return [_("No panel has been convened.")]
    found = []
    if waiting := [sheet.reviewer.label for sheet in given if sheet.case.is_open]:
        found.append(_("Sheets are awaited from: %(who)s.") % {"who": _(", ").join(waiting)})
    done = [sheet for sheet in given if sheet.total is not None]
    if len(done) + len(waiting) < LEAST_SHEETS:
        found.append(
            _("The panel needs %(least)s people without an interest: add somebody.") % {"least": LEAST_SHEETS}
        )
    if vetoes := {name for sheet in done for name in sheet.vetoes}:
        found.append(_("Veto items apply: %(items)s.") % {"items": _(", ").join(sorted(vetoes))})
    mean = average(done)
    if mean is not None and not waiting and mean < PASS_MARK:
        found.append(
            _("%(points).1f points of 100 on average; %(mark)s are needed.")
            % {"points": mean, "mark": PASS_MARK}
        )
    return found
