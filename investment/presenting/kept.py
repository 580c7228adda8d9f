"""How a person has set up the lead table: the columns, and the views kept under a name; in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from investment.models import LeadColumns, LeadView
from portal.accounts.models import User
from portal.names import local_name
from portal.park.acting import Actor


@dataclass(frozen=True)
class KeptView:
    """A saved view that the person may use. `team`: with which it is shared."""

    pk: int
    name: str
    query: str
    team: str
    own: bool
    opens_first: bool


def kept(actor: Actor) -> tuple[list[str], list[KeptView]]:
    """The columns that the person chose (none: nothing was chosen), and the views, own and shared."""
    columns = LeadColumns.objects.filter(user=OuterRef("pk")).values("columns")
    usable = LeadView.objects.filter(Q(owner=OuterRef("pk")) | Q(team__in=actor.team_ids))
    told = JSONObject(
        pk="pk", name="name", query="query", is_default="is_default", owner="owner_id",
        team="team__name", team_en="team__name_en",
    )  # fmt: skip
    views = ArraySubquery(usable.order_by("name", "pk").values(json=told))
    me: Any = User.objects.filter(pk=actor.user.pk).annotate(chosen_columns=Subquery(columns), views=views)
    chosen, found = me.values_list("chosen_columns", "views").get()
    return chosen or [], [_view(row, actor) for row in found]


def _view(row: dict[str, Any], actor: Actor) -> KeptView:
    own = row["owner"] == actor.user.pk
    team = local_name(row["team"] or "", row["team_en"] or "")
    return KeptView(row["pk"], row["name"], row["query"], team, own, own and row["is_default"])
