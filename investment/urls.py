"""Routes of investment."""

from django.urls import path

from investment.views import (
    activities,
    bulletins,
    charts,
    commitments,
    leads,
    pasting,
    ranking,
    table,
    table_views,
)

app_name = "investment"
urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activities.activity_plan, name="activity_plan"),
    path("bulletins/", bulletins.bulletin_list, name="bulletin_list"),
    path("bulletins/<int:pk>/", bulletins.bulletin_view, name="bulletin_view"),
    path("bulletins/<int:pk>/change/", bulletins.bulletin_change, name="bulletin_change"),
    path("bulletins/<int:pk>/file/", bulletins.bulletin_file, name="bulletin_file"),
    path("bulletins/<int:pk>/rows/", bulletins.bulletin_rows, name="bulletin_rows"),
    path("chart/", charts.flow_chart, name="flow_chart"),
    path("commitments/", commitments.commitment_list, name="commitment_list"),
    path("leads/", table.lead_list, name="lead_list"),
    path("leads/alike/", leads.lead_alike, name="lead_alike"),
    path("leads/columns/", table.columns_save, name="columns_save"),
    path("leads/paste/", pasting.lead_paste, name="lead_paste"),
    path("leads/sums/", table.lead_sums, name="lead_sums"),
    path("leads/file/<str:form>/", table.lead_file, name="lead_file"),
    path("leads/views/", table_views.view_save, name="view_save"),
    path("leads/views/<int:pk>/delete/", table_views.view_delete, name="view_delete"),
    path("leads/<str:number>/edit/", table.lead_edit, name="lead_edit"),
    path("leads/<str:number>/claim/", leads.lead_claim, name="lead_claim"),
    path("leads/new/", leads.lead_register, name="lead_register"),
    path("ranking/", ranking.ranking_view, name="ranking_view"),
    path("ranking/file/", ranking.ranking_file, name="ranking_file"),
    path("ranking/issue/", ranking.ranking_issue, name="ranking_issue"),
    path("ranking/rows/", ranking.ranking_rows, name="ranking_rows"),
    path("ranking/sheet/", ranking.ranking_sheet, name="ranking_sheet"),
    path("ranking/untruth/", ranking.ranking_untruth, name="ranking_untruth"),
]
