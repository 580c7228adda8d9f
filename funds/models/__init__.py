"""Rows of the domain."""

from funds.models.budgets import Budget, ClaimAccount
from funds.models.claims import BankAccount, Bar, Claim, ClaimPaper, Ground, Objection, TaxRelief
from funds.models.lines import Account, BudgetLine, Transfer
from funds.models.matching import Match, Profile
from funds.models.payments import BankResult, FileRelease, PaymentFile, PaymentLine, ResultLine
from funds.models.payouts import Instalment, Plan, PlanLine, Recovery
from funds.models.policies import (
    Criterion,
    Exclusion,
    Policy,
    PolicyMaterial,
    PolicyVersion,
    Tier,
)

__all__ = [
    "Account",
    "BankAccount",
    "BankResult",
    "Bar",
    "Budget",
    "BudgetLine",
    "Claim",
    "ClaimAccount",
    "ClaimPaper",
    "Criterion",
    "Exclusion",
    "FileRelease",
    "Ground",
    "Instalment",
    "Match",
    "Objection",
    "PaymentFile",
    "PaymentLine",
    "Plan",
    "PlanLine",
    "Policy",
    "PolicyMaterial",
    "PolicyVersion",
    "Profile",
    "Recovery",
    "ResultLine",
    "TaxRelief",
    "Tier",
    "Transfer",
]
