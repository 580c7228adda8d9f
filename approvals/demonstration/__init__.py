"""What the demonstration park has of approvals besides its ledgers: each part needs those before it."""

from approvals.demonstration import land, materials, parts, procedures, projects, reforms

__all__ = ["land", "materials", "parts", "procedures", "projects", "reforms"]
