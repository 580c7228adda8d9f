"""Access words, declared once: who may do a thing, and who these people are.

The page, the API, the button, the report and "who may act next" all ask here. `visible_to` is the
one answer to "which cases": outside of it a case does not exist (404); within it, an action that
is not allowed is a 403. Default is deny.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty
from portal.cases.declaration import Flow, public_kinds
from portal.cases.errors import NotAllowed
from portal.cases.models import Attachment, Case, CaseQuerySet, Handover, Participant, Watch
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise, Membership
from portal.worktime.clock import local
from portal.worktime.now import now

# Duties that see every case that is not sealed (domain dossier, section 7: "R all").
SEES_ALL = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


@dataclass(frozen=True)
class Rule:
    """One access word.

    `people` is a condition on users; None: nobody to tell. `opens` answers for a case that is not
    there yet, of an enterprise and a kind; None: the word opens nothing. `at_desk` says who files for others.
    """

    word: str
    label: str | Promise
    allows: Callable[[Actor, Case], bool]
    people: Callable[[Case], Q] | None = None
    opens: Callable[[Actor, Enterprise | None, str], bool] | None = None
    at_desk: Callable[[Actor], bool] | None = None


RULES: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Make an access word known. Called in a domain's `access.py`."""
    RULES[rule.word] = rule
    return rule


def allows(actor: Actor, case: Case, words: Iterable[str]) -> bool:
    """Whether one of the words fits the person."""
    return any(RULES[word].allows(actor, case) for word in words)


def may_file_at_desk(actor: Actor, flow: Flow) -> bool:
    """Whether the person files cases of this flow for enterprises that walk in."""
    return any(RULES[word].at_desk(actor) for word in flow.opening.who if RULES[word].at_desk)  # type: ignore[misc]  # checked beside


def allows_opening(actor: Actor | None, enterprise: Enterprise | None, flow: Flow) -> bool:
    """Whether the person may open a case of this flow (for an enterprise)."""
    if actor is None:
        return "system" in flow.opening.who
    rules = [RULES[word].opens for word in flow.opening.who]
    return any(opens is not None and opens(actor, enterprise, flow.kind) for opens in rules)


def people(case: Case, words: Iterable[str]) -> Q | None:
    """The condition on users that picks everybody whom the words mean."""
    found: Q | None = None
    for word in words:
        rule = RULES[word]
        if rule.people is not None:
            condition = rule.people(case)
            found = condition if found is None else found | condition
    return found


def in_team(team_id: int | None, *roles: str) -> Q:
    """Users who work in a team, in one of the roles if any are named."""
    condition = Membership.objects.filter(user=OuterRef("pk"), team=team_id)
    return Q(Exists(condition.filter(role__in=roles) if roles else condition))


def with_duty(*duties: Duty) -> Q:
    return Q(duty_grants__duty__in=duties)


def _handler_people(case: Case) -> Q:
    return Q(pk=case.assignee_id) if case.assignee_id else in_team(case.team_id)


def _enterprise_people(case: Case) -> Q:
    acting = Agency.objects.filter(user=OuterRef("pk"), enterprise=case.enterprise_id)
    lasting = Q(expires_on=None) | Q(expires_on__gte=local(now()).date())
    return Q(Exists(acting.filter(lasting, Q(kinds=[]) | Q(kinds__contains=[case.kind]))))


def _is_handler(actor: Actor, case: Case) -> bool:
    """The assignee; any member while nobody has claimed it; and whoever leads the team."""
    if case.assignee_id is None:
        return case.team_id in actor.team_ids
    return case.assignee_id == actor.user.pk or case.team_id in actor.headed_team_ids


def _opened(actor: Actor, case: Case) -> bool:
    """Who filed it, as long as the person still acts for the enterprise (or is staff)."""
    if case.opened_by_id != actor.user.pk:
        return False
    return (
        case.enterprise_id is None or actor.is_staff_side or actor.may_act_for(case.enterprise_id, case.kind)
    )


register(Rule("handler", _("handler"), _is_handler, _handler_people))
register(Rule("team", _("team"), lambda a, c: c.team_id in a.team_ids, lambda c: in_team(c.team_id)))
register(
    Rule(
        "section_heads",
        _("section head"),
        lambda a, c: a.memberships.get(c.team_id) == Membership.Role.SECTION_HEAD,
        lambda c: in_team(c.team_id, Membership.Role.SECTION_HEAD),
    )
)
register(
    Rule(
        "heads",
        _("head of the team"),
        lambda a, c: a.memberships.get(c.team_id) == Membership.Role.HEAD,
        lambda c: in_team(c.team_id, Membership.Role.HEAD),
    )
)
register(
    Rule(
        "leader_in_charge",
        _("leader in charge"),
        lambda a, c: c.team.leader_id == a.user.pk,
        lambda c: Q(pk=c.team.leader_id),
    )
)
register(
    Rule(
        "enterprise",
        _("enterprise"),
        lambda a, c: a.may_act_for(c.enterprise_id, c.kind),
        _enterprise_people,
        lambda a, e, kind: e is not None and a.may_act_for(e.pk, kind),
    )
)
register(
    Rule(
        "opened_by",
        _("the person who filed it"),
        _opened,
        lambda c: Q(pk=c.opened_by_id),
    )
)
register(
    Rule(
        "leaders",
        _("park leaders"),
        lambda a, _c: a.holds(Duty.LEADER),
        lambda _c: with_duty(Duty.LEADER),
    )
)
register(
    Rule(
        "supervisors",
        _("supervision office"),
        lambda a, _c: a.holds(Duty.SUPERVISOR),
        lambda _c: with_duty(Duty.SUPERVISOR),
    )
)
MAY_REMIND = ("heads", "section_heads", "leader_in_charge", "leaders", "supervisors")


