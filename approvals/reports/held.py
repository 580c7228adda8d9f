"""Net working days in figures: what is kept of what has ended, counted where nothing is kept."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from approvals.reports.days import PermitDays, ProjectDays


def permit_days() -> Coalesce:
    """Working days on which the clock of a permit ran; a column of its row."""
    return Coalesce(F("held_days"), PermitDays())


def project_days(moment: datetime | None = None) -> Coalesce:
    """Working days on which at least one permit of a project ran, until a moment or now; likewise."""
    return Coalesce(F("held_days"), ProjectDays(moment=moment))
