"""What is told, how it travels, and what people and administrators have chosen about it."""

from portal.notices.models.choices import EndpointChannel, Hours, Kind, Mail, Preference, Wording
from portal.notices.models.endpoints import Endpoint
from portal.notices.models.notice import Channel, Delivery, Notice, Problem

__all__ = [
    "Channel",
    "Delivery",
    "Endpoint",
    "EndpointChannel",
    "Hours",
    "Kind",
    "Mail",
    "Notice",
    "Preference",
    "Problem",
    "Wording",
]
