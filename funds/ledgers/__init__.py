"""Ledgers of the domain."""

from funds.ledgers import budgets, claims, policies, tax_reliefs

__all__ = ["budgets", "claims", "policies", "tax_reliefs"]
