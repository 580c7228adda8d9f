"""App configurations of the kernel's root and the base class of every domain app."""

from typing import ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules


class DomainConfig(AppConfig):
    """Base of a domain app: says which kernel declarations the app brings.

    The kernel loads `access`, `flow`, `reports` and `ledgers` of every installed app, and mounts
    `<app>.urls` under `url_prefix`; a domain app registers nothing by hand.
    """

    default = False
    default_auto_field = "django.db.models.BigAutoField"
    url_prefix: ClassVar[str] = ""
    # Entries of the main navigation: label and URL name.
    enterprise_nav: ClassVar[list[tuple[str | Promise, str]]] = []
    staff_nav: ClassVar[list[tuple[str | Promise, str]]] = []
    # For the people of teams, by the kind of the team.
    team_nav: ClassVar[dict[str, list[tuple[str | Promise, str]]]] = {}
    # For whoever is neither: visitors who have not signed in, and people with a duty only.
    public_nav: ClassVar[list[tuple[str | Promise, str]]] = []
    # What the first page of an enterprise offers to look up: title, one line, URL name.
    guides: ClassVar[list[tuple[str | Promise, str | Promise, str]]] = []
    # For the people of an office (`portal.park.offices`), by its name.
    office_nav: ClassVar[dict[str, list[tuple[str | Promise, str]]]] = {}
    # What leaders open from their first page: title, URL name.
    overviews: ClassVar[list[tuple[str | Promise, str]]] = []
    # What administrators look after in this domain: title, one line, URL name.
    administered: ClassVar[list[tuple[str | Promise, str | Promise, str]]] = []


def domains() -> list[DomainConfig]:
    """The installed domain apps, in their order."""
    return [config for config in apps.get_app_configs() if isinstance(config, DomainConfig)]


class PortalConfig(AppConfig):
    """The kernel's root: loads what the other apps declare, once all models are there."""

    name = "portal"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("access", "flow", "reports", "ledgers", "checks")
