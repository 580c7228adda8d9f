"""What investment measures of itself: the lead table, its filters and cells, and the flow chart, at every size."""

from investment.bench import pages
from investment.bench.loader import leads
from portal.bench.domains import Domain, register

register(
    Domain(
        rows="hundreds of cases",
        grow=lambda bench, size: leads(bench).grow(size),
        each=pages.EACH,
        last={},
    )
)
