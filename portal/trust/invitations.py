"""Inviting somebody to act for an enterprise: one signed link, seven days, used once.

The link goes to the address that the owner typed, never to an account that merely claims that address,
and nothing that the owner sees tells whether somebody with the address has an account.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.cases.errors import Conflict, NotAllowed, Refused
from portal.notices import outbox
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise
from portal.trust.letters import kick_letters
from portal.trust.models import Answer, Invitation, Letter, OwnershipOffer

VALID = timedelta(days=7)
# Against an owner's account that is used to send mail to strangers.
MOST_OPEN = 20
MOST_SENDINGS = 5
MOST_TRIES = 10


def _signer() -> Signer:
    return Signer(salt="portal.trust.invitation", sep=".")


def token(invitation: Invitation) -> str:
    """The secret part of the link; made anew whenever it is shown or sent, never stored."""
    return _signer().sign(f"{invitation.pk}-{invitation.nonce}")


def link(invitation: Invitation) -> str:
    return f"{settings.PORTAL_URL}{reverse('trust:invitation', args=[token(invitation)])}"


def find(text: str) -> Invitation | None:
    """The invitation of a link; None for one that was not made here, or was replaced by a newer sending."""
    try:
        pk, _dash, nonce = _signer().unsign(text).partition("-")
    except BadSignature:
        return None
    found = Invitation.objects.select_related("enterprise", "invited_by").filter(pk=int(pk)).first()
    same = found is not None and secrets.compare_digest(found.nonce, nonce)
    return found if same else None


def check_owner(by: Actor, enterprise_id: int | None) -> None:
    """Raises NotAllowed for everybody but the owner of the enterprise."""
    if not by.owns(enterprise_id):
        raise NotAllowed(_("Only the owner of the enterprise decides who acts for it."))


def invite(enterprise: Enterprise, *, by: Actor, data: dict[str, Any], now: datetime) -> Invitation:
    """Invite somebody by name, and by e-mail where one is given; else by the link alone. Raises Refused."""
    check_owner(by, enterprise.pk)
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        standing = Invitation.objects.filter(enterprise=enterprise, state=Answer.PENDING, valid_until__gt=now)
        if standing.count() >= MOST_OPEN:
            raise Refused(_("Too many invitations are waiting. Withdraw some of them first."))
        if data["email"] and standing.filter(email__iexact=data["email"]).exists():
            raise Refused(_("An invitation to this address is waiting already: send it again instead."))
        made = Invitation.objects.create(
            enterprise=enterprise,
            invited_by=by.user,
            invited_at=now,
            valid_until=now + VALID,
            nonce=secrets.token_hex(16),
            **data,
        )
        _post(made, now)
    return made


def _post(invitation: Invitation, now: datetime) -> None:
    if not invitation.email:
        return
    Letter.objects.create(
        invitation=invitation,
        sending=invitation.sendings,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        next_try_at=now,
    )
    transaction.on_commit(kick_letters)


def resend(pk: int, *, by: Actor, now: datetime) -> Invitation:
    """A new link for seven more days; the former one is void. Raises Refused, Conflict."""
    with transaction.atomic():
        invitation = _own(pk, by)
        if invitation.state != Answer.PENDING:
            raise Conflict(_("This invitation has been answered meanwhile."))
        if invitation.sendings >= MOST_SENDINGS:
            raise Refused(_("This invitation has been sent often enough. Withdraw it and invite anew."))
        invitation.nonce, invitation.tries = secrets.token_hex(16), 0
        invitation.valid_until, invitation.sendings = now + VALID, invitation.sendings + 1
        invitation.invited_by = by.user
        invitation.save()
        _post(invitation, now)
    return invitation


def withdraw(pk: int, *, by: Actor, now: datetime) -> None:
    """Take an invitation back. Raises Conflict when it was answered meanwhile."""
    with transaction.atomic():
        invitation = _own(pk, by)
        if invitation.state != Answer.PENDING:
            raise Conflict(_("This invitation has been answered meanwhile."))
        _answer(invitation, Answer.WITHDRAWN, by.user, now)


def _own(pk: int, by: Actor) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=pk)
    check_owner(by, invitation.enterprise_id)
    return invitation


def _answer(invitation: Invitation, state: Answer, user: User | None, now: datetime) -> None:
    invitation.state, invitation.answered_by, invitation.answered_at = state, user, now
    invitation.save()


def _held(invitation: Invitation, now: datetime) -> Invitation:
    """The invitation, locked and still open. Raises Conflict."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.nonce != invitation.nonce or not locked.is_open(now):
        raise Conflict(closed_because(locked, now))
    return locked


