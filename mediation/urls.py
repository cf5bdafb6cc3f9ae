"""Addresses of disputes, in whichever frame the reader has."""

from django.urls import path

from mediation import views

app_name = "mediation"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.dispute, name="dispute"),
    path("<int:pk>/do/<slug:action>/", views.act, name="act"),
    path("<int:pk>/reveal/", views.reveal, name="reveal"),
    path("<int:pk>/agreement/", views.agreement, name="agreement"),
]
