"""The kernel of the park services portal: what all domain apps stand on.

A domain app declares (flows, access words, indicators, ledgers); the kernel executes.
The kernel imports no domain app; it finds their declarations by autodiscovery.
"""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
