"""Files that follow their transaction: what is stored within one that fails is not left behind."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import Storage
from django.db import transaction

logger = logging.getLogger(__name__)
Stored = list[tuple[Storage, str]]
_STORED: ContextVar[Stored | None] = ContextVar("files stored in this transaction", default=None)


@contextmanager
def atomic() -> Iterator[None]:
    """`transaction.atomic()`, and the files noted inside are removed again when the block fails.

    Not when only the COMMIT does: whether the database has done it nobody knows then. That, and what a
    process leaves that is killed, is for the nightly job (`portal.cases.papers.orphans`).
    """
    around, stored, broke = _STORED.get(), Stored(), False
    mark = _STORED.set(stored)
    try:
        with transaction.atomic():
            try:
                yield
            except BaseException:
                broke = True
                raise
    except BaseException:
        if broke:
            _remove(stored)
        raise
    finally:
        _STORED.reset(mark)
    if around is not None:  # whose transaction may fail yet
        around.extend(stored)


def note(storage: Storage, name: str) -> None:
    """Say that a file has been stored for rows of the transaction under way."""
    stored = _STORED.get()
    if stored is None:
        raise RuntimeError("a file was stored outside of portal.files.atomic()")
    stored.append((storage, name))


def _remove(stored: Stored) -> None:
    for storage, name in stored:
        try:
            storage.delete(name)
        except Exception as error:  # whatever a store says: what broke the block is what counts
            logger.warning("%s is left behind until the nightly job: %s", name, error)
