"""What the moves of leads write, module by module."""

from investment.actions import (
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
