"""Access words, declared once: who may do a thing, and who these people are.

The page, the API, the button, the report and "who may act next" all ask here. `visible_to` is the
one answer to "which cases": outside of it a case does not exist (404); within it, an action that
is not allowed is a 403. Default is deny.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Duty
from portal.cases.declaration import Flow, draft_steps, public_kinds
from portal.cases.errors import NotAllowed
from portal.cases.models import (
    Attachment,
    Case,
    CaseQuerySet,
    CircleMember,
    Handover,
    Participant,
    StepLog,
)
from portal.park.acting import Actor
from portal.park.models import Enterprise, Membership

# Duties that see every case that is not sealed (domain dossier, section 7: "R all").
SEES_ALL = (Duty.LEADER, Duty.SUPERVISOR, Duty.AUDITOR)


@dataclass(frozen=True)
class Rule:
    """One access word.

    `people` is who is meant, as SQL that selects the ids of users beside `m`, the row of the case:
    one definition for a move and for the sweep over thousands; empty: nobody to tell. `opens` answers for
    a case that is not there yet, of an enterprise and a kind; None: the word opens nothing. `at_desk`
    says who files for others.
    """

    word: str
    label: str | Promise
    allows: Callable[[Actor, Case], bool]
    people: str = ""
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


# Whom a word means (`who`), as far as they may know of the case `m` at all.
KNOWS_OF = """(NOT m.confidential OR EXISTS (
    SELECT 1 FROM cases_circlemember k WHERE k.case_id = m.id AND k.user_id = who.user_id))"""


@cache
def people(words: tuple[str, ...]) -> str:
    """Everybody whom the words mean, each person once: SQL beside `m`, the row of a case."""
    found = [RULES[word].people for word in dict.fromkeys(words) if RULES[word].people]
    if not found:
        return "SELECT NULL::bigint WHERE false"
    meant = " UNION ".join(f"({sql})" for sql in found)
    return f"SELECT who.user_id FROM ({meant}) who(user_id) WHERE {KNOWS_OF}"  # noqa: S608  # our own words


def members(team: str, *roles: str) -> str:
    """Who works in a team (SQL for its id), in one of the roles if any are named; as `Rule.people`."""
    chosen = ", ".join(f"'{role}'" for role in roles)
    return f"SELECT t.user_id FROM park_membership t WHERE t.team_id = {team}" + (  # noqa: S608  # our own words
        f" AND t.role IN ({chosen})" if roles else ""
    )


def on_duty(*duties: Duty) -> str:
    """Who holds a duty. A sealed case is told to nobody outside of the team that holds it."""
    chosen = ", ".join(f"'{duty.value}'" for duty in duties)
    return f"SELECT d.user_id FROM accounts_dutygrant d WHERE NOT m.sealed AND d.duty IN ({chosen})"  # noqa: S608  # likewise


def _handler_people(row: str = "m") -> str:
    return (
        f"SELECT {row}.assignee_id WHERE {row}.assignee_id IS NOT NULL "
        f"UNION ALL {members(f'{row}.team_id')} AND {row}.assignee_id IS NULL"
    )


_ENTERPRISE_PEOPLE = """
SELECT g.user_id FROM park_agency g
WHERE g.enterprise_id = m.enterprise_id AND (g.kinds = '{}' OR m.kind = ANY(g.kinds))
  AND (g.expires_on IS NULL OR g.expires_on >= (%(now)s AT TIME ZONE 'Asia/Shanghai')::date)
