"""What comes next for a claim, in plain words for whoever filed it; and why a payment was put off."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Claim, ClaimPaper, PlanLine
from funds.models.claims import marks_of
from portal.cases.models import Document

NEXT: dict[str, Any] = {
    "signing": gettext_lazy("Once it is signed, the window looks at it within two working days."),
    "received": gettext_lazy(
        "If anything is missing you are asked for it once, and for everything together. "
        "Then the money is reserved, and the department examines the claim."
    ),
    "reviewing": gettext_lazy("Next the department says what it has found; the amount stays reserved."),
    "joint_review": gettext_lazy("Next comes the meeting of the park leaders, which decides."),
    "deciding": gettext_lazy("Next it is issued, and paid with the plan of the month."),
    "meeting": gettext_lazy("Once approved, it is public for five working days, then issued and paid."),
    "publicity": gettext_lazy("If nobody objects, it is issued and paid with the plan of the month."),
    "objected": gettext_lazy("The department answers within ten working days; then it goes on."),
    "issuing": gettext_lazy("Once issued, it comes into the payment plan of the month."),
    "fixing": gettext_lazy("Once the account is right, it is sent to the bank again at once."),
    "stopped": gettext_lazy("The finance office tells you as soon as the stop is lifted."),
    "paid": gettext_lazy("If you say nothing for two working days, it counts as received."),
    "refusing": gettext_lazy("Without an appeal the refusal stands after ten working days."),
    "appealed": gettext_lazy("The park leaders decide within ten working days."),
}


def what_next(claim: Claim) -> str:
    """One sentence; empty where nothing comes any more."""
    step = claim.case.step
    ways = {"payable": _payment, "waiting": _turn}
    return ways[step](claim) if step in ways else str(NEXT.get(step, ""))


def _turn(claim: Claim) -> str:
    if claim.budget is None or claim.waits_since is None:
        return ""
    told = {"year": claim.budget.year, "n": claim.place_in_line}
    return _("It has its turn in the budget of %(year)s: number %(n)s of those that wait.") % told


def _payment(claim: Claim) -> str:
    lines = PlanLine.objects.filter(instalment__account=claim.pk, instalment__paid_on=None)
    line = lines.filter(deferred_why="").select_related("plan").order_by("-pk").first()
    if line is None:
        return _("It comes into the next payment plan, which opens on the first of the month.")
    told = {"month": f"{line.plan.month:%Y-%m}"}
    if line.approved:
        return _("The plan of %(month)s is approved: the money goes to the bank.") % told
    return _("It stands in the plan of %(month)s, which is approved within that month.") % told


def deferrals(claim: Claim) -> list[PlanLine]:
    """Payments that were put off and stand in no plan since, each with its reason."""
    lines = PlanLine.objects.filter(instalment__account=claim.pk, instalment__state="planned")
    planned = lines.filter(deferred_why="").values("instalment")
    off = lines.exclude(deferred_why="").exclude(instalment__in=planned)
    return list(off.select_related("plan", "instalment").order_by("-pk")[:3])


def given_elsewhere(claim: Claim) -> list[tuple[Document, ClaimPaper]]:
    """Papers of the claim that were filed with another living claim as well, where one of both says that such
    a paper serves one claim only. For who reviews; a licence, which both may reuse, is not named. What was
    brought after the claim was filed is looked at as well."""
    ours: dict[str, tuple[Document, bool]] = {}
    for one in claim.case.attachments.select_related("document"):
        ours |= dict.fromkeys(marks_of(one.document), (one.document, False))
    for paper in claim.papers.select_related("material", "document"):
        ours[paper.mark] = (paper.document, paper.material.used_once)
    marks = [mark for mark in ours if mark]
    others = ClaimPaper.objects.filter(mark__in=marks, claim__live=True, claim__submitted_on__isnull=False)
    near = ("material", "claim__case", "claim__policy", "claim__enterprise")
    found = others.exclude(claim=claim.pk).select_related(*near).order_by("pk") if marks else ()
    pairs = ((*ours[other.mark], other) for other in found)
    return [(document, other) for document, once, other in pairs if once or other.material.used_once]
