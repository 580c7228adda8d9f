"""The engine: the only writer of step, team, assignee, deadline and timeline.

Pages, API, jobs, ledgers and tests all call these functions, so that all behave alike. Each is
one transaction; a refusal (`portal.cases.errors`) has written nothing.
"""

from portal.cases.engine.core import (
    check_allowed,
    check_step,
    form_class,
    lock,
    open_case,
    perform,
)
from portal.cases.engine.holding import (
    accept_transfer,
    assign,
    claim,
    claim_next,
    decline_transfer,
    delegate,
    release,
    restore,
    transfer,
    withdraw_transfer,
)
from portal.cases.engine.letters import check_letter, declared_letter, issue_in, issue_letter
from portal.cases.engine.supplements import MAY_SUPPLY, answer_text, check_supply, supply
from portal.cases.engine.talk import attach, attach_in, comment, rate, remind, watch
from portal.cases.engine.timing import ask_extension, decide_extension, pause, resume

__all__ = [
    "MAY_SUPPLY",
    "accept_transfer",
    "answer_text",
    "ask_extension",
    "assign",
    "attach",
    "attach_in",
    "check_allowed",
    "check_letter",
    "check_step",
    "check_supply",
    "claim",
    "claim_next",
    "comment",
    "decide_extension",
    "declared_letter",
    "decline_transfer",
    "delegate",
    "form_class",
    "issue_in",
    "issue_letter",
    "lock",
    "open_case",
    "pause",
    "perform",
    "rate",
    "release",
    "remind",
    "restore",
    "resume",
    "supply",
    "transfer",
    "watch",
    "withdraw_transfer",
]
