"""Addresses of the inbox."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="inbox"),
    path("badge", views.badge, name="badge"),
    path("read/", views.read_all, name="read_all"),
    path("<int:pk>/", views.open_notice, name="open"),
]
