"""Addresses of the system admin's pages: what was parked, the county's times, and the endpoints outside."""

from django.urls import path

from notices.system import calendar_views, endpoint_views, parked_views, times_views

app_name = "system"
urlpatterns = [
    path("", parked_views.index, name="parked"),
    path("rerun/", parked_views.rerun_all, name="rerun_all"),
    path("<int:pk>/rerun/", parked_views.rerun, name="rerun"),
    path("<int:pk>/void/", parked_views.void, name="void"),
    path("times/", times_views.times, name="times"),
    path("calendar/", calendar_views.days, name="calendar"),
    path("endpoints/", endpoint_views.index, name="endpoints"),
    path("endpoints/new/", endpoint_views.new, name="new_endpoint"),
    path("endpoints/<int:pk>/", endpoint_views.detail, name="endpoint"),
    path("endpoints/<int:pk>/edit/", endpoint_views.edit, name="edit_endpoint"),
    path("endpoints/<int:pk>/test/", endpoint_views.test, name="test_endpoint"),
    path("endpoints/<int:pk>/pause/", endpoint_views.pause, name="pause_endpoint"),
    path("endpoints/<int:pk>/resume/", endpoint_views.resume, name="resume_endpoint"),
    path("endpoints/<int:pk>/secret/", endpoint_views.secret, name="renew_secret"),
    path("endpoints/<int:pk>/remove/", endpoint_views.remove, name="remove_endpoint"),
]
