"""Stored files that no row names: what a killed process, a lost connection or an old fault has left behind.

A file is older than its row: it is stored first, in the transaction that writes the row. From before that
until the end of the transaction `spare` holds a lock in the name of its content; whoever gets the lock may
trust the rows that are there.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import default_storage
from django.db import connection, transaction

from portal.cases.models import Document
from portal.worktime.clock import local

logger = logging.getLogger(__name__)
FOLDER = "documents"
NAME = re.compile(
    rf"{FOLDER}/[0-9a-f]{{2}}/(?P<sha256>[0-9a-f]{{64}})-[0-9a-f]{{8}}\w*"
)  # nothing else is ours
OLDER = timedelta(days=1)
RUN_S, MOST = 600.0, 5000  # one night looks for so long, and for so many
STRAY = 50  # so many more files without a row than with one are believed
ASKED, REMOVED = 1000, 50  # names looked for, and files removed, in one statement and one transaction
LOCK = 0x1ED70  # name space of advisory locks


def spare(sha256: str) -> None:
    """Have files of this content left alone until the transaction under way has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))", [LOCK, sha256])


class WrongStore(Exception):
    """So many files have no row that the store seems to be another database's."""


def remove(now: datetime) -> int:
    """Remove the files, older than a day, that no row names; how many. Raises WrongStore."""
    unnamed, named = _looked_through(now)
    if len(unnamed) > named + STRAY:
        raise WrongStore(f"{len(unnamed)} files have no row and {named} have one: nothing was removed")
    return sum(_remove(names) for names in _slices(iter(unnamed), REMOVED))


def _looked_through(now: datetime) -> tuple[list[str], int]:
    """Old files without a row, and how many have one, as far as the night lets one look."""
    unnamed: list[str] = []
    named, until = 0, time.monotonic() + RUN_S
    for folder in _folders(now):
        if time.monotonic() > until or len(unnamed) >= MOST:
            logger.warning("files without a row: not all were looked at; the next night begins elsewhere")
            break
        for names in _slices(_listed(folder), ASKED):
            known = _named(names)
            named += len(known)
            unnamed += _old((name for name in names if name not in known), now)
    return unnamed, named


def _folders(now: datetime) -> list[str]:
    """In another order every night: what one does not come to another does."""
    try:
        found = sorted(default_storage.listdir(FOLDER)[0])
    except FileNotFoundError:  # nothing was ever stored
        return []
    random.Random(local(now).toordinal()).shuffle(found)  # noqa: S311  # fairness, no secret
    return found


def _listed(folder: str) -> Iterator[str]:
    listed = (f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1])
    return (name for name in listed if NAME.fullmatch(name))


def _named(names: Iterable[str]) -> set[str]:
    return set(Document.objects.filter(file__in=names).values_list("file", flat=True))


def _old(names: Iterable[str], now: datetime) -> Iterator[str]:
    for name in names:
        if default_storage.exists(name) and default_storage.get_modified_time(name) < now - OLDER:
            yield name


def _remove(names: list[str]) -> int:
    """Remove them, but for those of a content that somebody is storing, and those that have a row by now."""
    with transaction.atomic():
        free = _locked(names)
        gone = set(free) - _named(free)  # asked after the lock: it sees what was committed before
        for name in gone:
            default_storage.delete(name)
            logger.warning("removed a file that no row names: %s", name)
    return len(gone)


def _locked(names: list[str]) -> list[str]:
    marks = [found["sha256"] for name in names if (found := NAME.fullmatch(name))]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[], %s::text[]) AS f(name, mark) "
            "WHERE pg_try_advisory_xact_lock(%s, hashtext(mark))",
            [names, marks, LOCK],
        )
        return [row[0] for row in cursor.fetchall()]


def _slices(names: Iterator[str], size: int) -> Iterator[list[str]]:
    while taken := list(islice(names, size)):
        yield taken
