"""The kernel's own kinds of case: co-handling, supervision orders, what low ratings set off."""

from portal.cases.flow import co_handling, ratings, second_failure, supervision
from portal.cases.flow.common import (
    CO_HANDLING,
    FOLLOW_UP,
    SECOND_FAILURE,
    SUPERVISION,
    ask_team,
    parts_replied,
)

__all__ = [
    "CO_HANDLING",
    "FOLLOW_UP",
    "SECOND_FAILURE",
    "SUPERVISION",
    "ask_team",
    "co_handling",
    "parts_replied",
    "ratings",
    "second_failure",
    "supervision",
]
