"""The indicators of funds: what was paid, what was left to enterprises, how long it took, refusals, and what
nobody asked for."""

from funds.reports import budgets, claims, payouts, unclaimed

__all__ = ["budgets", "claims", "payouts", "unclaimed"]
