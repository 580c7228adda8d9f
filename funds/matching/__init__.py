"""Which policies fit which enterprise: facts, conditions over them, verdicts and estimates, set-based.

A condition is written once and read twice: as SQL over all enterprises, and line by line in Python for one.
Both are three-valued: what is not known is neither met nor not met.
"""

from funds.matching.alerts import tell, tell_of_account
from funds.matching.conditions import (
    Line,
    Verdict,
    conditions_of,
    evaluate,
    known,
    mistake,
    verdict_of,
    wanted,
    without_bars,
)
from funds.matching.estimates import Estimate, estimate
from funds.matching.facts import CLAIMED, FACTS, MONTHLY_BASES, UNWRITTEN, Fact, Kind, base_choices
from funds.matching.profiles import profile_of, refresh_profiles
from funds.matching.runs import current_versions, forecast, match_all, match_version, matched

__all__ = [
    "CLAIMED",
    "FACTS",
    "MONTHLY_BASES",
    "UNWRITTEN",
    "Estimate",
    "Fact",
    "Kind",
    "Line",
    "Verdict",
    "base_choices",
    "conditions_of",
    "current_versions",
    "estimate",
    "evaluate",
    "forecast",
    "known",
    "match_all",
    "match_version",
    "matched",
    "mistake",
    "profile_of",
    "refresh_profiles",
    "tell",
    "tell_of_account",
    "verdict_of",
    "wanted",
    "without_bars",
]
