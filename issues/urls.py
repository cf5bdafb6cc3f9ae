"""Addresses of tickets: `/t/` for the desk, `/m/` for the phone, `/d/` and `/c/` for residents."""

from django.urls import path, register_converter

from issues.views import photos, ticket
from issues.views.field_urls import field_urls
from issues.views.queue_urls import queue_urls


class Number:
    """A ticket number, ST26-1121-004."""

    regex = "[A-Z0-9]{1,6}-[0-9]{4}-[0-9]{3,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RowId(Number):
    """A primary key that fits its column."""

    regex = "[1-9][0-9]{0,17}"


class TrackingCode(Number):
    """What a resident gets for an order."""

    regex = "[A-Z2-9]{4,16}"


register_converter(Number, "number")
register_converter(RowId, "rowid")
register_converter(TrackingCode, "tracking")

app_name = "issues"
urlpatterns = [
    *queue_urls,
    *field_urls,
    path("t/<number:number>/", ticket.detail, name="ticket"),
    path("m/t/<number:number>/", ticket.phone, name="phone_ticket"),
    path("t/<number:number>/peek/", ticket.peek, name="peek"),
    path("t/<number:number>/do/<slug:action>/", ticket.act, name="act"),
    path("t/<number:number>/reveal/", ticket.reveal, name="reveal"),
    path("t/<number:number>/photo/<rowid:pk>/", photos.photo, name="photo"),
    path("c/<tracking:code>/photo/<rowid:pk>/", photos.resident_photo, name="resident_photo"),
]
