"""Routes of the frame: the pages of tokens, and what of the API belongs to no room."""

from django.urls import path

from portal.api import docs, pages, views

app_name = "tokens"
# Below /accounts/tokens/
urlpatterns = [
    path("", pages.token_list, name="token_list"),
    path("<id:pk>/revoke/", pages.token_revoke, name="token_revoke"),
]
# Below /api/v1/
frame = [
    path("problems/", views.ProblemList.as_view(), name="problem_list"),
    path("problems/<slug:code>/", views.ProblemRead.as_view(), name="problem_read"),
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.docs_page, name="docs"),
]
# Below /api/, after everything else.
elsewhere = [path("<path:rest>", views.elsewhere, name="elsewhere")]
