"""The admin site's configuration."""

from django.contrib.admin.apps import AdminConfig


class RegisterAdminConfig(AdminConfig):
    """Django's admin with the portal's site."""

    default_site = "portal.administration.site.RegisterSite"