def closed_because(invitation: Invitation, now: datetime) -> str:
    """Why a link leads nowhere any more."""
    if invitation.has_lapsed(now):
        return _("This invitation has expired. Ask the enterprise to send it again.")
    return {
        Answer.ACCEPTED.value: _("This invitation has been used already."),
        Answer.DECLINED.value: _("This invitation was declined."),
        Answer.WITHDRAWN.value: _("The enterprise has withdrawn this invitation."),
    }.get(invitation.state, _("This link has been replaced by a newer one."))


def accept(invitation: Invitation, user: User, *, now: datetime) -> Agency:
    """The person acts for the enterprise from now on. Raises Conflict, Refused.

    A double click by the same person is one acceptance.
    """
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=invitation.enterprise_id)
        standing = Agency.objects.filter(user=user, enterprise=invitation.enterprise_id).first()
        fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if fresh.state == Answer.ACCEPTED and fresh.answered_by_id == user.pk and standing is not None:
            return standing
        locked = _held(invitation, now)
        if standing is not None and standing.role == Agency.Role.OWNER:
            raise Refused(_("You own this enterprise: there is nothing to accept."))
        _check_inviter(locked, now)
        agency = standing or Agency(user=user, enterprise_id=locked.enterprise_id)
        agency.read_only, agency.kinds, agency.expires_on = locked.read_only, locked.kinds, locked.expires_on
        agency.granted_by, agency.granted_at = locked.invited_by, now
        agency.save()
        _answer(locked, Answer.ACCEPTED, user, now)
        _tell_owner(locked, "trust.accepted", str(user), now)
    return agency


def _check_inviter(invitation: Invitation, now: datetime) -> None:
    """An invitation is worth what the word of who sent it is worth now: it falls with the ownership."""
    owned = Agency.objects.filter(
        user=invitation.invited_by_id, enterprise=invitation.enterprise_id, role=Agency.Role.OWNER
    )
    if not owned.exists() or not invitation.invited_by.is_active:
        raise Conflict(_("Who invited you does not own this enterprise any more. Ask the present owner."))


def decline(invitation: Invitation, user: User | None, *, now: datetime) -> None:
    """Not to act for the enterprise. Raises Conflict."""
    with transaction.atomic():
        locked = _held(invitation, now)
        _answer(locked, Answer.DECLINED, user, now)
        _tell_owner(locked, "trust.declined", locked.name, now)


def _tell_owner(invitation: Invitation, key: str, who: str, now: datetime) -> None:
    params = {"enterprise": invitation.enterprise.name, "who": who}
    outbox.tell([invitation.invited_by_id], key, params, now=now)


def count_try(invitation: Invitation) -> None:
    """A sign-in name that was taken: the link shall not serve to find out whose names there are."""
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        locked.tries += 1
        locked.save(update_fields=["tries"])


# The agents that there are ------------------------------------------------------------------------


def _agent(pk: int, by: Actor) -> Agency:
    """An agent of an enterprise that the person owns, locked. The owner is no agent."""
    agency = Agency.objects.select_for_update(of=("self",)).select_related("enterprise", "user").get(pk=pk)
    check_owner(by, agency.enterprise_id)
    if agency.role == Agency.Role.OWNER:
        raise Refused(_("The owner can only hand the enterprise over."))
    return agency


def change_agent(
    pk: int, *, by: Actor, read_only: bool, kinds: list[str], expires_on: date, now: datetime
) -> None:
    """Another scope or last day for an agent."""
    with transaction.atomic():
        agency = _agent(pk, by)
        agency.read_only, agency.kinds, agency.expires_on = read_only, kinds, expires_on
        agency.granted_by, agency.granted_at = by.user, now
        agency.save()
        outbox.tell([agency.user_id], "trust.changed", {"enterprise": agency.enterprise.name}, now=now)


def end_agent(pk: int, *, by: Actor, now: datetime) -> None:
    """The agent sees nothing of the enterprise from the next request on."""
    with transaction.atomic():
        agency = _agent(pk, by)
        OwnershipOffer.objects.filter(
            enterprise=agency.enterprise_id, to_user=agency.user_id, state=Answer.PENDING
        ).update(state=Answer.WITHDRAWN, answered_at=now)
        agency.delete()
        outbox.tell([agency.user_id], "trust.ended", {"enterprise": agency.enterprise.name}, now=now)
