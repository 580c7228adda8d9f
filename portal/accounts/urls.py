"""Routes of accounts."""

from django.urls import path

from portal.accounts import safety, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", views.sign_in_code, name="sign_in_code"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
    path("me/", views.profile, name="profile"),
    path("security/", safety.security, name="security"),
    path("security/sessions/<int:pk>/end/", safety.session_end, name="session_end"),
    path("security/sessions/end/", safety.sessions_end, name="sessions_end"),
    path("second-factor/start/", safety.second_factor_start, name="second_factor_start"),
    path("second-factor/set-up/", safety.second_factor_set_up, name="second_factor_set_up"),
    path("second-factor/check/", safety.second_factor_check, name="second_factor_check"),
    path("second-factor/remove/", safety.second_factor_remove, name="second_factor_remove"),
    path("second-factor/recovery-codes/", safety.recovery_codes_renew, name="recovery_codes_renew"),
]
