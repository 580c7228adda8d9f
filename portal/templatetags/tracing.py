"""The number of the request, for error pages: they are drawn without a context."""

from django import template

from portal.tracing import current

register = template.Library()
register.simple_tag(current, name="request_number")
