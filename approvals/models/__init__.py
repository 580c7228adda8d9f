"""What approvals keep: the catalogue, its windows, procedures, land, projects and their permits."""

from approvals.models.assistance import AgentTask, Assistance
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
from approvals.models.land import Dispatch, LandApproval, LandTask, Parcel
from approvals.models.nodes import ActionItem, Meeting, Node
from approvals.models.permits import Part, Permit, PermitPaper, Pledge
from approvals.models.procedures import Prerequisite, Procedure, ProcedureItem, ProcedureVersion
from approvals.models.projects import (
    BASELINE_DAYS,
    BUILDERS,
    COMMITTED,
    FACTS,
    STAGE_FACTS,
    LeaderContact,
    Project,
)
from approvals.models.recovery import (
    YEARS_UNTIL_FEE,
    YEARS_UNTIL_TAKEN,
    Fixture,
    Recovery,
    RecoveryTrack,
)
from approvals.models.reforms import Reform, ReformCase
from approvals.models.review import CapacityReview, ReviewLine, result_of
from approvals.models.rules import ReviewRule
from approvals.models.stages import BEFOREHAND, NAMES, StageName, stage_name
from approvals.models.utilities import Utility, UtilityKind, UtilityRoute

__all__ = [
    "BASELINE_DAYS",
    "BEFOREHAND",
    "BUILDERS",
    "COMMITTED",
    "DAY_UNITS",
    "FACTS",
    "NAMES",
    "STAGE_FACTS",
    "YEARS_UNTIL_FEE",
    "YEARS_UNTIL_TAKEN",
    "ActionItem",
    "AgentTask",
    "Assistance",
    "CapacityReview",
    "ComprehensiveWindow",
    "Dispatch",
    "Fixture",
    "Intake",
    "LandApproval",
    "LandTask",
    "LeaderContact",
    "Material",
    "Meeting",
    "Node",
    "Parcel",
    "Part",
    "Permit",
    "PermitPaper",
    "Pledge",
    "Prerequisite",
    "Procedure",
    "ProcedureItem",
    "ProcedureVersion",
    "Project",
    "Recovery",
    "RecoveryTrack",
    "Reform",
    "ReformCase",
    "ReviewLine",
    "ReviewRule",
    "ServiceItem",
    "ServiceItemQuerySet",
    "StageName",
    "Utility",
    "UtilityKind",
    "UtilityRoute",
    "form_path",
    "limit_words",
    "result_of",
    "stage_name",
]
