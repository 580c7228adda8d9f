"""Routes of ledgers in the browser."""

from django.urls import path, re_path

from portal.ledgers.views import blanks, exports, imports

app_name = "ledgers"
urlpatterns = [
    path("", imports.import_list, name="import_list"),
    path("imports/<int:pk>/", imports.import_view, name="import_view"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/again/", imports.import_again, name="import_again"),
    path("imports/<int:pk>/rejected.zip", imports.import_rejected, name="import_rejected"),
    path("export/", exports.export_ask, name="export_ask"),
    path("export/<int:pk>/", exports.export_view, name="export_view"),
    path("export/<int:pk>/progress/", exports.export_progress, name="export_progress"),
    path("export/<int:pk>/file/", exports.export_file, name="export_file"),
    path("forms/", blanks.blank_list, name="blank_list"),
    re_path(r"^forms/(?P<key>[a-z0-9_.]+)\.(?P<form>csv|xlsx)$", blanks.blank_file, name="blank_file"),
]
