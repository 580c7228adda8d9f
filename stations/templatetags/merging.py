"""The requests that were merged into one, and the one into which a request was merged."""

from __future__ import annotations

from django import template
from django.db.models import Exists, OuterRef, QuerySet

from portal.cases.access import visible_to
from portal.park.acting import Actor
from stations.models import Request

register = template.Library()


@register.simple_tag
def merged_here(facts: Request, actor: Actor) -> QuerySet[Request] | tuple[()]:
    """What was merged into a request, with `seen`: whether the reader may open it."""
    if not facts.merged_count:
        return ()
    seen = visible_to(actor).filter(pk=OuterRef("pk"))
    found = facts.case.merged_requests.select_related("case").annotate(seen=Exists(seen))
    return found.order_by("pk")


@register.simple_tag
def may_open(facts: Request, actor: Actor) -> bool:
    """Whether the reader may open the request into which this one was merged."""
    return facts.duplicate_of is not None and visible_to(actor).filter(pk=facts.duplicate_of.pk).exists()
