"""The routes of the whole house: kernel pages here, domain pages mounted from what is installed."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import portal.api.urls
import portal.cases.api.urls
import portal.notices.api
import portal.park.api
import portal.worktime.api
from portal import health, metrics, views
from portal.apps import domains


def domain_urls() -> list[URLPattern | URLResolver]:
    """The pages of every installed domain app, each below its own prefix."""
    return [
        path(config.url_prefix, include(f"{config.name}.urls"))
        for config in domains()
        if find_spec(f"{config.name}.urls")
    ]


def domain_api_urls() -> list[URLPattern | URLResolver]:
    """What the domain apps bring to the API: `urlpatterns` of their `api` room."""
    rooms = [f"{config.name}.api" for config in domains()]
    return [route for room in rooms if find_spec(room) for route in import_module(room).urlpatterns]


# The API: the frame, and the endpoints of every room. Figures bring their own routes.
api_urls: list[URLPattern | URLResolver] = [
    *portal.api.urls.frame,
    *portal.cases.api.urls.urlpatterns,
    *portal.park.api.urlpatterns,
    *portal.worktime.api.urlpatterns,
    *portal.notices.api.urlpatterns,
    *domain_api_urls(),
]
handler500 = "portal.api.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("look/", views.theme, name="theme"),
    path("acting-for/", views.acting_for, name="acting_for"),
    path("demonstration/sign-in/", views.demonstration_sign_in, name="demonstration_sign_in"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("portal.accounts.urls")),
    path("accounts/tokens/", include("portal.api.urls")),
    path("api/v1/", include((api_urls, "api"))),
    path("", include("portal.cases.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.trust.urls")),
    path("", include("portal.reports.urls")),
    path("administration/ledgers/", include("portal.ledgers.urls")),
    path("administration/", include("portal.administration.urls")),
    path("register/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("readyz", health.ready, name="readyz"),
    *domain_urls(),
    path("api/", include((portal.api.urls.elsewhere, "api_elsewhere"))),
]
