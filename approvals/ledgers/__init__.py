"""The ledgers of approvals: the comprehensive windows, and the catalogue of service items."""

from approvals.ledgers import items, windows

__all__ = ["items", "windows"]
