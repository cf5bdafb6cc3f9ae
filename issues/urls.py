"""Addresses of tickets: `/t/` for the desk, `/m/` for the phone, `/d/` and `/c/` for residents."""

from django.urls import path

from issues.views import photos, ticket
from issues.views.field_urls import field_urls
from issues.views.queue_urls import queue_urls

app_name = "issues"
urlpatterns = [
    *queue_urls,
    *field_urls,
    path("t/<str:number>/", ticket.detail, name="ticket"),
    path("m/t/<str:number>/", ticket.detail, name="phone_ticket"),
    path("t/<str:number>/peek/", ticket.peek, name="peek"),
    path("t/<str:number>/do/<slug:action>/", ticket.act, name="act"),
    path("t/<str:number>/reveal/", ticket.reveal, name="reveal"),
    path("t/<str:number>/photo/<int:pk>/", photos.photo, name="photo"),
]
