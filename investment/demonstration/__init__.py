"""Live leads for the demonstration park: every step, the reserve, the pool, the ends, relative to today."""

from __future__ import annotations

from datetime import datetime

from investment.actions import activities, bulletins, idling
from investment.demonstration.cast import Cast
from investment.models import Lead
from portal.demonstration import register, staging
from portal.demonstration.staging import Stage


@register
def leads(now: datetime) -> int:
    """Commissioned agents, the stories, and the drafts of last week and month; how many leads there are."""
    from investment.demonstration_stories import tell_all

    stage = Stage(now, (idling.tend, activities.hold), sweeps=staging.TWICE_A_DAY)
    tell_all(Cast(stage))
    stage.play()
    bulletins.draft_due(now)
    return Lead.objects.filter(case__opened_by__isnull=False).count()
