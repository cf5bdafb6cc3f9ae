"""Addresses of the special ledgers: `/rectify/`, `/projects/`, `/campaigns/`; `/d/…` and `/p/` for residents."""

from django.urls import path, register_converter

from ledgers.resident import views as resident
from ledgers.views import campaigns, common, projects, rectifications
from ledgers.workflow import Kind


class KindName:
    """A kind of matter."""

    regex = "|".join(kind.value for kind in Kind)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RowKey(KindName):
    """A primary key that fits its column."""

    regex = "[1-9][0-9]{0,17}"


class ProposalCode(KindName):
    """What a proposer gets."""

    regex = "[A-Z2-9]{8,16}"


register_converter(KindName, "matterkind")
register_converter(RowKey, "matterid")
register_converter(ProposalCode, "proposalcode")

app_name = "ledgers"
urlpatterns = [
    path("rectify/", rectifications.index, name="rectifications"),
    path("rectify/new/", rectifications.new, name="new_problem"),
    path("rectify/sheet/", rectifications.sheet, name="sheet"),
    path("rectify/export/<slug:kind>/", rectifications.export, name="export_problems"),
    path("rectify/<matterid:pk>/", rectifications.detail, name="rectification"),
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="new_project"),
    path("projects/proposals/", projects.proposals, name="proposals"),
    path("projects/proposals/new/", projects.write_down, name="write_down"),
    path("projects/proposals/<matterid:pk>/decline/", projects.decline_one, name="decline"),
    path("projects/<matterid:pk>/", projects.detail, name="project"),
    path("campaigns/", campaigns.index, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="new_campaign"),
    path("campaigns/<matterid:pk>/", campaigns.detail, name="campaign"),
    path("campaigns/<matterid:pk>/sheet/", campaigns.sheet, name="campaign_sheet"),
    path("campaigns/<matterid:pk>/export/<slug:kind>/", campaigns.export, name="export_targets"),
    path("campaigns/<matterid:pk>/share/", campaigns.share, name="share"),
    path("campaigns/target/<matterid:pk>/", campaigns.target, name="target"),
    path("matters/<matterkind:kind>/<matterid:pk>/do/<slug:action>/", common.act, name="act"),
    path("matters/photo/<matterid:pk>/", common.photo, name="photo"),
    # residents
    path("d/<slug:token>/propose/", resident.propose_one, name="propose"),
    path("d/<slug:token>/projects/", resident.village, name="village"),
    path("p/<proposalcode:code>/", resident.proposal, name="proposal"),
]
