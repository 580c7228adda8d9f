"""Routes of notices."""

from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/unread/", views.notice_unread, name="notice_unread"),
    path("notices/choices/", views.preferences, name="preferences"),
    path("notices/<int:pk>/open/", views.notice_open, name="notice_open"),
    path("notices/read/", views.notice_read_all, name="notice_read_all"),
]
