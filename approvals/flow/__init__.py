"""The flows of approvals.

A project goes through the five stages; what it needs (its procedure says what) are permits, child cases
that open by themselves when it is their turn: filed → accepted → reviewed → decided → certificate. What
was pledged at acceptance (容缺) or committed (告知承诺) are cases below the permit, with their own clocks.
Source: domain dossier, section 2. Limits are proposals there, and data here.
"""

from approvals.flow import (
    action_item,
    assistance,
    land_approval,
    permit,
    pledge,
    project,
    recovery,
    recovery_tracks,
    review,
    utility,
)

__all__ = [
    "action_item",
    "assistance",
    "land_approval",
    "permit",
    "pledge",
    "project",
    "recovery",
    "recovery_tracks",
    "review",
    "utility",
]
