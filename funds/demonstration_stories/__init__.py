"""The stories of claims: from the draft to the archive, what is refused, what comes back, what waits."""

from funds.demonstration.cast import Cast
from funds.demonstration_stories import decided, paid, under_way

__all__ = ["decided", "paid", "under_way"]


def tell_all(cast: Cast) -> None:
    """Put every story on the stage."""
    for part in (under_way, decided, paid):
        part.tell_all(cast)
