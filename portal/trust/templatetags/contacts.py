"""Masking contact details in templates."""

from django import template

from portal.trust.contacts import masked_email, masked_name, masked_phone

register = template.Library()
register.filter("masked_phone", masked_phone)
register.filter("masked_name", masked_name)
register.filter("masked_email", masked_email)
