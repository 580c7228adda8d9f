"""Reckonings in templates."""

from __future__ import annotations

from django import template

from funds.models import Claim, ClaimPaper, Instalment, PlanLine
from funds.presenting import claims
from funds.presenting.calculation import Line, Told
from funds.presenting.calculation import explained as in_words
from funds.presenting.plans import LIGHTS
from portal.cases.models import Document

register = template.Library()


@register.filter
def explained(lines: list[Line]) -> list[Told]:
    """Each line with what came out of it."""
    return in_words(lines)


@register.filter
def what_next(claim: Claim) -> str:
    return claims.what_next(claim)


@register.filter
def deferrals(claim: Claim) -> list[PlanLine]:
    return claims.deferrals(claim)


@register.filter
def given_elsewhere(claim: Claim) -> list[tuple[Document, ClaimPaper]]:
    return claims.given_elsewhere(claim)


@register.filter
def payment_light(state: str) -> str:
    """The light that goes with the state of an instalment."""
    return LIGHTS[Instalment.State(state)]
