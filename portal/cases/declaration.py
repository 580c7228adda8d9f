"""How a domain declares its flows. A declaration holds no state: the engine executes it.

A flow is one kind of case: its steps, its transitions, its limits and its escalation ladder.
Limits and ladder here are only the seed of the first `ServiceStandard`; from then on the
database rules and an administrator edits them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.cases.models import Case, Holder, Trigger
from portal.worktime.clock import Limit, Unit

if TYPE_CHECKING:
    from django.db.models import Model

    from portal.cases.forms import ActionForm
    from portal.cases.letters.wording import Wording
    from portal.cases.move import Move
    from portal.park.models import Team

Text = str | Promise
ANY_GRADE = ""


def working_days(amount: int) -> Limit:
    return Limit(Decimal(amount), Unit.WORKING_DAY)


def calendar_days(amount: int) -> Limit:
    return Limit(Decimal(amount), Unit.CALENDAR_DAY)


def service_hours(amount: str) -> Limit:
    """Time within the service hours of working days."""
    return Limit(Decimal(amount), Unit.SERVICE_HOUR)


def hours(amount: str) -> Limit:
    """Time round the clock, for what cannot wait until morning."""
    return Limit(Decimal(amount), Unit.HOUR)


@dataclass(frozen=True)
class Within:
    """The step has a limit of its own, by grade ("" = every other grade)."""

    limits: Mapping[str, Limit]


@dataclass(frozen=True)
class Promised:
    """The step has no limit of its own: the promise of the whole case rules."""


@dataclass(frozen=True)
class Unlimited:
    """The step may last as long as it takes; says why."""

    why: Text


LimitRule = Within | Promised | Unlimited


def within(limit: Limit, **by_grade: Limit) -> Within:
    """A limit for every grade, and others for the grades named."""
    return Within({ANY_GRADE: limit, **by_grade})


@dataclass(frozen=True)
class Step:
    """One state of a case.

    `counts` false: while the case stays here the promise stands still (it waits for the
    enterprise or a third party). `lapse` names the transition that the system performs when the
    step's own limit has run out. `outcome` makes the step an end of the flow. `draft`: the case is the
    enterprise's own paper still, which those who oversee the park do not see.
    """

    name: str
    label: Text
    limit: LimitRule = field(default_factory=Promised)
    holder: Holder = Holder.DEPARTMENT
    counts: bool = True
    lapse: str = ""
    outcome: str = ""
    plain: Text = ""  # the same in words for the enterprise
    rail: bool = True  # shown on the line of steps
    draft: bool = False

    @property
    def is_end(self) -> bool:
        return bool(self.outcome)


Guard = Callable[["Case", "Move"], None]
Effect = Callable[["Move"], None]


@dataclass(frozen=True)
class Transition:
    """One thing that can be done to a case.

    Its name is the action, the permission, the address, the verb in the timeline and the test.
    `target` empty keeps the step. `who` are access words, one of which must fit. `ready` raises
    `Refused` for what must come first (the page shows it beside the button); `guard` does the same
    once the input is known. `effect` writes the domain's own rows and may route the case through the move.
    A `quiet` one is not offered at all while `ready` refuses: for what makes sense in few cases only.
    `not_by` names earlier transitions whose performer may not do this one (four eyes: rule in the
    engine, constraint in the database); "open" stands for the filing itself.
    """

    name: str
    label: Text
    source: Sequence[str]
    target: str
    who: Sequence[str]
    form: type[ActionForm] | None = None
    ready: Callable[[Case], None] | None = None
    quiet: bool = False
    guard: Guard | None = None
    effect: Effect | None = None
    may_lead_to: Sequence[str] = ()  # other steps to which the effect may turn the move
    tells: Sequence[str] = ()
    reason_required: bool = False
    while_paused: bool = False
    starts_clock: bool = False
    not_by: Sequence[str] = ()
    keeps_assignee: bool = True
    primary: bool = False
    bulk: bool = False  # may be done to many cases at once; needs no form but a reason
    grave: bool = False  # refuses, withdraws, sends back: never the first button
    done: Text = ""  # past tense for the timeline; the label when empty
    help: Text = ""  # what else it sets off, said beside the button


@dataclass(frozen=True)
class Opening:
    """How a case of this kind comes into being."""

    who: Sequence[str]
    step: str
    form: type[ActionForm] | None = None
    desk_form: type[ActionForm] | None = None  # where staff who file for others fill in more
    create: Effect | None = None
    title: Callable[[Mapping[str, Any]], str] | None = None
    text: Callable[[Mapping[str, Any]], str] | None = None  # what else the case can be found by
    team: Callable[[Move], Team] | None = None
    grade: Callable[[Mapping[str, Any]], str] | None = None
    number: Callable[[Move], str] | None = None  # where its number follows from that of another case
    tells: Sequence[str] = ("team",)
    starts_clock: bool = False
    level: int = 0  # the rung of the ladder on which such a case stands from the start


@dataclass(frozen=True)
class Letter:
    """A printed document of a case in the official layout: 告知书, 交办单, 督办单.

    `mark` is its own series of document numbers (发文字号). `words` gives the text in the active
    language. `ready` raises `Refused` while there is nothing to tell yet. `occasion` tells apart
    what may be told more than once (each stop of the clock); there is one letter for each.
    `public` letters go into the file of the enterprise, others are for staff only.
    """

    name: str
    label: Text
    mark: str
    who: Sequence[str]
    words: Callable[[Case], Wording]
    ready: Callable[[Case], None] | None = None
    occasion: Callable[[Case], str] | None = None
    tells: Sequence[str] = ()
    public: bool = True
    title: Callable[[Case], str] | None = None  # the heading, where it is not the label
    address: Callable[[Case], str] | None = None  # the path to which its code leads; the case page


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder as seeded: who is told how many working days after the trigger."""

    level: int
    trigger: Trigger
    tells: Sequence[str]
    offset_days: int = 0
    opens_supervision: bool = False
    holder: Holder = Holder.DEPARTMENT


