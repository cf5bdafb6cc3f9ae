"""Addresses of the inbox and its settings."""

from django.urls import path

from notices import views
from notices.settings import views as settings_views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="inbox"),
    path("badge", views.badge, name="badge"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", settings_views.settings, name="settings"),
    path("settings/email/", settings_views.email, name="email"),
    path("settings/email/confirm/", settings_views.confirm, name="confirm"),
    path("settings/email/forget/", settings_views.forget, name="forget"),
    path("<int:pk>/", views.open_notice, name="open"),
]
