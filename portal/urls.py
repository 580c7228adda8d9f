"""The routes of the whole house: kernel pages here, domain pages mounted from what is installed."""

from importlib.util import find_spec

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal import health, views
from portal.apps import DomainConfig


def domain_urls() -> list[URLPattern | URLResolver]:
    """The pages of every installed domain app, each below its own prefix."""
    return [
        path(config.url_prefix, include(f"{config.name}.urls"))
        for config in apps.get_app_configs()
        if isinstance(config, DomainConfig) and find_spec(f"{config.name}.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("look/", views.theme, name="theme"),
    path("acting-for/", views.acting_for, name="acting_for"),
    path("demonstration/sign-in/", views.demonstration_sign_in, name="demonstration_sign_in"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("portal.accounts.urls")),
    path("", include("portal.cases.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.trust.urls")),
    path("", include("portal.reports.urls")),
    path("administration/", include("portal.administration.urls")),
    path("register/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *domain_urls(),
]
