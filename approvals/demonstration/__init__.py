"""What the demonstration park has of approvals besides its ledgers: materials and procedures."""

from approvals.demonstration import materials, procedures  # procedures are made of items that have come

__all__ = ["materials", "procedures"]
