"""Routes of funds."""

from django.urls import path

from funds.views import claims

app_name = "funds"
urlpatterns = [
    path("entitlements/", claims.claim_choose, name="entitlements"),
    path("claims/new/", claims.claim_file, name="claim_file"),
    path("claims/estimate/", claims.claim_estimate, name="claim_estimate"),
    path("claims/<id:pk>/recover/", claims.claim_recover, name="claim_recover"),
]
