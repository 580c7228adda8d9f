"""What people fill in on the way of a request."""

from stations.forms.filing import DeskFilingForm, FilingForm
from stations.forms.handling import DirectAnswerForm, ProgressForm, ReportForm, ReviewForm
from stations.forms.planning import PlanForm, ReachForm
from stations.forms.taking import AcceptForm, CoHandlerForm, DispatchForm, MergeForm, TeamForm

__all__ = [
    "AcceptForm",
    "CoHandlerForm",
    "DeskFilingForm",
    "DirectAnswerForm",
    "DispatchForm",
    "FilingForm",
    "MergeForm",
    "PlanForm",
    "ProgressForm",
    "ReachForm",
    "ReportForm",
    "ReviewForm",
    "TeamForm",
]
