"""How a story comes on the stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.demonstration.staging import Story
from stations.demonstration import Cast, Request


def tell(cast: Cast, story: Callable[..., Story], *args: Any, **filing: Any) -> None:
    """Put a story about a new request on the stage; `filing` is what is special about that."""
    request = Request(cast, **filing)
    cast.stage.tell(lambda: story(request, *args))
