"""Addresses of signing in, of one's own account, and of people; of allauth's there are none."""

from django.urls import include, path

from monitoring.later import views as later

own = later("monitoring.accounts.views.own")
people = later("monitoring.accounts.views.people")
sign_in = later("monitoring.accounts.views.sign_in")
tokens = later("monitoring.accounts.views.tokens")

account = (
    [
        path("", own.index, name="index"),
        path("confirm/", own.confirm, name="confirm"),
        path("confirm/passkey/", own.passkey_options, name="confirm_passkey"),
        path("password/", own.password, name="password"),
        path("second-factor/", own.second_factor_page, name="second_factor"),
        path("second-factor/app/", own.app, name="app"),
        path("second-factor/app/remove/", own.app_remove, name="app_remove"),
        path("second-factor/codes/", own.codes, name="codes"),
        path("second-factor/passkeys/", own.passkey_add, name="passkey_add"),
        path("second-factor/passkeys/new/", own.passkey_new_options, name="passkey_new"),
        path("second-factor/passkeys/<int:pk>/remove/", own.passkey_remove, name="passkey_remove"),
        path("sessions/end/", own.sessions_end, name="sessions_end"),
        path("sessions/<int:pk>/end/", own.session_end, name="session_end"),
        path("devices/<int:pk>/forget/", own.device_forget, name="device_forget"),
        path("tokens/", tokens.own, name="tokens"),
        path("tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    ],
    "account",
)

persons = (
    [
        path("", people.listed, name="list"),
        path("invite/", people.invite, name="invite"),
        path("<int:pk>/", people.person, name="person"),
        path("<int:pk>/change/", people.change, name="change"),
        path("<int:pk>/link/", people.link, name="link"),
        path("<int:pk>/close/", people.close, name="close"),
        path("<int:pk>/reopen/", people.reopen, name="reopen"),
        path("<int:pk>/sessions/end/", people.end_sessions, name="end_sessions"),
        path("<int:pk>/invitations/<int:invitation>/revoke/", people.revoke, name="revoke"),
        path("<int:pk>/tokens/<int:token>/revoke/", tokens.take_away, name="token_revoke"),
    ],
    "people",
)

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/second/", sign_in.second, name="sign_in_second"),
    path("sign-in/passkey/", sign_in.passkey, name="sign_in_passkey"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="sign_in_passkey_options"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", sign_in.set_language, name="set_language"),
    path("invitation/<str:token>/", sign_in.invitation, name="invitation"),
    path("account/", include(account)),
    path("settings/people/", include(persons)),
    path("settings/access/", people.log, name="access_log"),
]
