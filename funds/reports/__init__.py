"""The indicators of funds: what was paid, what was left to enterprises, how long it took, refusals."""

from funds.reports import budgets, claims, payouts

__all__ = ["budgets", "claims", "payouts"]
