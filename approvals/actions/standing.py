"""Where a project stands in its procedure: what is granted, what can be filed now, which stage it is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from approvals.actions.procedures import tasks
from approvals.models import Permit, Prerequisite, ProcedureItem, Project, ServiceItem
from approvals.networks import without

# The stages in which permits run; talks come before them, the review after full production follows.
STAGES = (ServiceItem.Stage.LAND, ServiceItem.Stage.CONSTRUCTION, ServiceItem.Stage.COMPLETION)
AFTER = ServiceItem.Stage.CAPACITY_REVIEW
ENDED_WITHOUT = ("refused", "withdrawn", "not_accepted", "recalled", "revoked")


@dataclass(frozen=True)
class Standing:
    """The needed items of a project, by mark in its procedure, with what each waits for and its permits."""

    places: Mapping[str, ProcedureItem]
    after: Mapping[str, frozenset[str]]
    permits: Mapping[str, Sequence[Permit]]

    def is_granted(self, key: str) -> bool:
        """All permits of the item that were neither given up nor taken back are granted, and there is one."""
        held = [
            p for p in self.permits.get(key, ()) if p.case.step not in ENDED_WITHOUT and p.revoked_at is None
        ]
        return bool(held) and all(p.is_in_force for p in held)

    def awaited(self, key: str) -> list[ProcedureItem]:
        """What has to be granted before this can be filed."""
        return [self.places[other] for other in sorted(self.after[key]) if not self.is_granted(other)]

    def ready(self) -> list[ProcedureItem]:
        """What can be filed now and never was."""
        return [
            place for key, place in self.places.items() if not self.permits.get(key) and not self.awaited(key)
        ]

    def stage(self) -> str:
        """The first stage in which something needed is not granted yet."""
        for stage in STAGES:
            if any(p.item.stage == stage and not self.is_granted(k) for k, p in self.places.items()):
                return stage.value
        return AFTER.value


def standing(project: Project, permits: Iterable[Permit] | None = None) -> Standing:
    """Two statements, one where its permits have been read. History, without a procedure, has no items."""
    version = project.version_id or 0
    before = Prerequisite.objects.filter(item=OuterRef("pk")).order_by("pk").values("awaited")
    found = ProcedureItem.objects.filter(version=version).select_related("item__team")
    items = list(found.annotate(before=ArraySubquery(before)))
    known = {item.pk: item for item in items}
    awaits = {item.pk: [known[awaited] for awaited in item.before] for item in items}
    facts = project.facts()
    unneeded = {item.key for item in items if not item.is_needed(facts)}
    network = without(tasks(items, awaits), unneeded)
    if permits is None:
        permits = project.permits.select_related("case").order_by("sequence")
    held: dict[str, list[Permit]] = {}
    for permit in permits:
        if permit.place_id in known:
            held.setdefault(known[permit.place_id].key, []).append(permit)
    by_key = {item.key: item for item in items}
    return Standing({task.key: by_key[task.key] for task in network}, {t.key: t.after for t in network}, held)
