"""Forms of leads."""

from investment.forms.leads import (
    AdmissionForm,
    ContactForm,
    DecisionForm,
    HandOverForm,
    LeadForm,
    LossForm,
    NegotiationForm,
    NextActionForm,
    OpinionForm,
    ParkingForm,
    ReturnForm,
    SettlementForm,
    SigningForm,
    TakeUpForm,
    VisitForm,
)

__all__ = [
    "AdmissionForm",
    "ContactForm",
    "DecisionForm",
    "HandOverForm",
    "LeadForm",
    "LossForm",
    "NegotiationForm",
    "NextActionForm",
    "OpinionForm",
    "ParkingForm",
    "ReturnForm",
    "SettlementForm",
    "SigningForm",
    "TakeUpForm",
    "VisitForm",
]
