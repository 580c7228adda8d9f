"""What is done with policies: a draft is begun, filled, looked at, and published by somebody else.

Dossier, section 3, step 1. A version says what the policy itself will say (delivery, budget, what it
excludes) from the day on which it is published, so that none of it changes by one person alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from funds import matching
from funds.models import Exclusion, Policy, PolicyVersion
from portal.accounts.models import User
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.worktime.clock import local

Row = Mapping[str, Any]
# What a version says by itself, and the columns of what belongs to it.
SAID = (
    "summary", "summary_en", "text", "source", "opens_on", "closes_on", "method", "base", "rate",
    "fixed_amount", "cap_amount", "lifetime_cap_amount", "period", "instalments", "delivery", "budget_id",
    "excluded",
)  # fmt: skip
ROWS: dict[str, tuple[str, ...]] = {
    "criteria": ("position", "group", "fact", "operator", "values", "hint", "hint_en"),
    "tiers": ("from_amount", "rate", "amount"),
    "materials": ("position", "name", "name_en", "is_required", "used_once"),
}


def create_policy(policy: Policy, *, by: User, now: datetime) -> PolicyVersion:
    """A policy that there was not, with an empty draft."""
    with transaction.atomic():
        policy.save()
        return begin_draft(policy, by=by, now=now)


def begin_draft(policy: Policy, *, by: User | None, now: datetime) -> PolicyVersion:
    """A draft with what the last published version says. Raises Conflict when there is one already."""
    with transaction.atomic():
        held = Policy.objects.select_for_update().get(pk=policy.pk)
        if held.versions.filter(published_at=None).exists():
            raise Conflict(_("There is a draft already: go on with that one."))
        last = held.versions.order_by("-number").first()
        said = {name: getattr(last, name) for name in SAID} if last else _empty(now)
        said |= {"delivery": held.delivery, "budget_id": held.budget_id, "excluded": sorted(held.excludes())}
        number = (held.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        made = {"made_at": now, "made_by": by, "writers": [by.pk] if by else []}
        draft = PolicyVersion.objects.create(policy=held, number=number, **said, **made)
        for name in ROWS if last else ():
            _keep_rows(draft, name, rows_of(last, name))
    return draft


def _empty(now: datetime) -> dict[str, Any]:
    """What a draft must say from the start."""
    return {
        "opens_on": local(now).date(),
        "method": PolicyVersion.Method.RATE,
        "base": matching.CLAIMED,
        "rate": "0.1",
    }


def rows_of(version: PolicyVersion | None, name: str) -> list[dict[str, Any]]:
    """Criteria, tiers or materials of a version, in their order."""
    return list(getattr(version, name).order_by(ROWS[name][0]).values(*ROWS[name])) if version else []


def _keep_rows(draft: PolicyVersion, name: str, wanted: Sequence[Row]) -> None:
    """What stays as it is is not written, so that the history shows what somebody changed."""
    held = rows_of(draft, name)
    if held == [dict(row) for row in wanted]:
        return
    manager = getattr(draft, name)
    manager.all().delete()
    manager.bulk_create([manager.model(version=draft, **row) for row in wanted])


def mark(version: PolicyVersion) -> str:
    """What a version holds, in sixteen characters: another one as soon as anything in it is another."""
    held = [
        PolicyVersion.objects.filter(pk=version.pk).values_list(*SAID, "writers").first(),
        [rows_of(version, name) for name in ROWS],
        sorted(version.policy.excludes()),
    ]
    text = json.dumps([version.pk, held], cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def locked_draft(version: PolicyVersion, seen: str | None = None) -> PolicyVersion:
    """The draft, for as long as the transaction lasts. Raises Conflict when it is not as it was seen."""
    found = PolicyVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if found is None:
        raise Conflict(_("This draft has been discarded."))
    if not found.is_draft:
        raise Conflict(_("This version has been published already."))
    if seen is not None and mark(found) != seen:
        raise Conflict(_("Somebody has changed this draft meanwhile."))
    return found


def change_draft(draft: PolicyVersion, rows: Mapping[str, Sequence[Row]], *, by: User, now: datetime) -> None:
    """Keep a draft that the caller holds locked, and has filled. Who writes in it will not publish it."""
    draft.changed_at, draft.changed_by = now, by
    draft.writers = sorted({*draft.writers, by.pk})
    draft.save()
    for name, wanted in rows.items():
        _keep_rows(draft, name, wanted)


def discard_draft(version: PolicyVersion, *, seen: str) -> None:
    """Take a draft away; its history stays. Raises Conflict."""
    with transaction.atomic():
        locked_draft(version, seen).delete()


def mistakes(version: PolicyVersion) -> list[str]:
    """Everything that keeps a version from being published, in words."""
    found = [matching.mistake(criterion) for criterion in version.criteria.all()]
    tiered = version.method in (PolicyVersion.Method.TIERS, PolicyVersion.Method.STEPS)
    if not version.summary.strip():
        found.append(_("Say in plain words what it is: this is what enterprises read."))
    if tiered and not version.tiers.exists():
        found.append(_("There is no tier yet."))
    if version.policy.team_id is None:
        found.append(_("No department looks after this policy."))
    if version.delivery == Policy.Delivery.AUTOMATIC and version.base == matching.CLAIMED:
        said = _("Without application the amount cannot hang on what an enterprise says that it has spent.")
        found.append(said)
    return [text for text in found if text]


def wrote(version: PolicyVersion, user: User) -> bool:
    """Whether the person has written in it."""
    return user.pk in {*version.writers, version.made_by_id, version.changed_by_id}


def publish_version(
    version: PolicyVersion, *, by: User | None, note: str, now: datetime, seen: str | None = None
) -> PolicyVersion:
    """From now on it holds, and it is known whom it fits.

    Raises Refused (all that is wrong), NotAllowed (whoever wrote it), Conflict.
    """
    with transaction.atomic():
        Policy.objects.select_for_update().get(pk=version.policy_id)
        locked = locked_draft(version, seen)
        if by is not None and wrote(locked, by):
            raise NotAllowed(_("You have written in this draft yourself: somebody else has to publish it."))
        if errors := mistakes(locked):
            raise Refused(" ".join(errors))
        locked.published_at, locked.published_by, locked.note = now, by, note.strip()[:300]
        locked.save()
        _bring_in_force(locked)
        matching.match_version(locked)
    return locked


def _bring_in_force(version: PolicyVersion) -> None:
    """The policy says what its version says, and stands beside no other that it excludes."""
    policy = version.policy
    policy.delivery, policy.budget_id = version.delivery or policy.delivery, version.budget_id
    policy.save(update_fields=["delivery", "budget"])
    held, wanted = policy.excludes(), {pk for pk in version.excluded if pk != policy.pk}
    gone = held - wanted
    Exclusion.objects.filter(Q(policy=policy, other__in=gone) | Q(other=policy, policy__in=gone)).delete()
    known = set(Policy.objects.filter(pk__in=wanted - held).values_list("pk", flat=True))
    Exclusion.objects.bulk_create(
        Exclusion(policy_id=min(policy.pk, pk), other_id=max(policy.pk, pk)) for pk in sorted(known)
    )
