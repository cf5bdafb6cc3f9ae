"""Addresses of the area administration below /areas/; the pages of single areas are `members.areas`."""

from django.urls import path

from core.web.converters import shape
from places.rules import PlanKind
from places.views import maps, plans, tree

shape("plan_kind", "|".join(PlanKind.values))

app_name = "places"
urlpatterns = [
    path("tree/", tree.tree, name="tree"),
    path("locate/", maps.locate, name="locate"),
    path("plans/", plans.index, name="plans"),
    path("plans/<rowkey:pk>/", plans.detail, name="plan"),
    path("plans/<rowkey:pk>/suggest/", plans.suggest, name="suggest"),
    path("plans/<rowkey:pk>/part/", plans.add_part, name="add_part"),
    path("plans/<rowkey:pk>/choose/", plans.choose, name="choose"),
    path("plans/<rowkey:pk>/drop/", plans.drop, name="drop"),
    path("plans/<rowkey:pk>/apply/", plans.apply, name="apply"),
    path("plans/<rowkey:pk>/undo/", plans.undo, name="undo"),
    path("plans/<rowkey:pk>/discard/", plans.discard, name="discard"),
    path("<str:code>/plan/<plan_kind:kind>/", plans.new, name="new_plan"),
    path("<str:code>/map/", maps.area_map, name="map"),
    path("<str:code>/boundaries/", maps.edit, name="boundaries"),
    path("<str:code>/boundaries.geojson", maps.export, name="export"),
    path("<str:code>/profile/", tree.profile, name="profile"),
    path("<str:code>/staffing/", tree.staff, name="staffing"),
    path("<str:code>/history/", tree.past, name="history"),
]
