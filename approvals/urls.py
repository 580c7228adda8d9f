"""Routes of approvals."""

from django.urls import path

from approvals.views import (
    certificates,
    guide,
    land,
    overview,
    procedure_drafts,
    procedure_versions,
    procedures,
    project_page,
    projects,
    reforms,
)

# Where administrators edit procedures: apart from the guide, whose addresses end with a procedure's code.
OFFICE = "administration/procedures/"

app_name = "approvals"
urlpatterns = [
    path("", guide.item_list, name="item_list"),
    path("items/<id:pk>/", guide.item_view, name="item_view"),
    path("windows/", guide.window_list, name="window_list"),
    path("procedures/", procedures.procedure_list, name="procedure_list"),
    path("procedures/<slug:code>/", procedures.procedure_view, name="procedure_view"),
    path("projects/", overview.project_list, name="project_list"),
    path("projects/new/", projects.project_file, name="project_file"),
    path("projects/desk/", projects.project_desk, name="project_desk"),
    path("projects/<id:pk>/", project_page.project_view, name="project_view"),
    path("projects/permits/", overview.permit_list, name="permit_list"),
    path("projects/flow/", overview.flow_chart, name="flow_chart"),
    path("parcels/", land.parcel_list, name="parcel_list"),
    path("parcels/match/", land.parcel_match, name="parcel_match"),
    path("parcels/lines/", land.land_task_list, name="land_task_list"),
    path("parcels/<id:pk>/", land.parcel_view, name="parcel_view"),
    path("parcels/<id:pk>/recover/", land.recovery_open, name="recovery_open"),
    path("parcels/<id:pk>/approve/", land.land_approval_open, name="land_approval_open"),
    path("certificates/<uuid:certificate>/", certificates.certificate_view, name="certificate_view"),
    path(OFFICE, procedure_versions.procedure_overview, name="procedure_overview"),
    path("administration/new-procedure/", procedure_versions.procedure_create, name="procedure_create"),
    path(f"{OFFICE}<slug:code>/", procedure_versions.procedure_manage, name="procedure_manage"),
    path(f"{OFFICE}<slug:code>/edit/", procedure_versions.procedure_edit, name="procedure_edit"),
    path(f"{OFFICE}<slug:code>/begin/", procedure_drafts.draft_begin, name="draft_begin"),
    path(f"{OFFICE}<slug:code>/draft/", procedure_drafts.draft_edit, name="draft_edit"),
    path(f"{OFFICE}<slug:code>/draft/publish/", procedure_drafts.draft_publish, name="draft_publish"),
    path(f"{OFFICE}<slug:code>/draft/discard/", procedure_drafts.draft_discard, name="draft_discard"),
    path(f"{OFFICE}<slug:code>/compare/", procedure_versions.version_compare, name="version_compare"),
    path(f"{OFFICE}<slug:code>/versions/<id:number>/", procedure_versions.version_view, name="version_view"),
    path("reforms/", reforms.reform_list, name="reform_list"),
    path("reforms/<id:pk>/plan/", reforms.plan_download, name="plan_download"),
    path("forms/<id:pk>/", guide.form_download, name="form_download"),
]