def _watchers(case: Case) -> Q:
    """Staff who follow the case and still may see it: a watch outlives no membership."""
    watching = Watch.objects.filter(user=OuterRef("pk"), case=case.pk)
    seats = Membership.objects.filter(user=OuterRef("pk"), team__participations__case=case.pk)
    oversees = with_duty(Duty.DISCIPLINE) if case.sealed else with_duty(*SEES_ALL)
    return Q(Exists(watching)) & (Q(Exists(seats)) | oversees)


register(Rule("watchers", _("those who follow it"), lambda _a, _c: False, _watchers))
register(
    Rule(
        "parent_team",
        _("team of the parent case"),
        lambda a, c: c.parent is not None and c.parent.team_id in a.team_ids,
        lambda c: in_team(c.parent.team_id if c.parent else None),
    )
)
register(
    Rule(
        "parent_handler",
        _("handler of the parent case"),
        lambda a, c: c.parent is not None and _is_handler(a, c.parent),
        lambda c: _handler_people(c.parent) if c.parent else Q(pk=None),
    )
)


def _receiving(case: Case) -> Handover | None:
    return case.handovers.order_by("-asked_at", "-id").first()


register(
    Rule(
        "receiving_team",
        _("team that is asked to take it"),
        lambda a, c: (h := _receiving(c)) is not None and h.to_team_id in a.team_ids,
        lambda c: in_team(h.to_team_id) if (h := _receiving(c)) else Q(pk=None),
    )
)
register(
    Rule(
        "receiving_asker",
        _("who offered it"),
        lambda a, c: (h := _receiving(c)) is not None and h.asked_by_id == a.user.pk,
        lambda c: Q(pk=h.asked_by_id) if (h := _receiving(c)) else Q(pk=None),
    )
)
# Nobody signed in: only the sweep performs it.
register(Rule("system", _("the portal"), lambda _a, _c: False))


def agency_scope(actor: Actor) -> Q:
    """The cases that a person sees because of acting for enterprises: public kinds, within the scope."""
    public = public_kinds()
    full = [m.enterprise_id for m in actor.mandates.values() if not m.kinds]
    condition = Q(enterprise__in=full, kind__in=public) if full else Q(pk__in=[])
    for mandate in actor.mandates.values():
        if mandate.kinds:
            condition |= Q(
                enterprise=mandate.enterprise_id, kind__in=[k for k in public if k in mandate.kinds]
            )
    return condition


def own_papers(actor: Actor) -> Q:
    """The papers of a person's enterprises. Who acts for some services only sees what belongs to these."""
    full = [m.enterprise_id for m in actor.mandates.values() if not m.kinds]
    part = [m.enterprise_id for m in actor.mandates.values() if m.kinds]
    condition = Q(enterprise__in=full)
    if part:
        used = Attachment.objects.filter(internal=False, case__in=Case.objects.filter(agency_scope(actor)))
        seen = Q(uploaded_by=actor.user) | Q(pk__in=used.values("document"))
        condition |= Q(enterprise__in=part) & seen
    return condition


def only_looks(actor: Actor, case: Case) -> bool:
    """Whether the person sees a case from the enterprise's side without acting for it (any more)."""
    return not is_staff_for(actor, case) and not actor.may_act_for(case.enterprise_id, case.kind)


def check_acts(actor: Actor, case: Case) -> None:
    """Raises NotAllowed for a person who may only look. The engine asks this before everything else."""
    if only_looks(actor, case):
        raise NotAllowed(_("You may look at the cases of this enterprise, but not act in them."))


def visible_to(actor: Actor | None) -> CaseQuerySet:
    """The cases that exist for this person.

    An enterprise's people see its cases of public kinds; a team sees what lies or has lain with it;
    leaders, supervision and audit see everything that is not sealed; administrators nothing, as
    the dossier says (section 7: "no case content by default").
    """
    if actor is None:
        return Case.objects.all().none()
    taken_part = Participant.objects.filter(case=OuterRef("pk"), team__in=actor.team_ids)
    condition = Q(Exists(taken_part)) if actor.team_ids else Q(pk__in=[])
    if actor.agencies:
        condition |= agency_scope(actor)
    if actor.holds(*SEES_ALL):
        condition |= Q(sealed=False)
    if actor.holds(Duty.DISCIPLINE):
        condition |= Q(sealed=True)
    return Case.objects.filter(condition)


def is_staff_for(actor: Actor, case: Case) -> bool:
    """Whether the person sees a case from the inside (internal notes, holder names, alerts)."""
    return is_inside(actor, case.enterprise_id, case.team_id)


def is_inside(actor: Actor, enterprise_id: int | None, team_id: int) -> bool:
    """The same for a row of which only the ids are read."""
    if enterprise_id is not None and enterprise_id in actor.agencies:
        return team_id in actor.team_ids
    return actor.is_staff_side
