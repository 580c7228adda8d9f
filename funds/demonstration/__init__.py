"""Live claims for the demonstration park: every step from the draft to the archive, relative to today."""

from __future__ import annotations

from datetime import datetime

from funds import actions, matching
from funds.demonstration.cast import Cast
from funds.demonstration.conditions import write_down
from funds.models import Claim
from portal.demonstration import register, staging
from portal.demonstration.staging import Stage


@register
def claims(now: datetime) -> int:
    """Policies of today with their budgets, then the stories; how many claims there are."""
    from funds.demonstration_stories import tell_all

    stage = Stage(now, (actions.tend_plans, actions.serve_budgets), sweeps=staging.TWICE_A_DAY)
    cast = Cast(stage)
    tell_all(cast)
    stage.play()
    write_down(now)
    matching.match_all(now)
    return Claim.objects.filter(case__opened_by__isnull=False).count()
