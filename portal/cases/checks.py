"""System checks: a flow that cannot work must not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from portal.cases.access import RULES
from portal.cases.declaration import FLOWS, Flow, Promised, Within
from portal.cases.sweep_words import SWEEP_WORDS


@register()
def flows_hold(**_kwargs: Any) -> list[CheckMessage]:
    """Every declared flow: steps reachable, words known, limits ruled, labels given, numbers apart."""
    found: list[CheckMessage] = []
    prefixes: dict[str, str] = {}
    marks: dict[str, str] = {}
    for flow in FLOWS.values():
        found += [Error(text, obj=flow.kind, id=code) for code, text in problems(flow)]
        if prefixes.setdefault(flow.prefix, flow.kind) != flow.kind:
            found.append(Error(f"the number prefix {flow.prefix} is taken", obj=flow.kind, id="cases.E009"))
        for letter in flow.letters:
            if marks.setdefault(letter.mark, f"{flow.kind}.{letter.name}") != f"{flow.kind}.{letter.name}":
                text = f"the document mark {letter.mark} is taken"
                found.append(Error(text, obj=flow.kind, id="cases.E011"))
    return found


def problems(flow: Flow) -> Iterator[tuple[str, str]]:
    """What is wrong with a flow: (code, text)."""
    yield from _steps(flow)
    yield from _transitions(flow)
    yield from _words(flow)
    yield from _ladder(flow)


def _steps(flow: Flow) -> Iterator[tuple[str, str]]:
    names = [step.name for step in flow.steps]
    for name in {n for n in names if names.count(n) > 1}:
        yield "cases.E001", f"the step {name} is declared twice"
    for name in set(names) - _reachable(flow):
        yield "cases.E002", f"the step {name} cannot be reached"
    for step in flow.steps:
        if step.is_end:
            continue
        if isinstance(step.limit, Promised) and not flow.promise:
            yield "cases.E003", f"the step {step.name} has no limit rule and the flow no promise"
        if step.lapse and not isinstance(step.limit, Within):
            yield "cases.E004", f"the step {step.name} lapses but has no limit of its own"
        if not flow.leaving(step.name):
            yield "cases.E005", f"nothing leads out of the step {step.name}"


def _reachable(flow: Flow) -> set[str]:
    seen = {flow.opening.step}
    grew = True
    while grew:
        targets = {
            name
            for t in flow.transitions
            if seen.intersection(t.source)
            for name in (t.target, *t.may_lead_to)
            if name
        }
        grew = not targets <= seen
        seen |= targets
    return seen


def _transitions(flow: Flow) -> Iterator[tuple[str, str]]:
    names = {step.name for step in flow.steps}
    for t in flow.transitions:
        if not str(t.label).strip():
            yield "cases.E006", f"the transition {t.name} has no label"
        for name in {*t.source, t.target, *t.may_lead_to} - names - {""}:
            yield "cases.E007", f"the transition {t.name} names an unknown step {name}"
        for name in set(t.not_by) - {other.name for other in flow.transitions} - {"open"}:
            yield "cases.E012", f"the transition {t.name} is kept from who did the unknown {name}"
        if t.bulk and t.form is not None:
            yield "cases.E011", f"the transition {t.name} asks for more than a reason: it cannot be bulk"
    if flow.ratable and flow.low_rating_opens not in FLOWS:
        yield "cases.E013", f"a low rating opens the unknown kind {flow.low_rating_opens}"
    known = {t.name for t in flow.transitions}
    for step in flow.steps:
        if step.lapse and step.lapse not in known:
            yield "cases.E007", f"the step {step.name} lapses into an unknown transition {step.lapse}"


def _words(flow: Flow) -> Iterator[tuple[str, str]]:
    used = {*flow.opening.who, *flow.opening.tells, *flow.pause_by, *flow.supplement_by, *flow.extend_by}
    for t in flow.transitions:
        used |= {*t.who, *t.tells}
    for letter in flow.letters:
        used |= {*letter.who, *letter.tells}
    for word in sorted(used - set(RULES)):
        yield "cases.E008", f"unknown access word {word}"


def _ladder(flow: Flow) -> Iterator[tuple[str, str]]:
    for rung in flow.ladder:
        for word in sorted(set(rung.tells) - SWEEP_WORDS):
            yield "cases.E010", f"rung {rung.level} tells {word}, which the sweep does not know"
