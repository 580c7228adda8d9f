"""The indicators of approvals: the catalogue, projects and their land, permits."""

from approvals.reports import catalogue, permits, projects

__all__ = ["catalogue", "permits", "projects"]
