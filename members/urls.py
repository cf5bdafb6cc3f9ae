"""Addresses of accounts (namespace members), people, areas, and the one home of everybody signed in."""

from importlib.util import find_spec

from django.urls import include, path

from members import views
from members.signing_in import drafts, factor_views

account_urls = [
    path("login/", views.login, name="login"),
    path("login/code/", factor_views.code, name="code"),
    path("logout/", views.logout, name="logout"),
    path("token/", drafts.token, name="token"),
    path("token/seal/", drafts.seal, name="seal"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/factor/", factor_views.factor, name="factor"),
    path("account/factor/codes/", factor_views.codes, name="recovery_codes"),
    path("account/prove/", factor_views.prove, name="prove"),
    path("account/leave/", views.leave, name="leave"),
    path("account/leave/<int:pk>/cancel/", views.cancel_leave, name="cancel_leave"),
    path("admin/login/", views.admin_login, name="admin_login"),
    path("admin/password_change/", views.password, name="admin_password"),
]
urlpatterns = [
    path("", views.home, name="home"),
    path("", include((account_urls, "members"))),
]
if find_spec("members.people") and find_spec("members.people.urls"):
    urlpatterns.append(path("people/", include("members.people.urls")))
