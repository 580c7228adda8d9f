"""The stories of leads: in every step, idle, claimed by others, confidential, parked, lost, handed over."""

from investment.demonstration.cast import Cast
from investment.demonstration_stories import aside, decided, under_way

__all__ = ["aside", "decided", "under_way"]


def tell_all(cast: Cast) -> None:
    """Put every story on the stage."""
    for part in (under_way, decided, aside):
        part.tell_all(cast)
