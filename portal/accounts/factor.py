"""The second factor: one-time codes of an authenticator app, and recovery codes for a lost device.

Time is the machine's own clock here, not the portal's: it has to agree with the person's phone.
"""

from __future__ import annotations

import secrets as random
from datetime import timedelta

import pyotp
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.accounts.models import RecoveryCode, SecondFactor, User
from portal.accounts.secrets import Unreadable, is_current, recovery_code, recovery_hash, seal, unseal

STEP_S = 30
DRIFT = 1  # steps before and after the present one that a phone's clock may be off
RECOVERY_CODES = 10
# Wrong codes in a row, from whatever address, before all codes are refused for a while. The lock-out
# of the sign-in page counts per address; this one stops a guesser who has many.
MOST_FAILURES = 10
BLOCKED_FOR = timedelta(minutes=15)


def of(user: User | AnonymousUser) -> SecondFactor | None:
    """The second factor that is in force for a person."""
    return SecondFactor.objects.filter(user=user.pk, confirmed_at__isnull=False).first() if user.pk else None


def start(user: User) -> SecondFactor:
    """A fresh secret, not yet in force. One that is in force stays as it is."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if (standing := of(user)) is not None:
            return standing
        SecondFactor.objects.filter(user=user).delete()
        return SecondFactor.objects.create(
            user=user,
            sealed_secret=seal(pyotp.random_base32()),
            recovery_salt=random.token_hex(16),
            created_at=timezone.now(),
        )


def confirm(user: User, code: str) -> list[str] | None:
    """Put the second factor in force with its first code; the recovery codes, or None for a wrong code."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        if factor is None or not _takes(factor, code):
            return None
        factor.confirmed_at = timezone.now()
        factor.save(update_fields=["confirmed_at"])
        return _fresh_codes(factor)


def check(user: User, code: str) -> bool:
    """Whether a one-time code is right now. Each is taken once, also when two requests bring it at once."""
    with transaction.atomic():
        factor = _locked(user)
        if factor is None:
            return False
        return _counted(factor, ok=_takes(factor, code))


def use_recovery(user: User, code: str) -> bool:
    """Spend a recovery code."""
    with transaction.atomic():
        factor = _locked(user)
        if factor is None:
            return False
        unused = factor.recovery_codes.filter(
            code_hash=recovery_hash(code, factor.recovery_salt), used_at=None
        )
        return _counted(factor, ok=bool(unused.update(used_at=timezone.now())))


def codes_left(user: User) -> int:
    """Recovery codes that have not been used."""
    return RecoveryCode.objects.filter(factor=user.pk, used_at=None).count()


def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
        return _fresh_codes(factor)


def remove(user: User) -> bool:
    """Take the second factor away, with its recovery codes; whether there was one in force."""
    deleted = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).delete()[0]
    return bool(deleted)


def _locked(user: User) -> SecondFactor | None:
    """The factor in force, locked for this transaction; None while guessing is blocked."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if factor is None or (factor.blocked_until and factor.blocked_until > timezone.now()):
        return None
    return factor


def _counted(factor: SecondFactor, *, ok: bool) -> bool:
    factor.failures = 0 if ok else factor.failures + 1
    if factor.failures >= MOST_FAILURES:
        factor.failures, factor.blocked_until = 0, timezone.now() + BLOCKED_FOR
    factor.save(update_fields=["failures", "blocked_until"])
    return ok


def _takes(factor: SecondFactor, code: str) -> bool:
    """Compare with the codes of now and of the neighbouring steps, none older than the last one taken."""
    code = "".join(code.split())
    try:
        secret = unseal(factor.sealed_secret)
    except Unreadable:  # the key is gone: only a recovery code or an administrator helps
        return False
    totp = pyotp.TOTP(secret, interval=STEP_S)
    now = int(timezone.now().timestamp()) // STEP_S
    fits = [n for n in range(now - DRIFT, now + DRIFT + 1) if _equal(totp.generate_otp(n), code)]
    fresh = [n for n in fits if n > factor.last_step]
    if not fresh:
        return False
    factor.last_step = fresh[0]
    if not is_current(factor.sealed_secret):
        factor.sealed_secret = seal(secret)
    factor.save(update_fields=["last_step", "sealed_secret"])
    return True


def _equal(right: str, given: str) -> bool:
    return random.compare_digest(right.encode(), given.encode())


def _fresh_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    codes = [recovery_code() for _n in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, code_hash=recovery_hash(code, factor.recovery_salt)) for code in codes
    )
    return codes


def secret_text(factor: SecondFactor) -> str:
    """The secret in groups of four, for typing it into an app by hand."""
    secret = unseal(factor.sealed_secret)
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def qr_code(factor: SecondFactor) -> SafeString:
    """The QR code that an authenticator app reads: SVG, drawn with attributes only."""
    secret = unseal(factor.sealed_secret)
    uri = pyotp.TOTP(secret).provisioning_uri(name=factor.user.username, issuer_name=_("Park services"))
    import segno  # only who sets the factor up needs it

    drawn = segno.make(uri, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from modules, nothing of the text is in it
