"""What the moves of leads write."""

from investment.actions.leads import (
    create_lead,
    go_back,
    hand_over,
    lose,
    park,
    plan,
    settle,
    sign,
    take_up,
    task_force,
)

__all__ = [
    "create_lead",
    "go_back",
    "hand_over",
    "lose",
    "park",
    "plan",
    "settle",
    "sign",
    "take_up",
    "task_force",
]
