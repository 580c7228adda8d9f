"""Secrets at rest: encrypted with keys that are derived from SECRET_KEY and its fallbacks."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

PURPOSE = b"portal.accounts second factor"
# Letters and digits that nobody confuses when reading them off paper (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_LENGTH = 3, 5
# One real hash costs 20 ms of processor time by design; a test makes ten of them for each second factor.
COST = 2**4 if settings.TESTING else 2**13


class Unreadable(Exception):
    """No present key opens this secret: it was written under a SECRET_KEY that is gone."""


def _keys(*texts: str) -> MultiFernet:
    # A large library that few requests need: loaded with the first of them.
    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def key(text: str) -> Fernet:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(text.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    return MultiFernet([key(text) for text in texts])


def _opened(sealed: str, *texts: str) -> str:
    from cryptography.fernet import InvalidToken

    try:
        return _keys(*texts).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def seal(text: str) -> str:
    """Encrypt with the present key."""
    return _keys(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with the present key or one of the fallbacks. Raises Unreadable."""
    return _opened(sealed, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def is_current(sealed: str) -> bool:
    """Whether the present key alone opens it; if not, it is to be sealed anew."""
    try:
        _opened(sealed, settings.SECRET_KEY)
    except Unreadable:
        return False
    return True


def recovery_code() -> str:
    """A fresh recovery code of 75 bits: "7K3QF-9XW2M-D0RTB"."""
    letters = "".join(secrets.choice(ALPHABET) for _n in range(GROUPS * GROUP_LENGTH))
    return "-".join(letters[n : n + GROUP_LENGTH] for n in range(0, len(letters), GROUP_LENGTH))


def recovery_hash(code: str, salt: str) -> str:
    """The hash under which a recovery code is kept; however it was typed (spaces, small letters, O for 0)."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum()).translate(str.maketrans("OIL", "011"))
    return hashlib.scrypt(plain.encode(), salt=salt.encode(), n=COST, r=8, p=1, dklen=32).hex()
