"""The stories of leads: in every step, idle, claimed by others, confidential, parked, lost, handed over.

And those of activities.
"""

from investment.demonstration.cast import Cast
from investment.demonstration_stories import aside, decided, outings, under_way

__all__ = ["aside", "decided", "outings", "under_way"]


def tell_all(cast: Cast) -> None:
    """Put every story on the stage."""
    for part in (under_way, decided, aside, outings):
        part.tell_all(cast)