# Domain dossier, section 4, "Ladder": yellow → handler and section head; due → head; one working
# day later a supervision order; then leader in charge, the leaders' list, circulation.
STANDARD_LADDER: tuple[Rung, ...] = (
    Rung(1, Trigger.WARN, ("handler", "section_heads")),
    Rung(2, Trigger.DUE, ("handler", "heads")),
    Rung(3, Trigger.DUE, ("handler", "heads", "supervisors"), 1, opens_supervision=True),
    Rung(4, Trigger.DUE, ("heads", "leader_in_charge"), 3),
    Rung(5, Trigger.DUE, ("leaders",), 5),
    Rung(6, Trigger.DUE, ("heads", "leaders", "supervisors"), 10),
    Rung(1, Trigger.WARN, ("enterprise",), holder=Holder.ENTERPRISE),
)


@dataclass(frozen=True)
class Subjects:
    """What the drafts of a kind are about, where there is one for each: a policy, say.

    `labels` tells which of some subjects there are, each in words. `page` is the URL name of the page on
    which one goes on with a draft; it takes `?subject=`.
    """

    labels: Callable[[Sequence[str]], Mapping[str, str]]
    page: str


@dataclass(frozen=True)
class RatingWords:
    """How the enterprise is asked to rate a case, and what it is told once it has rated it low."""

    label: Text
    asks: Text
    heading: Text
    after_low: Text


RATING_WORDS = RatingWords(
    label=_("Rate the service"),
    asks=_("How were you served?"),
    heading=_("Rating"),
    after_low=_("Thank you for your rating. We will call you about it."),
)


