"""Handing an enterprise over to another owner, who has to agree. There is one owner at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.notices import outbox
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise
from portal.trust.invitations import check_owner
from portal.trust.models import Answer, OwnershipOffer
from portal.worktime.clock import local

VALID = timedelta(days=7)


def offer(agency_pk: int, *, by: Actor, now: datetime) -> OwnershipOffer:
    """Offer the enterprise to one of its agents. Raises Refused, NotAllowed."""
    with transaction.atomic():
        agency = Agency.objects.select_related("enterprise").get(pk=agency_pk)
        _hold(agency.enterprise_id)
        check_owner(Actor(by.user), agency.enterprise_id)
        if agency.role == Agency.Role.OWNER or not agency.user.is_active:
            raise Refused(_("The enterprise can be handed over to one of its agents only."))
        waiting = OwnershipOffer.objects.filter(enterprise=agency.enterprise_id, state=Answer.PENDING)
        if waiting.filter(valid_until__gt=now).exists():
            raise Conflict(_("It is offered to somebody already. Take that offer back first."))
        waiting.update(state=Answer.WITHDRAWN, answered_at=now)
        made = OwnershipOffer.objects.create(
            enterprise=agency.enterprise,
            from_user=by.user,
            to_user=agency.user,
            offered_at=now,
            valid_until=now + VALID,
        )
        params = {"enterprise": agency.enterprise.name, "who": str(by.user), "offer": made.pk}
        outbox.tell([agency.user_id], "trust.ownership_offered", params, now=now)
    return made


def _hold(enterprise_id: int) -> None:
    """All changes of an enterprise's owner wait for each other here."""
    Enterprise.objects.select_for_update().get(pk=enterprise_id)


def accept(pk: int, *, by: Actor, now: datetime) -> OwnershipOffer:
    """Become the owner; the former one stays as an agent with full scope. Raises Conflict, NotAllowed."""
    with transaction.atomic():
        found = _open(pk, now)
        if found.to_user_id != by.user.pk:
            raise NotAllowed(_("Only the person to whom it was offered may answer."))
        seats = Agency.objects.filter(enterprise=found.enterprise_id)
        lasting = Q(expires_on=None) | Q(expires_on__gte=local(now).date())
        former = seats.filter(user=found.from_user_id, role=Agency.Role.OWNER)
        mine = seats.filter(lasting, user=by.user, role=Agency.Role.AGENT)
        if not former.exists() or not mine.exists():
            raise Conflict(_("The people of this enterprise have changed meanwhile: the offer is void."))
        granted = {"granted_by": found.from_user, "granted_at": now}
        former.update(role=Agency.Role.AGENT, **granted)
        mine.update(role=Agency.Role.OWNER, read_only=False, kinds=[], expires_on=None, **granted)
        _answer(found, Answer.ACCEPTED, now)
        _tell(found, "trust.ownership_accepted", now)
    return found


def decline(pk: int, *, by: Actor, now: datetime) -> OwnershipOffer:
    """Not to become the owner."""
    with transaction.atomic():
        found = _open(pk, now)
        if found.to_user_id != by.user.pk:
            raise NotAllowed(_("Only the person to whom it was offered may answer."))
        _answer(found, Answer.DECLINED, now)
        _tell(found, "trust.ownership_declined", now)
    return found


def withdraw(pk: int, *, by: Actor, now: datetime) -> OwnershipOffer:
    """Take an offer back."""
    with transaction.atomic():
        found = _open(pk, now)
        check_owner(Actor(by.user), found.enterprise_id)
        _answer(found, Answer.WITHDRAWN, now)
    return found


def _open(pk: int, now: datetime) -> OwnershipOffer:
    found = OwnershipOffer.objects.select_related("enterprise", "from_user", "to_user").get(pk=pk)
    _hold(found.enterprise_id)
    found.refresh_from_db(fields=["state", "valid_until"])
    if found.has_lapsed(now):
        raise Conflict(_("This offer has expired."))
    if found.state != Answer.PENDING:
        raise Conflict(_("This offer has been answered or taken back already."))
    return found


def _answer(found: OwnershipOffer, state: Answer, now: datetime) -> None:
    found.state, found.answered_at = state, now
    found.save(update_fields=["state", "answered_at"])


def _tell(found: OwnershipOffer, key: str, now: datetime) -> None:
    params = {"enterprise": found.enterprise.name, "who": str(found.to_user)}
    outbox.tell([found.from_user_id], key, params, now=now)
