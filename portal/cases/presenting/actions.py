"""What can be done now, by this person: exactly that, with what it sets off."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.cases import access
from portal.cases.declaration import Flow, Transition
from portal.cases.engine import check_allowed, form_class
from portal.cases.errors import NotAllowed, Refused
from portal.cases.models import Case, Extension, Handover
from portal.cases.standards import PROMISE, standard
from portal.park.acting import Actor
from portal.worktime.explain import limit_text


@dataclass(frozen=True)
class Offer:
    """One button. `blocked` says what must come first."""

    name: str
    label: str
    href: str
    says: str
    primary: bool = False
    grave: bool = False
    blocked: str = ""
    bare: bool = False  # nothing to fill in: one click


def transitions(case: Case, actor: Actor) -> list[Offer]:
    """The transitions that the flow allows this person now; the primary one first."""
    found = []
    for transition in case.flow.leaving(case.step):
        if case.paused_at is not None and not transition.while_paused:
            continue
        try:
            check_allowed(case, transition, actor)
        except NotAllowed:
            continue
        offer = _offer(case, transition)
        if not (offer.blocked and transition.quiet):
            found.append(offer)
    return sorted(found, key=lambda offer: (not offer.primary, offer.grave))


def _offer(case: Case, transition: Transition) -> Offer:
    blocked = ""
    if transition.ready:
        try:
            transition.ready(case)
        except Refused as refusal:
            blocked = str(refusal)
    return Offer(
        name=transition.name,
        label=str(transition.label),
        href=reverse("cases:case_perform", args=[case.pk, transition.name]),
        says=consequences(case, transition),
        primary=transition.primary,
        grave=transition.grave,
        blocked=blocked,
        bare=form_class(transition) is None,
    )


def consequences(case: Case, transition: Transition) -> str:
    """Whom a step tells, and which clock it starts or stops: said before it is done."""
    parts = []
    if transition.tells:
        who = _(", ").join(str(access.RULES[word].label) for word in dict.fromkeys(transition.tells))
        parts.append(_("Tells: %(who)s") % {"who": who})
    if transition.help:
        parts.append(str(transition.help))
    rules = standard(case.standard_id)
    if transition.starts_clock and (promise := rules.limit(PROMISE, case.grade)):
        parts.append(_("Starts the clock: %(limit)s") % {"limit": limit_text(promise)})
    if transition.target and transition.target != case.step:
        target = case.flow.step(transition.target)
        if target.is_end:
            parts.append(_("Closes the case"))
        elif not target.counts:
            parts.append(_("The clock stands still"))
        if limit := rules.limit(target.name, case.grade):
            parts.append(_("Next: %(step)s, %(limit)s") % {"step": target.label, "limit": limit_text(limit)})
    return _("; ").join(parts)


def operations(
    case: Case, actor: Actor, handover: Handover | None, extension: Extension | None
) -> list[Offer]:
    """What the kernel itself offers: holding, handing over, stopping the clock, more time."""
    if not case.is_open:
        return []
    return [
        *_holding(case, actor, handover),
        *_timing(case, actor, case.flow, extension),
        *_following(case, actor),
    ]


def _holding(case: Case, actor: Actor, handover: Handover | None) -> list[Offer]:
    found = []
    handles = access.allows(actor, case, ("handler",))
    if handover is not None and handover.to_team_id in actor.team_ids:
        found.append(_op(case, "accept_transfer", _("Take it over"), primary=True))
        found.append(_op(case, "decline_transfer", _("Decline"), grave=True))
    if case.assignee_id is None and case.team_id in actor.team_ids:
        found.append(_op(case, "claim", _("Claim"), bare=True))
    if case.assignee_id == actor.user.pk and case.team_id in actor.team_ids:
        found.append(_op(case, "release", _("Put back into the queue"), bare=True))
    if access.allows(actor, case, ("heads", "section_heads")):
        found.append(_op(case, "assign", _("Assign to a colleague")))
    if handles and handover is not None:
        found.append(_op(case, "withdraw_transfer", _("Take the offer back"), bare=True))
    elif handles and not case.sealed:
        found.append(_op(case, "transfer", _("Offer to another team")))
    return found


def _following(case: Case, actor: Actor) -> list[Offer]:
    """Reminding the handler, and hearing of what others do."""
    found = []
    if case.assignee_id != actor.user.pk and access.allows(actor, case, access.MAY_REMIND):
        found.append(_op(case, "remind", _("Remind")))
    if getattr(case, "is_watched", False):
        found.append(_op(case, "unwatch", _("Follow no longer"), bare=True))
    elif access.is_staff_for(actor, case) and case.assignee_id != actor.user.pk:
        found.append(_op(case, "watch", _("Follow"), says=_("You hear of every step."), bare=True))
    return found


def _timing(case: Case, actor: Actor, flow: Flow, extension: Extension | None) -> list[Offer]:
    found = []
    stoppable = flow.pausable and case.paused_at is None and case.step_declared.counts
    if stoppable and access.allows(actor, case, (*flow.pause_by, *flow.supplement_by)):
        found.append(_op(case, "pause", _("Stop the clock")))
    if case.paused_at is not None and access.allows(actor, case, (*flow.pause_by, "handler")):
        found.append(_op(case, "resume", _("Let the clock run"), primary=True, bare=True))
    if extension is not None and access.allows(actor, case, flow.extend_by):
        says = ngettext("Asks for %(n)s working day", "Asks for %(n)s working days", extension.days)
        reason = f"{says % {'n': extension.days}}: {extension.reason}"
        if extension.asked_by_id != actor.user.pk:
            found.append(_op(case, "grant_extension", _("Grant more time"), says=reason, bare=True))
            found.append(_op(case, "refuse_extension", _("Refuse more time"), grave=True, bare=True))
    askable = flow.extendable and extension is None and case.promise_due_at is not None
    if askable and access.allows(actor, case, ("handler",)):
        found.append(_op(case, "ask_extension", _("Ask for more time")))
    return found


def _op(
    case: Case,
    name: str,
    label: str,
    *,
    says: str = "",
    primary: bool = False,
    grave: bool = False,
    bare: bool = False,
) -> Offer:
    href = reverse("cases:case_operate", args=[case.pk, name])
    return Offer(name, label, href, says, primary=primary, grave=grave, bare=bare)
