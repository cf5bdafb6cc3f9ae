"""Addresses of households: `/households/`."""

from django.urls import path

from core.web.converters import shape
from households.views import exports, file, imports, liaisons, listing, subjects, visits

shape("householdcode", "[1-9][0-9]{18}")

app_name = "households"
urlpatterns = [
    path("", listing.index, name="index"),
    path("file/<slug:kind>/", listing.download, name="download"),
    path("visits/", visits.due, name="due"),
    path("journal/", visits.journal, name="journal"),
    path("journal/print/", visits.journal_print, name="journal_print"),
    path("liaisons/", liaisons.index, name="liaisons"),
    path("liaisons/new/", liaisons.new, name="new_helper"),
    path("liaisons/<rowkey:pk>/", liaisons.helper, name="helper"),
    path("liaisons/<rowkey:pk>/retire/", liaisons.retire, name="retire_helper"),
    path("liaisons/end/<rowkey:pk>/", liaisons.release_one, name="release"),
    path("imports/", imports.index, name="imports"),
    path("imports/new/", imports.new, name="new_import"),
    path("imports/<rowkey:pk>/", imports.detail, name="import"),
    path("imports/<rowkey:pk>/columns/", imports.columns, name="columns"),
    path("imports/<rowkey:pk>/table/", imports.choose_table, name="choose_table"),
    path("imports/<rowkey:pk>/start/", imports.begin, name="start_import"),
    path("imports/<rowkey:pk>/cancel/", imports.stop, name="cancel_import"),
    path("imports/<rowkey:pk>/problems/", imports.problems, name="problems"),
    path("imports/<rowkey:pk>/faulty/", imports.faulty_rows, name="faulty_rows"),
    path("imports/<rowkey:pk>/undo/", imports.take_back, name="undo_import"),
    path("imports/form/<slug:kind>/", imports.empty_form, name="import_form"),
    path("exports/", exports.index, name="exports"),
    path("exports/new/", exports.new, name="new_export"),
    path("exports/<rowkey:pk>/decide/", exports.decide_one, name="decide_export"),
    path("exports/<rowkey:pk>/<slug:kind>/", exports.fetch_one, name="fetch_export"),
    path("residents/<rowkey:pk>/", file.resident, name="resident"),
    path("residents/<rowkey:pk>/remove/", file.remove, name="remove_resident"),
    path("needs/<rowkey:pk>/", file.end, name="end_need"),
    path("requests/<rowkey:pk>/", subjects.answer_one, name="answer_request"),
    path("<householdcode:code>/", file.detail, name="file"),
    path("<householdcode:code>/reveal/", file.reveal, name="reveal"),
    path("<householdcode:code>/edit/", file.edit, name="edit"),
    path("<householdcode:code>/residents/new/", file.new_resident, name="new_resident"),
    path("<householdcode:code>/guarded/", file.guarded, name="guarded"),
    path("<householdcode:code>/needs/new/", file.new_need, name="new_need"),
    path("<householdcode:code>/consent/", subjects.consent, name="consent"),
    path("<householdcode:code>/notice/", subjects.notice, name="notice"),
    path("<householdcode:code>/requests/new/", subjects.new_request, name="new_request"),
    path("<householdcode:code>/paper/", subjects.paper, name="paper"),
    path("<householdcode:code>/visit/", visits.visit_one, name="visit"),
    path("<householdcode:code>/visit/matter/", visits.matter, name="matter"),
]
