"""The flows of the domain: a claim, the payment plan of a month, a recovery."""

from funds import notice_texts
from funds.flow import claim, plan, recovery

notice_texts.register_all()

__all__ = ["claim", "plan", "recovery"]
