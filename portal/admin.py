"""The kernel's registers in the admin site."""

from portal.administration import registers

__all__ = ["registers"]
