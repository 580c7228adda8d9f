"""Routes of figures."""

from django.urls import path, re_path

from portal.reports import api, views

app_name = "reports"
urlpatterns = [
    path("reports/", views.indicator_list, name="indicator_list"),
    re_path(r"^reports/(?P<key>[a-z0-9_.]+)/$", views.indicator_view, name="indicator_view"),
    re_path(r"^reports/(?P<key>[a-z0-9_.]+)/rows/$", views.indicator_rows, name="indicator_rows"),
    re_path(
        r"^reports/(?P<key>[a-z0-9_.]+)/rows\.(?P<form>csv|xlsx)$",
        views.indicator_export,
        name="indicator_export",
    ),
    path("api/v1/indicators/", api.IndicatorList.as_view(), name="api_indicators"),
    re_path(
        r"^api/v1/indicators/(?P<key>[a-z0-9_.]+)/rows/$",
        api.IndicatorRows.as_view(),
        name="api_indicator_rows",
    ),
]
