"""The kernel's own ledgers, found like those of every app."""

from portal.ledgers import monthly, park, pauses

__all__ = ["monthly", "park", "pauses"]
