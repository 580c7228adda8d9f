"""Small registers that every page asks for: read once, and kept for a moment."""

from __future__ import annotations

import time
from typing import Generic, TypeVar

T = TypeVar("T")
# Other processes take up a change within this time; the one that saved it, at once.
KEPT_S = 5.0


class Kept(Generic[T]):
    """What a register says now."""

    def __init__(self) -> None:
        self._found: T | None = None
        self._read_at = 0.0

    def read(self) -> T:
        """What stands in the table."""
        raise NotImplementedError

    def now(self) -> T:
        moment = time.monotonic()
        if self._found is None or moment - self._read_at > KEPT_S:
            self._found, self._read_at = self.read(), moment
        return self._found

    def forget(self) -> None:
        """Read afresh at the next look."""
        self._found = None
