"""The stories of projects and of land, each module for its part of the way."""

from approvals.demonstration.projects import Cast
from approvals.demonstration_stories import (
    beginnings,
    checklists,
    clocks,
    conditions,
    land,
    phases,
    reviews,
    works,
)

# The order counts: projects are numbered by it, and the number gives the enterprise.
PARTS = (phases, beginnings, clocks, conditions, works, reviews, land, checklists)


def tell_all(cast: Cast) -> None:
    """Put every story on the stage."""
    for part in PARTS:
        part.tell_all(cast)
