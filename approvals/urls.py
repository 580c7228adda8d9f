"""Routes of approvals."""

from django.urls import path

from approvals.views import certificates, guide, procedures, projects

app_name = "approvals"
urlpatterns = [
    path("", guide.item_list, name="item_list"),
    path("items/<id:pk>/", guide.item_view, name="item_view"),
    path("windows/", guide.window_list, name="window_list"),
    path("procedures/", procedures.procedure_list, name="procedure_list"),
    path("procedures/<slug:code>/", procedures.procedure_view, name="procedure_view"),
    path("projects/new/", projects.project_file, name="project_file"),
    path("projects/desk/", projects.project_desk, name="project_desk"),
    path("projects/<id:pk>/", projects.project_view, name="project_view"),
    path("certificates/<uuid:certificate>/", certificates.certificate_view, name="certificate_view"),
    path("forms/<id:pk>/", guide.form_download, name="form_download"),
]
