"""Routes of the administrator's pages about notices, below those of administration."""

from django.urls import path

from portal.administration.notices import deliveries, endpoints, hours, texts

urlpatterns = [
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("deliveries/settle/", deliveries.delivery_settle, name="delivery_settle"),
    path("texts/", texts.text_list, name="text_list"),
    path("texts/<str:name>/<str:language>/", texts.text_edit, name="text_edit"),
    path("texts/<str:name>/<str:language>/preview/", texts.text_preview, name="text_preview"),
    path("texts/<str:name>/<str:language>/original/", texts.text_original, name="text_original"),
    path("groups/", endpoints.endpoint_list, name="endpoint_list"),
    path("groups/new/<slug:channel>/", endpoints.endpoint_new, name="endpoint_new"),
    path("groups/<int:pk>/", endpoints.endpoint_edit, name="endpoint_edit"),
    path("groups/<int:pk>/test/", endpoints.endpoint_test, name="endpoint_test"),
    path("groups/<int:pk>/rotate/", endpoints.endpoint_rotate, name="endpoint_rotate"),
    path("groups/<int:pk>/replay/", endpoints.endpoint_replay, name="endpoint_replay"),
    path("hours/", hours.notice_hours, name="notice_hours"),
]