"""


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


register(Rule("handler", _("handler"), _is_handler, _handler_people()))
register(Rule("team", _("team"), lambda a, c: c.team_id in a.team_ids, members("m.team_id")))
register(
    Rule(
        "section_heads",
        _("section head"),
        lambda a, c: a.memberships.get(c.team_id) == Membership.Role.SECTION_HEAD,
        members("m.team_id", Membership.Role.SECTION_HEAD),
    )
)
register(
    Rule(
        "heads",
        _("head of the team"),
        lambda a, c: a.memberships.get(c.team_id) == Membership.Role.HEAD,
        members("m.team_id", Membership.Role.HEAD),
    )
)
register(
    Rule(
        "leader_in_charge",
        _("leader in charge"),
        lambda a, c: c.team.leader_id == a.user.pk,
        "SELECT p.leader_id FROM park_team p "
        "WHERE NOT m.sealed AND p.id = m.team_id AND p.leader_id IS NOT NULL",
    )
)
register(
    Rule(
        "enterprise",
        _("enterprise"),
        lambda a, c: a.may_act_for(c.enterprise_id, c.kind),
        _ENTERPRISE_PEOPLE,
        lambda a, e, kind: e is not None and a.may_act_for(e.pk, kind),
    )
)
register(
    Rule(
        "opened_by",
        _("the person who filed it"),
        _opened,
        "SELECT m.opened_by_id WHERE m.opened_by_id IS NOT NULL",
    )
)
register(
    Rule(
        "leaders",
        _("park leaders"),
        lambda a, _c: a.holds(Duty.LEADER),
        on_duty(Duty.LEADER),
    )
)
register(
    Rule(
        "supervisors",
        _("supervision office"),
        lambda a, _c: a.holds(Duty.SUPERVISOR),
        on_duty(Duty.SUPERVISOR),
    )
)
register(
    Rule(
        "inspectors",
        _("discipline inspection"),
        lambda a, c: c.sealed and a.holds(Duty.DISCIPLINE),
        f"SELECT d.user_id FROM accounts_dutygrant d WHERE m.sealed AND d.duty = '{Duty.DISCIPLINE.value}'",  # noqa: S608  # our own words
    )
)
MAY_REMIND = ("heads", "section_heads", "leader_in_charge", "leaders", "supervisors")


# Staff who follow the case and still may see it: a watch outlives no membership.
_WATCHERS = f"""
SELECT w.user_id FROM cases_watch w WHERE w.case_id = m.id AND (
    EXISTS (SELECT 1 FROM park_membership t JOIN cases_participant p ON p.team_id = t.team_id
            WHERE t.user_id = w.user_id AND p.case_id = m.id)
    OR EXISTS (SELECT 1 FROM accounts_dutygrant d WHERE d.user_id = w.user_id AND d.duty = ANY(
        CASE WHEN m.sealed THEN ARRAY['{Duty.DISCIPLINE.value}']
             ELSE ARRAY{[duty.value for duty in SEES_ALL]} END)))
