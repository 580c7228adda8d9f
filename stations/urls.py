"""Routes of stations."""

from django.urls import path

from stations import views

app_name = "stations"
urlpatterns = [
    path("", views.station_list, name="station_list"),
    path("requests/new/", views.request_file, name="request_file"),
    path("requests/desk/", views.desk_file, name="desk_file"),
]
