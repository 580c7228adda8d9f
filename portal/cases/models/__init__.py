"""The tables of the case engine. Only `portal.cases.engine` and its helpers write them."""

from portal.cases.models.alerts import Alert, SetAside
from portal.cases.models.case import Case, CaseQuerySet, CircleMember, Holder, Light, Participant
from portal.cases.models.children import CoHandling, FollowUp, SecondFailure, SupervisionOrder
from portal.cases.models.clock import Extension, Handover, Pause, StepLog
from portal.cases.models.letters import IssuedLetter, LetterCounter
from portal.cases.models.papers import Attachment, Document, Draft
from portal.cases.models.record import AuditExport, Comment, Event, Rating, Signature
from portal.cases.models.searching import SearchEntry
from portal.cases.models.standards import ServiceStandard, StandardLimit, StandardRung, Trigger
from portal.cases.models.supplements import MissingItem
from portal.cases.models.working import Absence, Batch, BatchItem, Deputised, SavedView, Watch

__all__ = [
    "Absence",
    "Alert",
    "Attachment",
    "AuditExport",
    "Batch",
    "BatchItem",
    "Case",
    "CaseQuerySet",
    "CircleMember",
    "CoHandling",
    "Comment",
    "Deputised",
    "Document",
    "Draft",
    "Event",
    "Extension",
    "FollowUp",
    "Handover",
    "Holder",
    "IssuedLetter",
    "LetterCounter",
    "Light",
    "MissingItem",
    "Participant",
    "Pause",
    "Rating",
    "SavedView",
    "SearchEntry",
    "SecondFailure",
    "ServiceStandard",
    "SetAside",
    "Signature",
    "StandardLimit",
    "StandardRung",
    "StepLog",
    "SupervisionOrder",
    "Trigger",
    "Watch",
]
