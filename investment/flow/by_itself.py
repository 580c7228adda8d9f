"""What the portal does to a lead by itself: telling that it idles, giving it to others, reminding; and what
takes it from the pool again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from investment import forms
from investment.actions import STEPS, idling, leads, reminding
from portal.cases.declaration import Transition

BY_ITSELF = (
    Transition(
        "turn_yellow",
        _("Nothing done for 15 working days"),
        STEPS,
        "",
        who=("system",),
        guard=idling.still_idle(1),
        effect=idling.turn(1),
        while_paused=True,
        tells=("handler",),
        done=_("told that nothing was done for 15 working days"),
    ),
    Transition(
        "turn_red",
        _("Nothing done for 30 working days"),
        STEPS,
        "",
        who=("system",),
        guard=idling.still_idle(2),
        effect=idling.turn(2),
        while_paused=True,
        tells=("handler", "heads"),
        done=_("told that nothing was done for 30 working days"),
    ),
    Transition(
        "release",
        _("Back to the pool"),
        STEPS,
        "pool",
        who=("system",),
        guard=idling.still_idle(3),
        effect=idling.release,
        while_paused=True,
        tells=("task_forces",),
        done=_("gave it back to the pool: nothing was done for 60 working days"),
    ),
    Transition(
        "take",
        _("Take it from the pool"),
        ("pool",),
        "contact",
        who=("task_forces",),
        form=forms.TakeForm,
        effect=leads.take,
        may_lead_to=STEPS,
        while_paused=True,
        primary=True,
        done=_("took it from the pool"),
    ),
    Transition(
        "note_activity",
        _("An activity was reported"),
        (*STEPS, "parked"),
        "",
        who=("system",),
        form=forms.NotedForm,
        effect=leads.note,
        while_paused=True,
        done=_("had an activity reported"),
    ),
    Transition(
        "look_again",
        _("Time to look again"),
        ("parked",),
        "",
        who=("system",),
        effect=idling.turn(1),
        while_paused=True,
        tells=("handler",),
        done=_("reminded to look again"),
    ),
    Transition(
        "remind_of_commitments",
        _("Commitments fall due"),
        ("settlement", "start", "handed_over"),
        "",
        who=("system",),
        guard=reminding.still_due,
        effect=reminding.told,
        while_paused=True,
        tells=("handler", "heads"),
        done=_("reminded of commitments that fall due"),
    ),
)
