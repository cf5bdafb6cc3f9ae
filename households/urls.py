"""Addresses of households: `/households/`; of visits among the pages that a phone keeps: `/m/visits/`."""

from django.urls import path

from core.web.converters import shape
from households.views import exports, file, imports, liaisons, listing, subjects, visits

shape("householdcode", "[1-9][0-9]{18}")

app_name = "households"
urlpatterns = [
    path("households/", listing.index, name="index"),
    path("households/file/<slug:kind>/", listing.download, name="download"),
    path("m/visits/", visits.due, name="due"),
    path("households/journal/", visits.journal, name="journal"),
    path("households/journal/print/", visits.journal_print, name="journal_print"),
    path("households/liaisons/", liaisons.index, name="liaisons"),
    path("households/liaisons/new/", liaisons.new, name="new_helper"),
    path("households/liaisons/<rowkey:pk>/", liaisons.helper, name="helper"),
    path("households/liaisons/<rowkey:pk>/retire/", liaisons.retire, name="retire_helper"),
    path("households/liaisons/end/<rowkey:pk>/", liaisons.release_one, name="release"),
    path("households/imports/", imports.index, name="imports"),
    path("households/imports/new/", imports.new, name="new_import"),
    path("households/imports/<rowkey:pk>/", imports.detail, name="import"),
    path("households/imports/<rowkey:pk>/columns/", imports.columns, name="columns"),
    path("households/imports/<rowkey:pk>/table/", imports.choose_table, name="choose_table"),
    path("households/imports/<rowkey:pk>/start/", imports.begin, name="start_import"),
    path("households/imports/<rowkey:pk>/cancel/", imports.stop, name="cancel_import"),
    path("households/imports/<rowkey:pk>/problems/", imports.problems, name="problems"),
    path("households/imports/<rowkey:pk>/faulty/", imports.faulty_rows, name="faulty_rows"),
    path("households/imports/<rowkey:pk>/undo/", imports.take_back, name="undo_import"),
    path("households/imports/form/<slug:kind>/", imports.empty_form, name="import_form"),
    path("households/exports/", exports.index, name="exports"),
    path("households/exports/new/", exports.new, name="new_export"),
    path("households/exports/<rowkey:pk>/decide/", exports.decide_one, name="decide_export"),
    path("households/exports/<rowkey:pk>/<slug:kind>/", exports.fetch_one, name="fetch_export"),
    path("households/residents/<rowkey:pk>/", file.resident, name="resident"),
    path("households/residents/<rowkey:pk>/remove/", file.remove, name="remove_resident"),
    path("households/needs/<rowkey:pk>/", file.end, name="end_need"),
    path("households/requests/<rowkey:pk>/", subjects.answer_one, name="answer_request"),
    path("households/<householdcode:code>/", file.detail, name="file"),
    path("households/<householdcode:code>/reveal/", file.reveal, name="reveal"),
    path("households/<householdcode:code>/edit/", file.edit, name="edit"),
    path("households/<householdcode:code>/residents/new/", file.new_resident, name="new_resident"),
    path("households/<householdcode:code>/guarded/", file.guarded, name="guarded"),
    path("households/<householdcode:code>/needs/new/", file.new_need, name="new_need"),
    path("households/<householdcode:code>/consent/", subjects.consent, name="consent"),
    path("households/<householdcode:code>/notice/", subjects.notice, name="notice"),
    path("households/<householdcode:code>/requests/new/", subjects.new_request, name="new_request"),
    path("households/<householdcode:code>/paper/", subjects.paper, name="paper"),
    path("m/visits/<householdcode:code>/", visits.visit_one, name="visit"),
    path("m/visits/<householdcode:code>/matter/", visits.matter, name="matter"),
]
