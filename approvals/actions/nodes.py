"""The node plan of a project, its meetings, and the cases that come out of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.access import ACTION_ITEM
from approvals.actions.around import around
from approvals.actions.days import allow_until
from approvals.models import ActionItem, Meeting, Node
from portal.cases import engine
from portal.cases.errors import Refused
from portal.cases.models import Case
from portal.cases.move import Move


def plan_nodes(move: Move) -> None:
    """Replace what has not been reached yet; what stands is history."""
    project = move.case.project
    reached = set(project.nodes.exclude(reached_on=None).values_list("what", flat=True))
    project.nodes.filter(reached_on=None).delete()
    Node.objects.bulk_create(
        Node(project=project, what=what, planned_on=on)
        for what, on in move.data["nodes"]
        if what not in reached
    )


def nodes_ahead(case: Case) -> None:
    if not around(case.project)[1]:
        raise Refused(_("No node is ahead."))


def reach_node(move: Move) -> None:
    node: Node = move.data["node"]
    node.reached_on, node.reached_by = move.data["reached_on"], move.user
    node.note, node.photo = move.data["note"], move.data["photo"]
    node.save(update_fields=["reached_on", "reached_by", "note", "photo"])
    if node.photo is not None:
        engine.attach_in(move, node.photo)


def hold_meeting(move: Move) -> None:
    """Minutes; and each thing agreed on becomes a case of the team that has to do it."""
    if move.user is None:
        raise Refused(_("Only a person may do this."))
    meeting = Meeting.objects.create(
        project=move.case.project,
        held_on=move.data["held_on"],
        minutes=move.data["minutes"],
        noted_by=move.user,
    )
    for what, team, due_on in move.data["items"]:
        engine.open_case(
            ACTION_ITEM,
            by=move.by,
            enterprise=move.case.enterprise,
            team=team,
            parent=move.case,
            data={"what": what, "meeting": meeting.pk, "due_on": due_on},
            now=move.now,
            inside=True,
        )


def create_action_item(move: Move) -> None:
    due_on = move.data["due_on"]
    ActionItem.objects.create(case=move.case, meeting=move.data["meeting"], due_on=due_on)
    allow_until(move, due_on)


def report_item(move: Move) -> None:
    item: ActionItem = move.case.action_item
    item.result = move.data["result"]
    move.keep(item)
