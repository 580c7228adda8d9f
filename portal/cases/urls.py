"""Routes of cases, papers and drafts."""

from django.urls import path

from portal.cases.enterprise_views import drafts, home, papers
from portal.cases.views import (
    absences,
    boards,
    bulk,
    case,
    deliveries,
    letters,
    queue,
    saved,
    search,
)
from portal.cases.views import papers as paper

app_name = "cases"
urlpatterns = [
    path("work/", queue.queue_page, name="queue"),
    path("work/next/", queue.take_next, name="queue_next"),
    path("work/<int:pk>/claim/", queue.claim_row, name="queue_claim"),
    path("work/views/", saved.view_save, name="view_save"),
    path("work/views/<int:pk>/delete/", saved.view_delete, name="view_delete"),
    path("work/absences/", absences.absence_list, name="absence_list"),
    path("work/absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("work/bulk/", bulk.batches, name="batches"),
    path("work/bulk/<uuid:pk>/", bulk.batch_view, name="batch"),
    path("work/bulk/<uuid:pk>/check/", bulk.batch_check, name="batch_check"),
    path("work/bulk/<uuid:pk>/run/", bulk.batch_run, name="batch_run"),
    path("work/bulk/<uuid:pk>/undo/", bulk.batch_undo, name="batch_undo"),
    path("search/", search.search, name="search"),
    path("team/", boards.team_board, name="team_board"),
    path("escalations/", boards.escalations, name="escalations"),
    path("my-cases/", home.case_list, name="case_list"),
    path("cases/<int:pk>/", case.case_view, name="case_view"),
    path("cases/<int:pk>/do/<slug:name>/", case.case_perform, name="case_perform"),
    path("cases/<int:pk>/op/<slug:name>/", case.case_operate, name="case_operate"),
    path("cases/<int:pk>/deliveries/", deliveries.case_deliveries, name="case_deliveries"),
    path("cases/<int:pk>/comment/", case.case_comment, name="case_comment"),
    path("cases/<int:pk>/rate/", case.case_rate, name="case_rate"),
    path("cases/<int:pk>/letters/<slug:name>/", letters.letter, name="letter"),
    path("cases/<int:pk>/letters/<slug:name>/preview/", letters.letter_preview, name="letter_preview"),
    path("cases/<int:pk>/attach/", papers.case_attach, name="case_attach"),
    path("cases/<int:pk>/missing/<int:item>/", papers.case_supply, name="case_supply"),
    path("papers/", papers.document_list, name="document_list"),
    path("papers/<int:pk>/", paper.document_view, name="document_view"),
    path("papers/<int:pk>/correct/", paper.document_correct, name="document_correct"),
    path("papers/<int:pk>/pages/<int:number>/", paper.document_page, name="document_page"),
    path("papers/<int:pk>/file/", paper.document_download, name="document_download"),
    path("drafts/<str:kind>/", drafts.draft_save, name="draft_save"),
]
