"""What approvals measure of themselves: pages and figures at every size, filing, jobs and ledgers at the largest."""

from approvals.bench import at_largest, pages
from approvals.bench.loader import projects
from portal.bench.domains import Domain, register

register(
    Domain(
        rows="projects",
        grow=lambda bench, size: projects(bench).grow(size),
        each=pages.EACH,
        last={**pages.LAST, **at_largest.LAST},
    )
)
