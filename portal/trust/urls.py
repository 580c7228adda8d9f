"""Routes of invitations, agents, ownership and contact details."""

from django.urls import path

from portal.trust import contact_views, invited, views

app_name = "trust"
urlpatterns = [
    path("enterprise/people/", views.people, name="people"),
    path("enterprise/people/invite/", views.invite, name="invite"),
    path("enterprise/invitations/<int:pk>/resend/", views.invitation_resend, name="invitation_resend"),
    path("enterprise/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("enterprise/people/<int:pk>/", views.agent, name="agent"),
    path("enterprise/people/<int:pk>/end/", views.agent_end, name="agent_end"),
    path("enterprise/people/<int:pk>/ownership/", views.ownership_offer, name="ownership_offer"),
    path("ownership/<int:pk>/", views.ownership_answer, name="ownership"),
    path("invitations/<str:token>/", invited.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", invited.invitation_accept, name="invitation_accept"),
    path("invitations/<str:token>/join/", invited.invitation_join, name="invitation_join"),
    path("invitations/<str:token>/decline/", invited.invitation_decline, name="invitation_decline"),
    path("cases/<int:pk>/contact/", contact_views.contact_show, name="contact_show"),
    path("contact-reads/", contact_views.reads_of_mine, name="reads_of_mine"),
]
