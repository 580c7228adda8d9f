"""The demonstration park: invented ledgers, invented people, live cases relative to today.

A domain app adds its live cases in `<app>/demonstration.py`, by `register`. Everything in the park is
invented, except what the report on the park says of it; every account says that it is one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Part = Callable[[datetime], int]
PARTS: list[Part] = []


def register(part: Part) -> Part:
    """Add a function that makes live cases as of a moment, and answers how many."""
    if part not in PARTS:
        PARTS.append(part)
    return part


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, user name, password) of the accounts to show, in a sensible order; empty when not loaded."""
    from portal.accounts.models import User
    from portal.demonstration import people

    there = set(User.objects.filter(is_demonstration=True, is_active=True).values_list("username", flat=True))
    return [
        (str(person.role), person.username, people.PASSWORD)
        for person in people.everybody()
        if person.role and person.username in there
    ]
