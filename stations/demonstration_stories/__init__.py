"""The stories of the live requests: about ninety over all stations and teams, each a module for its part."""

from stations.demonstration import Cast
from stations.demonstration_stories import (
    archive,
    clock,
    early_steps,
    handling,
    late_steps,
    major,
    ratings,
    sealed,
    twice,
)

# The order counts: requests are numbered by it, and the number gives category, station and enterprise.
PARTS = (archive, early_steps, handling, clock, late_steps, ratings, sealed, major, twice)


def tell_all(cast: Cast) -> None:
    """Put every story on the stage."""
    for part in PARTS:
        part.tell_all(cast)
