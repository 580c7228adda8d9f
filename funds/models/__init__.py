"""Rows of the domain."""

from funds.models.budgets import Account, Budget, BudgetLine, ClaimAccount, Transfer
from funds.models.claims import BankAccount, Bar, Claim, ClaimPaper, Ground, Objection, TaxRelief
from funds.models.matching import Match, Profile
from funds.models.payouts import (
    BankResult,
    FileRelease,
    Instalment,
    PaymentFile,
    PaymentLine,
    Plan,
    PlanLine,
    Recovery,
    ResultLine,
)
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
