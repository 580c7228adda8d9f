"""Routes of funds."""

from django.urls import path

from funds.views import (
    accounts,
    bars,
    budgets,
    claims,
    entitlements,
    files,
    library,
    plans,
    policy_desk,
    policy_drafts,
    publicity,
)

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
    path("claims/new/", claims.claim_file, name="claim_file"),
    path("claims/estimate/", claims.claim_estimate, name="claim_estimate"),
    path("claims/<id:pk>/recover/", claims.claim_recover, name="claim_recover"),
    path("claims/<id:pk>/account/", accounts.account_show, name="account_show"),
    path("account/", accounts.account_view, name="account_view"),
    path("account/<id:pk>/confirm/", accounts.account_confirm, name="account_confirm"),
    path("bars/", bars.bar_list, name="bar_list"),
    path("bars/<id:pk>/end/", bars.bar_end, name="bar_end"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<id:pk>/", plans.plan_view, name="plan_view"),
    path("plans/<id:pk>/files/", plans.file_make, name="file_make"),
    path("files/<id:pk>/", files.file_view, name="file_view"),
    path("files/<id:pk>/download/", files.file_download, name="file_download"),
    path("files/<id:pk>/release/", files.file_release, name="file_release"),
    path("files/<id:pk>/answer/", files.file_answer, name="file_answer"),
    path("files/<id:pk>/voucher/", files.file_voucher, name="file_voucher"),
    path("publicity/", publicity.publicity_list, name="publicity_list"),
    path("publicity/<id:pk>/object/", publicity.publicity_object, name="publicity_object"),
    path("publicity/<id:pk>/received/", publicity.publicity_received, name="publicity_received"),
    path("payouts/", publicity.payout_list, name="payout_list"),
    path("budgets/", budgets.budget_list, name="budget_list"),
    path("budgets/<id:pk>/", budgets.budget_view, name="budget_view"),
    path("budgets/<id:pk>/change/", budgets.budget_change, name="budget_change"),
    path("budgets/<id:pk>/transfer/", budgets.transfer_ask, name="transfer_ask"),
    path("budgets/<id:pk>/carry-over/", budgets.carry_over, name="carry_over"),
    path("transfers/<id:pk>/decide/", budgets.transfer_decide, name="transfer_decide"),
]
