"""What a domain app measures of itself: declared in its room `bench`, found like its flows and ledgers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.bench.budgets import Bench, Budget

# A park has one row of a domain's own noun (a project with its permits) among so many cases.
CASES_PER_ROW = 100


@dataclass(frozen=True)
class Domain:
    """`grow` brings the rows of the domain to a number; `each` is measured at every size, `last` once."""

    rows: str
    grow: Callable[[Bench, int], None]
    each: Mapping[str, Budget]
    last: Mapping[str, Budget]


DOMAINS: list[Domain] = []


def register(domain: Domain) -> Domain:
    """Make the budgets of a domain known. Called in its `bench`."""
    DOMAINS.append(domain)
    return domain
