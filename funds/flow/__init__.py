"""The flows of the domain: a claim, the payment plan of a month, a recovery."""

from funds.flow import claim, plan, recovery

__all__ = ["claim", "plan", "recovery"]
