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
from funds.forms.library import LibraryForm
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
from funds.forms.policies import NewPolicyForm, PolicyDraftForm, PolicyForm, PublishPolicyForm, keeping_teams

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
    "LibraryForm",
    "NewPolicyForm",
    "ObjectionForm",
    "OpinionForm",
    "OwnAccountForm",
    "PartForm",
    "PlanForm",
    "PolicyDraftForm",
    "PolicyForm",
    "PublishPolicyForm",
    "ReceiveForm",
    "RefuseForm",
    "TakeBackForm",
    "TransferForm",
    "UseForm",
    "WhyForm",
    "keeping_teams",
]
