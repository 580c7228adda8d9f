"""What funds measure of themselves: matching the whole park with all policies, and a month of payments."""

from funds.bench import matching, plans
from portal.bench.domains import Domain, register

register(
    Domain(rows="policies", grow=lambda _bench, _size: None, each={}, last={**matching.LAST, **plans.LAST})
)
