"""Files of the embedded servers: private ones, locks, and copies that another user can read."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotStart(SystemExit):
    """The servers cannot be had; the message says what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(f"portal: {text}")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    fresh.replace(path)


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """One process at a time, over all processes of this folder."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_to_others(path: Path) -> bool:
    """Whether any user can reach what lies in this folder."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def copy_readable(sources: dict[str, Path], target: Path) -> None:
    """Copy folders under new names into `target`, readable by everybody; whole, or not at all."""
    if target.exists():
        return
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    for name, source in sources.items():
        shutil.copytree(source, fresh / name, symlinks=True)
    for path in (target.parent, fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444 | _executable(path)))
    try:
        fresh.rename(target)
    except OSError:  # another folder's portal was faster
        shutil.rmtree(fresh)


def _executable(path: Path) -> int:
    return 0o111 if path.stat().st_mode & 0o100 else 0
