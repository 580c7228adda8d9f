"""Ledgers of the domain."""

from investment.ledgers import activities, leads, registers

__all__ = ["activities", "leads", "registers"]
