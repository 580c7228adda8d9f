"""The kernel's own ledgers, found like those of every app."""

from portal.ledgers import park, pauses

__all__ = ["park", "pauses"]
