"""Routes of the administrator's pages."""

from django.urls import include, path

from portal.administration import (
    audit,
    contact_reads,
    flows,
    limits,
    paper_scans,
    people,
    record,
    views,
    working_time,
)

app_name = "administration"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/activate/", people.person_activate, name="person_activate"),
    path("people/<int:pk>/unlock/", people.person_unlock, name="person_unlock"),
    path("people/<int:pk>/second-factor/reset/", people.person_factor_reset, name="person_factor_reset"),
    path("people/<int:pk>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("contact-reads/", contact_reads.contact_reads, name="contact_reads"),
    path("contact-reads.csv", contact_reads.contact_reads_export, name="contact_reads_export"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("papers/", paper_scans.paper_scans, name="paper_scans"),
    path("papers/scan/", paper_scans.scan_all_again, name="scan_all_again"),
    path("papers/<int:pk>/scan/", paper_scans.scan_again, name="scan_again"),
    path("record/", record.record, name="record"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/aside/<int:pk>/again/", views.try_again, name="try_again"),
    path("jobs/delivery/<int:pk>/again/", views.send_again, name="send_again"),
    path("notices/", include("portal.administration.notices.urls")),
    path("calendar/", views.calendar_page, name="calendar"),
    path("calendar/hours/", working_time.hours, name="hours"),
    path("calendar/<int:year>/notice/", working_time.notice, name="notice"),
    path("calendar/<int:pk>/remove/", views.calendar_remove, name="calendar_remove"),
    path("calendar/<int:year>/announce/", views.calendar_announce, name="calendar_announce"),
    path("flows/", flows.flow_list, name="flow_list"),
    path("flows/<str:kind>/", flows.flow_view, name="flow_view"),
    path("flows/<str:kind>/<slug:step>/", flows.flow_cases, name="flow_cases"),
    path("standards/", limits.standard_list, name="standard_list"),
    path("standards/<str:kind>/", limits.standard_edit, name="standard_edit"),
    path("standards/<str:kind>/compare/", limits.standard_compare, name="standard_compare"),
]
