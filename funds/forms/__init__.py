"""What is asked of people."""

from funds.forms.accounts import OwnAccountForm
from funds.forms.bars import BarForm
from funds.forms.budgets import BudgetForm, ChangeForm, DecideForm, TransferForm
from funds.forms.claims import (
    AcceptForm,
    AnswerForm,
    ApproveForm,
    ClaimForm,
    IssueForm,
    JointForm,
    OpinionForm,
    PartForm,
    RefuseForm,
    UseForm,
)
from funds.forms.payouts import (
    AccountForm,
    DeferForm,
    DemandForm,
    ObjectionForm,
    PlanForm,
    ReceiveForm,
    TakeBackForm,
    WhyForm,
)

__all__ = [
    "AcceptForm",
    "AccountForm",
    "AnswerForm",
    "ApproveForm",
    "BarForm",
    "BudgetForm",
    "ChangeForm",
    "ClaimForm",
    "DecideForm",
    "DeferForm",
    "DemandForm",
    "IssueForm",
    "JointForm",
    "ObjectionForm",
    "OpinionForm",
    "OwnAccountForm",
    "PartForm",
    "PlanForm",
    "ReceiveForm",
    "RefuseForm",
    "TakeBackForm",
    "TransferForm",
    "UseForm",
    "WhyForm",
]
