"""Ledgers of the domain."""

from investment.ledgers import leads, registers

__all__ = ["leads", "registers"]