"""  # noqa: S608  # our own words
register(Rule("watchers", _("those who follow it"), lambda _a, _c: False, _WATCHERS))
_PARENT_HANDLER = f"""
SELECT h.user_id FROM cases_case p CROSS JOIN LATERAL ({_handler_people("p")}) h(user_id)
WHERE p.id = m.parent_id
"""  # noqa: S608  # our own words
register(
    Rule(
        "parent_team",
        _("team of the parent case"),
        lambda a, c: c.parent is not None and c.parent.team_id in a.team_ids,
        members("(SELECT p.team_id FROM cases_case p WHERE p.id = m.parent_id)"),
    )
)
register(
    Rule(
        "parent_handler",
        _("handler of the parent case"),
        lambda a, c: c.parent is not None and _is_handler(a, c.parent),
        _PARENT_HANDLER,
    )
)


def _reviews(actor: Actor, case: Case) -> bool:
    """Who holds a review, but for all who took a step in it or in the case above it, and for the
    team that asked for it: a case may be handed to another team, an interest may not."""
    if not _is_handler(actor, case):
        return False
    concerned = Q(left_by=actor.user) | Q(left_via="appeal", team__in=actor.team_ids)
    return not StepLog.objects.filter(concerned, case__in=[case.pk, case.parent_id]).exists()


register(Rule("reviewer", _("reviewing office, nobody who handled the case"), _reviews))


_LAST_OFFER = """
(SELECT h.{column} FROM cases_handover h WHERE h.case_id = m.id ORDER BY h.asked_at DESC, h.id DESC LIMIT 1)
"""  # our own words


def _receiving(case: Case) -> Handover | None:
    return case.handovers.order_by("-asked_at", "-id").first()


register(
    Rule(
        "receiving_team",
        _("team that is asked to take it"),
        lambda a, c: (h := _receiving(c)) is not None and h.to_team_id in a.team_ids,
        members(_LAST_OFFER.format(column="to_team_id")),
    )
)
register(
    Rule(
        "receiving_asker",
        _("who offered it"),
        lambda a, c: (h := _receiving(c)) is not None and h.asked_by_id == a.user.pk,
        _LAST_OFFER.format(column="asked_by_id"),
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


def usable_papers(actor: Actor, case: Case) -> Q:
    """The papers of the enterprise that a person may use in a case.

    One's own; and, so that nobody is asked for what the park has, for the team that holds the case.
    """
    if case.enterprise_id in actor.mandates:
        return own_papers(actor) & papers_of(case.enterprise_id)
    return papers_of(case.enterprise_id) if holds_with_team(actor, case) else Q(pk__in=[])


def papers_of(enterprise_id: int | None) -> Q:
    return Q(enterprise=enterprise_id)


def holds_with_team(actor: Actor, case: Case) -> bool:
    """Whether the person meets the case as one of the team that holds it, not as its enterprise."""
    return case.enterprise_id not in actor.mandates and case.team_id in actor.team_ids


def only_looks(actor: Actor, case: Case) -> bool:
    """Whether the person sees a case without acting in it: audit, and an agency that only looks.

    Source: domain dossier, section 7 (审计: R everywhere).
    """
    if is_staff_for(actor, case):
        return not actor.memberships and actor.duties <= {Duty.AUDITOR.value}
    return not actor.may_act_for(case.enterprise_id, case.kind)


def check_acts(actor: Actor, case: Case) -> None:
    """Raises NotAllowed for a person who may only look, or may not know of it.

    The engine asks this before everything else.
    """
    if case.confidential and not case.circle.filter(user=actor.user).exists():
        raise NotAllowed(_("This case is confidential, and you are not of its circle."))
    if only_looks(actor, case):
        raise NotAllowed(_("You may look at this case, but not act in it."))


def visible_to(actor: Actor | None) -> CaseQuerySet:
    """The cases that exist for this person.

    An enterprise's people see its cases of public kinds; a team sees what lies or has lain with it;
    leaders, supervision and audit see everything that is not sealed, and no draft of an enterprise;
    administrators nothing, as the dossier says (section 7: "no case content by default"). What is
    confidential exists for its circle only.
    """
    if actor is None:
        return Case.objects.all().none()
    taken_part = Participant.objects.filter(case=OuterRef("pk"), team__in=actor.team_ids)
    condition = Q(Exists(taken_part)) if actor.team_ids else Q(pk__in=[])
    if actor.holds(*SEES_ALL):
        condition |= Q(sealed=False) & _filed()
    if actor.agencies:
        condition |= agency_scope(actor)
    if actor.holds(Duty.DISCIPLINE):
        condition |= Q(sealed=True)
    found = Case.objects.filter(condition)
    # Beside the rest, not within it: the planner joins with what a team took part in.
    return found.filter(known_to(actor)) if actor.is_staff_side else found


def _circles(actor: Actor) -> QuerySet[CircleMember, int]:
    """The confidential cases of which the person may know."""
    return CircleMember.objects.filter(user=actor.user).values_list("case", flat=True)


def known_to(actor: Actor) -> Q:
    """Of what the person sees otherwise, that of which they may know."""
    return Q(confidential=False) | Q(pk__in=_circles(actor))


def _filed() -> Q:
    """Not a draft any more."""
    condition = Q()
    for kind, steps in draft_steps().items():
        condition &= ~Q(kind=kind, step__in=steps)
    return condition


def is_staff_for(actor: Actor, case: Case) -> bool:
    """Whether the person sees a case from the inside (internal notes, holder names, alerts)."""
    return is_inside(actor, case.enterprise_id, case.team_id)


def is_inside(actor: Actor, enterprise_id: int | None, team_id: int) -> bool:
    """The same for a row of which only the ids are read."""
    if enterprise_id is not None and enterprise_id in actor.agencies:
        return team_id in actor.team_ids
    return actor.is_staff_side
