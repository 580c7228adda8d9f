"""Routes of investment."""

from django.urls import path

from investment.views import charts, leads, listing

app_name = "investment"
urlpatterns = [
    path("chart/", charts.flow_chart, name="flow_chart"),
    path("leads/<str:number>/claim/", leads.lead_claim, name="lead_claim"),
    path("leads/new/", leads.lead_register, name="lead_register"),
    path("leads/", listing.lead_list, name="lead_list"),
]
