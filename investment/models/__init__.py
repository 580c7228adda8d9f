"""What investment promotion keeps: leads, activities, envoys, targets, awards, partnerships."""

from investment.models.activities import Activity
from investment.models.leads import Lead
from investment.models.registers import Award, Envoy, Partnership, Target

__all__ = ["Activity", "Award", "Envoy", "Lead", "Partnership", "Target"]
