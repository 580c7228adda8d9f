"""Routes of funds."""

from django.urls import path

from funds.views import accounts, bars, budgets, claims, files, plans, publicity

app_name = "funds"
urlpatterns = [
    path("entitlements/", claims.claim_choose, name="entitlements"),
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
