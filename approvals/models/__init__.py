"""What approvals keep: the catalogue of the items that the park handles, its windows, and procedures."""

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
from approvals.models.procedures import Prerequisite, Procedure, ProcedureItem, ProcedureVersion

__all__ = [
    "DAY_UNITS",
    "ComprehensiveWindow",
    "Intake",
    "Material",
    "Prerequisite",
    "Procedure",
    "ProcedureItem",
    "ProcedureVersion",
    "ServiceItem",
    "ServiceItemQuerySet",
    "form_path",
    "limit_words",
]
