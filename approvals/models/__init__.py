"""What approvals keep: the catalogue of what the park handles, and the windows that take it in."""

from approvals.models.catalogue import (
    DAY_UNITS,
    ComprehensiveWindow,
    Intake,
    Material,
    ServiceItem,
    ServiceItemQuerySet,
    form_path,
    limit_words,
)

__all__ = [
    "DAY_UNITS",
    "ComprehensiveWindow",
    "Intake",
    "Material",
    "ServiceItem",
    "ServiceItemQuerySet",
    "form_path",
    "limit_words",
]
