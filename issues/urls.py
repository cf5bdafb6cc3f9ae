"""Addresses of tickets: `/t/` for the desk, `/m/` for the phone, `/d/` and `/c/` for residents."""

from django.urls import path

from core.web.converters import shape
from issues.field import kept_views as kept
from issues.field import views as field
from issues.queue import bulk_views, export_views, saved_views
from issues.queue import views as queue
from issues.resident import views as resident
from issues.ticket import papers_views, photo_views, reply_views, slip_views, switch_views, why_views
from issues.ticket import views as ticket

shape("number", "[A-Z0-9]{1,6}-[0-9]{4}-[0-9]{3,6}")  # of a ticket, ST26-1121-004
shape("sha256", "[0-9a-f]{64}")  # of a photo as its phone sends it
shape("tracking", "[A-Z2-9]{4,16}", any_case=True)  # what a resident gets for an order

app_name = "issues"
urlpatterns = [
    # residents
    path("d/<slug:token>", resident.order, name="order"),
    path("d/done/<tracking:code>/", resident.ordered, name="ordered"),
    path("c/", resident.find, name="find"),
    path("c/<tracking:code>/", resident.track, name="track"),
    path("c/<tracking:code>/code.png", resident.code_picture, name="code_picture"),
    path("c/<tracking:code>/open/", resident.open_words, name="open_words"),
    path("c/<tracking:code>/add/", resident.add, name="add"),
    path("c/<tracking:code>/rate/", resident.rate, name="rate"),
    path("c/<tracking:code>/reopen/", resident.reopen, name="reopen"),
    path("c/<tracking:code>/photo/<rowkey:pk>/", resident.resident_photo, name="resident_photo"),
    path("c/<tracking:code>/photos/<sha256:sha256>", resident.send_photo, name="send_resident_photo"),
    # the phone
    path("m/", field.home, name="phone_home"),
    path("m/new", field.new, name="phone_new"),
    path("m/new/match", field.match, name="match"),
    path("m/me", field.me, name="phone_me"),
    path("m/drafts/", field.drafts, name="phone_drafts"),
    path("m/kept/", kept.pages, name="kept_pages"),
    path("m/worker.js", kept.worker, name="worker"),
    path("m/manifest.webmanifest", kept.manifest, name="manifest"),
    path("m/t/<number:number>/", ticket.phone, name="phone_ticket"),
    path("m/t/<number:number>/do/<slug:action>/", ticket.act, name="phone_act"),
    path("m/t/<number:number>/photos/<sha256:sha256>", photo_views.send, name="send_photo"),
    # the desk
    path("t/", queue.index, name="queue"),
    path("t/views/", saved_views.index, name="views"),
    path("t/views/new/", saved_views.new, name="new_view"),
    path("t/views/<rowkey:pk>/", saved_views.edit, name="view"),
    path("t/views/<rowkey:pk>/delete/", saved_views.forget, name="forget_view"),
    path("t/replies/", reply_views.index, name="replies"),
    path("t/replies/new/", reply_views.new, name="new_reply"),
    path("t/replies/<rowkey:pk>/", reply_views.edit, name="reply"),
    path("t/replies/<rowkey:pk>/delete/", reply_views.forget, name="forget_reply"),
    path("t/engine/", switch_views.index, name="engine"),
    path("t/engine/<slug:code>/", switch_views.edit, name="engine_edit"),
    path("t/bulk/<slug:action>/", bulk_views.steps, name="bulk"),
    path("t/export/<slug:kind>/", export_views.export, name="export"),
    path("t/new/", field.new, name="new"),
    path("t/<number:number>/", ticket.detail, name="ticket"),
    path("t/sheets/", papers_views.sheets, name="sheets"),
    path("t/sheets/export/<slug:kind>/", papers_views.export, name="export_sheets"),
    path("t/<number:number>/minutes/<rowkey:pk>/", papers_views.minutes, name="minutes"),
    path("t/<number:number>/why/", why_views.why, name="why"),
    path("t/<number:number>/print/", slip_views.printed, name="print"),
    path("t/<number:number>/peek/", ticket.peek, name="peek"),
    path("t/<number:number>/do/<slug:action>/", ticket.act, name="act"),
    path("t/<number:number>/reveal/", ticket.reveal, name="reveal"),
    path("t/<number:number>/photo/<rowkey:pk>/", photo_views.photo, name="photo"),
]
