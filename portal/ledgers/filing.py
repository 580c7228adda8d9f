"""Keeping uploaded and made files in the portal's private storage, and reading them back unchanged."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage

FOLDER = "ledgers"
CHUNK = 2**20


class Changed(Exception):
    """A kept file is gone, or not the one that was kept."""


def keep(content: File[Any], suffix: str) -> str:
    """Store a file; the name under which it is kept tells nothing about it."""
    return default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}{suffix}", content)


def throw_away(stored_name: str) -> None:
    if stored_name:
        default_storage.delete(stored_name)


def sha256_of(file: IO[bytes]) -> str:
    """The fingerprint of a file, read from its start; it stands at its start again afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@contextmanager
def at_hand(stored_name: str, name: str, sha256: str) -> Iterator[Path]:
    """The kept file under the name it was uploaded with. Raises Changed."""
    with tempfile.TemporaryDirectory(prefix="ledgers-") as folder:
        path = Path(folder) / name
        try:
            with default_storage.open(stored_name, "rb") as kept, path.open("wb") as copy:
                shutil.copyfileobj(kept, copy, CHUNK)
        except (FileNotFoundError, ValueError) as error:
            raise Changed from error
        with path.open("rb") as copy:
            if sha256_of(copy) != sha256:
                raise Changed
        yield path
