"""The ledgers of approvals: windows, the catalogue of items, parcels, projects and their permits."""

from approvals.ledgers import items, parcels, permits, projects, windows

__all__ = ["items", "parcels", "permits", "projects", "windows"]
