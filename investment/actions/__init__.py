"""What the moves of leads write, module by module."""

from investment.actions import (
    activities,
    contracts,
    gates,
    idling,
    leads,
    opinions,
    panel,
    reminding,
    rivalry,
    secrecy,
)
from investment.actions.leads import STEPS

__all__ = [
    "STEPS",
    "activities",
    "contracts",
    "gates",
    "idling",
    "leads",
    "opinions",
    "panel",
    "reminding",
    "rivalry",
    "secrecy",
]
