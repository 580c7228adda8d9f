"""What is asked of people."""

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
    "ClaimForm",
    "DeferForm",
    "DemandForm",
    "IssueForm",
    "JointForm",
    "ObjectionForm",
    "OpinionForm",
    "PartForm",
    "PlanForm",
    "ReceiveForm",
    "RefuseForm",
    "TakeBackForm",
    "UseForm",
    "WhyForm",
]
