"""What investment promotion keeps: leads and what is given to them, contracts, activities, registers."""

from investment.models.activities import Activity, Call
from investment.models.bulletins import Bulletin
from investment.models.contracts import SOON, Commitment, Contract
from investment.models.leads import HUNDRED_MILLION, IDLE_AFTER, PROTECTED_DAYS, Lead
from investment.models.ranking import Ranking, RankingRule, Untruth
from investment.models.registers import Agent, Award, Envoy, Partnership, Target
from investment.models.reviews import Assessment, Criterion, Opinion, Rivalry, TermSheet
from investment.models.tables import LeadColumns, LeadView

__all__ = [
    "HUNDRED_MILLION",
    "IDLE_AFTER",
    "PROTECTED_DAYS",
    "SOON",
    "Activity",
    "Agent",
    "Assessment",
    "Award",
    "Bulletin",
    "Call",
    "Commitment",
    "Contract",
    "Criterion",
    "Envoy",
    "Lead",
    "LeadColumns",
    "LeadView",
    "Opinion",
    "Partnership",
    "Ranking",
    "RankingRule",
    "Rivalry",
    "Target",
    "TermSheet",
    "Untruth",
]