@dataclass(frozen=True)
class Flow:
    """One kind of case, declared."""

    kind: str
    label: Text
    prefix: str  # of the case number
    steps: Sequence[Step]
    transitions: Sequence[Transition]
    opening: Opening
    promise: Mapping[str, Limit] = field(default_factory=dict)  # by grade; empty: no promise
    grades: Mapping[str, Text] = field(default_factory=dict)
    outcomes: Mapping[str, Text] = field(default_factory=dict)
    verbs: Mapping[str, Text] = field(default_factory=dict)  # what effects log besides, in the past tense
    notes: Sequence[str] = ()  # fields of its forms whose text stands in the timeline, as it was written
    ladder: Sequence[Rung] = STANDARD_LADDER
    facts: type[Model] | None = None  # the domain's row, OneToOne to the case
    facts_related: Sequence[str] = ()  # what the case page shows of it, read along
    public: bool = True  # whether the enterprise sees such cases
    extendable: bool = False
    extension_days: int = 60  # the most working days that may be asked for
    pausable: bool = False
    pause_by: Sequence[str] = ("heads", "section_heads")
    supplement_by: Sequence[str] = ()  # who besides may stop it for what is missing, and for nothing else
    extend_by: Sequence[str] = ("heads", "leader_in_charge", "leaders")
    co_handled: bool = False
    ratable: bool = False
    unrated_outcomes: Sequence[str] = ("withdrawn",)
    low_rating_opens: str = "cases.follow_up"  # the kind of the child case that answers a low rating
    rating_words: RatingWords = RATING_WORDS
    on_child_closed: Callable[[Move, Case], None] | None = None
    on_extended: Callable[[Move, int], None] | None = None  # so many more days were granted
    part_of: str = ""  # the kind with which it comes: who may act there for an enterprise may act here
    file_page: str = ""  # URL name of the page where an enterprise files one
    desk_page: str = ""  # URL name of the page where staff file one for an enterprise
    drafts_by: Subjects | None = None  # a draft for each subject; None: one for the kind
    whole_page: str = ""  # URL name of the page that shows one with all that belongs to it
    invitation: tuple[Text, Text] = ("", "")  # what the home page says of it: title, one line
    facts_template: str = ""  # fragment on the case page with the domain's own facts
    holder_template: str = ""  # fragment below who has the case: whom else one can ask
    # What programs may read of the facts: for everybody who sees the case, and for staff only.
    facts_public: Sequence[str] = ()
    facts_internal: Sequence[str] = ()
    letters: Sequence[Letter] = ()  # what may be issued on paper

    def step(self, name: str) -> Step:
        """The step of this name; KeyError when there is none."""
        return _by_name(self.steps, name)

    def transition(self, name: str) -> Transition:
        """The transition of this name; KeyError when there is none."""
        return _by_name(self.transitions, name)

    def rules_begun_by(self, name: str) -> list[str]:
        """The four-eyes rules on whose first side stands who does this ("open": who files)."""
        return [t.name for t in self.transitions if name in t.not_by]

    def letter(self, name: str) -> Letter:
        """The letter of this name; KeyError when there is none."""
        return _by_name(self.letters, name)

    def leaving(self, step: str) -> list[Transition]:
        """What can be done in a step, by anybody."""
        return [t for t in self.transitions if step in t.source]

    def is_end(self, step: str) -> bool:
        return self.step(step).is_end


Named = TypeVar("Named", Step, Transition, Letter)


def _by_name(items: Sequence[Named], name: str) -> Named:
    for item in items:
        if item.name == name:
            return item
    raise KeyError(name)


FLOWS: dict[str, Flow] = {}


def register(flow: Flow) -> Flow:
    """Make a flow known. Called at the end of a domain's `flow.py`."""
    if flow.kind in FLOWS and FLOWS[flow.kind] is not flow:
        raise ValueError(f"the kind {flow.kind} is declared twice")
    FLOWS[flow.kind] = flow
    return flow


def flow_of(kind: str) -> Flow:
    """The flow of a kind; KeyError when no installed app declares it."""
    return FLOWS[kind]


def public_kinds() -> list[str]:
    """Kinds of which an enterprise may see its own cases."""
    return [kind for kind, flow in FLOWS.items() if flow.public]


def draft_steps() -> dict[str, list[str]]:
    """Of each kind that has them, the steps in which a case is a draft."""
    found = {kind: [step.name for step in flow.steps if step.draft] for kind, flow in FLOWS.items()}
    return {kind: names for kind, names in found.items() if names}


def with_parts(kinds: Iterable[str]) -> list[str]:
    """Kinds, and those that come along with them."""
    wanted = set(kinds)
    return sorted(wanted | {kind for kind, flow in FLOWS.items() if flow.part_of in wanted})


SYSTEM_LABEL = _("the portal")
