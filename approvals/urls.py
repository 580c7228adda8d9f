"""Routes of approvals."""

from django.urls import path

from approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.item_list, name="item_list"),
    path("items/<id:pk>/", views.item_view, name="item_view"),
    path("windows/", views.window_list, name="window_list"),
    path("forms/<id:pk>/", views.form_download, name="form_download"),
]
