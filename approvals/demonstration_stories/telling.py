"""How a story comes on the stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from approvals.demonstration.projects import Cast, Site
from portal.demonstration.staging import Story


def tell(cast: Cast, story: Callable[..., Story], name: str, procedure: str, *args: Any) -> None:
    """Put a story about a new project on the stage."""
    site = Site(cast, name, procedure)
    cast.stage.tell(lambda: story(site, *args))
