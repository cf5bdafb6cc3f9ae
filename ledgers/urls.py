"""Addresses of the special ledgers: `/rectify/`, `/projects/`, `/campaigns/`; of looks, `/m/campaigns/`; `/d/…` and
`/p/` for residents.
"""

from django.urls import path

from core.web.converters import shape
from ledgers.resident import views as resident
from ledgers.views import campaigns, common, projects, rectifications
from ledgers.workflow import Kind

shape("matterkind", "|".join(kind.value for kind in Kind))
shape("proposalcode", "[A-Z2-9]{8,16}")  # what a proposer gets

app_name = "ledgers"
urlpatterns = [
    path("rectify/", rectifications.index, name="rectifications"),
    path("rectify/new/", rectifications.new, name="new_problem"),
    path("rectify/sheet/", rectifications.sheet, name="sheet"),
    path("rectify/export/<slug:kind>/", rectifications.export, name="export_problems"),
    path("rectify/<rowkey:pk>/", rectifications.detail, name="rectification"),
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="new_project"),
    path("projects/proposals/", projects.proposals, name="proposals"),
    path("projects/proposals/new/", projects.write_down, name="write_down"),
    path("projects/proposals/<rowkey:pk>/decline/", projects.decline_one, name="decline"),
    path("projects/<rowkey:pk>/", projects.detail, name="project"),
    path("campaigns/", campaigns.index, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="new_campaign"),
    path("campaigns/<rowkey:pk>/", campaigns.detail, name="campaign"),
    path("campaigns/<rowkey:pk>/sheet/", campaigns.sheet, name="campaign_sheet"),
    path("campaigns/<rowkey:pk>/export/<slug:kind>/", campaigns.export, name="export_targets"),
    path("m/campaigns/<rowkey:pk>/", campaigns.share, name="share"),
    path("m/campaigns/target/<rowkey:pk>/", campaigns.target, name="target"),
    path("matters/<matterkind:kind>/<rowkey:pk>/do/<slug:action>/", common.act, name="act"),
    path("matters/<matterkind:kind>/<rowkey:pk>/reveal/", common.reveal, name="reveal"),
    path("matters/photo/<rowkey:pk>/", common.photo, name="photo"),
    # residents
    path("d/<slug:token>/propose/", resident.propose_one, name="propose"),
    path("d/<slug:token>/projects/", resident.village, name="village"),
    path("p/<proposalcode:code>/", resident.proposal, name="proposal"),
]
