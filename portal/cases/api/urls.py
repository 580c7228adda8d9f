"""Routes of cases, papers and the feed below /api/v1/."""

from django.urls import path

from portal.cases.api import acts, documents, feed, listing, opening, reading

urlpatterns = [
    path("kinds/", opening.KindList.as_view(), name="kind_list"),
    path("kinds/<ref:kind>/form/", opening.KindOpening.as_view(), name="kind_form"),
    path("cases/", listing.CaseList.as_view(), name="case_list"),
    path("cases/counts/", listing.CaseCounts.as_view(), name="case_counts"),
    path("cases/claim-next/", acts.CaseClaimNext.as_view(), name="case_claim_next"),
    path("cases/<ref:ref>/", reading.CaseRead.as_view(), name="case_read"),
    path("cases/<ref:ref>/timeline/", reading.CaseTimeline.as_view(), name="case_timeline"),
    path("cases/<ref:ref>/transitions/<slug:name>/", acts.CasePerform.as_view(), name="case_perform"),
    path("cases/<ref:ref>/operations/<slug:name>/", acts.CaseOperate.as_view(), name="case_operate"),
    path("cases/<ref:ref>/comments/", acts.CaseComment.as_view(), name="case_comment"),
    path("cases/<ref:ref>/rating/", acts.CaseRate.as_view(), name="case_rate"),
    path("cases/<ref:ref>/attachments/", acts.CaseAttach.as_view(), name="case_attach"),
    path("cases/<ref:ref>/missing/<id:pk>/", acts.CaseSupply.as_view(), name="case_supply"),
    path("documents/", documents.DocumentList.as_view(), name="document_list"),
    path("documents/<id:pk>/", documents.DocumentRead.as_view(), name="document_read"),
    path("documents/<id:pk>/file/", documents.DocumentFile.as_view(), name="document_file"),
    path("events/", feed.EventFeed.as_view(), name="event_feed"),
]
