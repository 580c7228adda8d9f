"""The letters of the kernel's own cases: 交办单 for co-handling, 督办单 for supervision orders."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.cases.declaration import Letter
from portal.cases.errors import Refused
from portal.cases.letters.wording import (
    Wording,
    authority,
    enterprise_name,
    moment_prose,
    paragraphs,
    team_name,
)
from portal.cases.models import Case
from portal.cases.offices import NAMES
from portal.worktime.clock import Calendar, local
from portal.worktime.now import now


def still_open(case: Case) -> None:
    if not case.is_open:
        raise Refused(_("The case is closed."))


def reply_by(case: Case) -> str:
    if case.due_at is None:
        return ""
    return _("Please sign for it on receipt and reply in writing by %(due)s.") % {
        "due": moment_prose(case.due_at)
    }


def assignment_words(case: Case) -> Wording:
    """What another department is asked to do within a case."""
    parent = case.parent or case
    intro = _(
        "In the matter “%(title)s” of %(enterprise)s (number %(number)s), "
        "the following part is assigned to you:"
    ) % {
        "title": parent.title,
        "enterprise": enterprise_name(parent.enterprise),
        "number": parent.number,
    }
    ask = case.co_handling.ask if hasattr(case, "co_handling") else ""
    contact = _("The matter is led by %(team)s, which puts the replies together.") % {
        "team": team_name(parent.team)
    }
    return Wording(
        addressee=team_name(case.team),
        paragraphs=paragraphs(intro, ask, reply_by(case), contact),
        signed_by=(authority(), team_name(parent.team)),
    )


def supervision_words(case: Case) -> Wording:
    """What is late, since when, and what the late team has to answer."""
    late = case.parent or case
    values = {"title": late.title, "number": late.number, "due": moment_prose(late.due_at)}
    told = _("The matter “%(title)s” (number %(number)s) lies with you; it was due by %(due)s.") % values
    demand = case.supervision_order.demand if hasattr(case, "supervision_order") else ""
    ask = _(
        "Please find out at once why it is late, take action, and answer in writing: "
        "the reason, what has been done, what will be done next, who is responsible, and by when."
    )
    warning = _(
        "An order that is not answered in time is reported to the leader in charge according to the rules."
    )
    leader = late.team.leader
    office = str(NAMES["supervision"])
    return Wording(
        addressee=team_name(case.team if case.parent is None else late.team),
        paragraphs=paragraphs(told + _overdue(late), demand, ask, reply_by(case), warning),
        signed_by=(authority(), office[:1].upper() + office[1:]),
        copies_to=str(leader) if leader is not None else "",
    )


def _overdue(case: Case) -> str:
    if case.due_at is None or not case.is_open:
        return ""
    late = Calendar.current().working_days_between(local(case.due_at).date(), local(now()).date())
    if late < 1:
        return ""
    return ngettext(
        " It is overdue by %(n)s working day and has not been done.",
        " It is overdue by %(n)s working days and has not been done.",
        late,
    ) % {"n": late}


ASSIGNMENT = Letter(
    "assignment",
    gettext_lazy("Assignment sheet"),
    "交",
    who=("parent_handler", "supervisors"),
    words=assignment_words,
    ready=still_open,
    tells=("handler",),
    public=False,
)
SUPERVISION_ORDER = Letter(
    "supervision_order",
    gettext_lazy("Supervision order sheet"),
    "督",
    who=("supervisors",),
    words=supervision_words,
    ready=still_open,
    tells=("handler", "heads", "leader_in_charge"),
    public=False,
)
