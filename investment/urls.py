"""Routes of investment."""

from django.urls import path

from investment import views

app_name = "investment"
urlpatterns = [
    path("leads/<str:number>/claim/", views.lead_claim, name="lead_claim"),
    path("leads/new/", views.lead_register, name="lead_register"),
]
