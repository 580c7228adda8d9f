"""The invented people whom the sign-in page of the demonstration park offers."""

from django import template

from portal.accounts.models import User
from portal.demonstration import sign_ins

register = template.Library()


@register.simple_tag
def demonstration_people(people: list[User]) -> list[tuple[str, User]]:
    """(role, person) of those who stand for a role; everybody, without role, when none of them is there."""
    by_name = {person.username: person for person in people}
    shown = [(role, by_name[name]) for role, name, _password in sign_ins() if name in by_name]
    return shown or [("", person) for person in people]
