"""What an enterprise has claimed already, said beside the field; the database has the last word.

A claim of the enterprise itself is named by its number; of another enterprise nothing is told but that the
ground is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from funds.models import Claim, Exclusion, Ground, PolicyVersion
from funds.models.claims import marks_of

Found = tuple[str | None, str]


def already_claimed(
    version: PolicyVersion, enterprise: int, period: tuple[date, date | None], typed: dict[str, Any]
) -> Iterator[Found]:
    """What stands in the way: the field, and why."""
    overlapping = Claim.objects.filter(enterprise=enterprise, live=True, period__overlap=period)
    overlapping = overlapping.select_related("case", "policy").order_by("pk")
    yield from _same_policy(version, overlapping.filter(policy=version.policy_id).first())
    yield from _excluded(overlapping.filter(policy__in=_excluding(version.policy_id)).first())
    yield from _grounds(enterprise, typed)
    yield from _evidence(version, enterprise, typed)


def _same_policy(version: PolicyVersion, other: Claim | None) -> Iterator[Found]:
    if other is None:
        return
    field = {"year": "year", "span": "since"}.get(version.period)
    told = _("You have claim %(number)s under this policy for this time already.")
    yield field, told % {"number": other.case.number}


def _excluding(policy: int) -> list[int]:
    pairs = Exclusion.objects.filter(Q(policy=policy) | Q(other=policy)).values_list("policy", "other")
    return [second if first == policy else first for first, second in pairs]


def _excluded(other: Claim | None) -> Iterator[Found]:
    if other is not None:
        told = _(
            "You have claim %(number)s under “%(policy)s”, which excludes this policy for the same time."
        )
        yield None, told % {"number": other.case.number, "policy": other.policy.label}


def _grounds(enterprise: int, typed: dict[str, Any]) -> Iterator[Found]:
    project = "".join((typed.get("project_number") or "").split()).upper()
    wanted = {
        ("invoices", Ground.Kind.INVOICE): [mark for mark, _amount in typed.get("invoices") or ()],
        ("equipment", Ground.Kind.EQUIPMENT): [mark for mark, _amount in typed.get("equipment") or ()],
        ("project_number", Ground.Kind.PROJECT): [project] if project else [],
    }
    for (field, kind), marks in wanted.items():
        taken = Ground.objects.filter(kind=kind, mark__in=marks, live=True).select_related("claim__case")
        for ground in taken.order_by("pk")[:5] if marks else ():
            yield field, _of_ground(ground, enterprise)


def _evidence(version: PolicyVersion, enterprise: int, typed: dict[str, Any]) -> Iterator[Found]:
    """Papers that serve one claim only, given with another already."""
    for material in version.materials.all():
        document = typed.get(f"paper_{material.pk}")
        if document is None or not material.used_once:
            continue
        live = Ground.objects.filter(kind=Ground.Kind.DOCUMENT, mark__in=marks_of(document), live=True)
        ground = live.select_related("claim__case").first()
        if ground is None:
            continue
        told = {"paper": document.title, "number": ground.claim.case.number}
        said = _("“%(paper)s” was given with another claim already; it serves one claim only.")
        if ground.claim.enterprise_id == enterprise:
            said = _("“%(paper)s” was given with your claim %(number)s already; it serves one claim only.")
        yield f"paper_{material.pk}", said % told


def _of_ground(ground: Ground, enterprise: int) -> str:
    if ground.claim.enterprise_id == enterprise:
        told = {"mark": ground.mark, "number": ground.claim.case.number}
        return _("%(mark)s stands in your claim %(number)s already.") % told
    return _("%(mark)s has been claimed for already; each is paid for once in the park.") % {
        "mark": ground.mark
    }
