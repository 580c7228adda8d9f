"""Routes of funds."""

from django.urls import path

from funds.views import entitlements, library, policy_desk, policy_drafts

# Where policies are looked after: apart from the library, which anybody may read.
DESK = "policies/desk/"
ONE = f"{DESK}<id:pk>/"

app_name = "funds"
urlpatterns = [
    path("policies/", library.policy_list, name="policy_list"),
    path("policies/<id:pk>/", library.policy_view, name="policy_view"),
    path("entitlements/", entitlements.entitlement_list, name="entitlements"),
    path(DESK, policy_desk.policy_desk, name="policy_desk"),
    path(f"{DESK}new/", policy_desk.policy_create, name="policy_create"),
    path(ONE, policy_desk.policy_manage, name="policy_manage"),
    path(f"{ONE}edit/", policy_desk.policy_edit, name="policy_edit"),
    path(f"{ONE}begin/", policy_drafts.policy_draft_begin, name="policy_draft_begin"),
    path(f"{ONE}draft/", policy_drafts.policy_draft, name="policy_draft"),
    path(f"{ONE}draft/simulation/", policy_drafts.policy_simulation, name="policy_simulation"),
    path(f"{ONE}draft/publish/", policy_drafts.policy_publish, name="policy_publish"),
    path(f"{ONE}draft/discard/", policy_drafts.policy_discard, name="policy_discard"),
    path(f"{ONE}compare/", policy_desk.policy_compare, name="policy_compare"),
    path(f"{ONE}versions/<id:number>/", policy_desk.policy_version, name="policy_version"),
]
