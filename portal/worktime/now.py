"""The present moment. All kernel and domain code asks here, so that a test can move the clock."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present, aware. In tests only, a file may hold another moment (ISO 8601)."""
    path = getattr(settings, "TEST_CLOCK_FILE", None)
    if settings.TESTING and path and Path(path).exists():
        return datetime.fromisoformat(Path(path).read_text().strip())
    return timezone.now()
