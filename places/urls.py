"""Addresses of the area administration below /areas/; the pages of single areas are `members.areas`."""

from django.urls import path, register_converter

from places.rules import PlanKind
from places.views import maps, plans, tree


class RowKey:
    """A primary key that fits its column."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class KindName:
    """A kind of plan."""

    regex = "|".join(PlanKind.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RowKey, "place_key")
register_converter(KindName, "plan_kind")

app_name = "places"
urlpatterns = [
    path("tree/", tree.tree, name="tree"),
    path("locate/", maps.locate, name="locate"),
    path("plans/", plans.index, name="plans"),
    path("plans/<place_key:pk>/", plans.detail, name="plan"),
    path("plans/<place_key:pk>/suggest/", plans.suggest, name="suggest"),
    path("plans/<place_key:pk>/part/", plans.add_part, name="add_part"),
    path("plans/<place_key:pk>/choose/", plans.choose, name="choose"),
    path("plans/<place_key:pk>/drop/", plans.drop, name="drop"),
    path("plans/<place_key:pk>/apply/", plans.apply, name="apply"),
    path("plans/<place_key:pk>/undo/", plans.undo, name="undo"),
    path("plans/<place_key:pk>/discard/", plans.discard, name="discard"),
    path("<str:code>/plan/<plan_kind:kind>/", plans.new, name="new_plan"),
    path("<str:code>/map/", maps.area_map, name="map"),
    path("<str:code>/boundaries/", maps.edit, name="boundaries"),
    path("<str:code>/boundaries.geojson", maps.export, name="export"),
    path("<str:code>/profile/", tree.profile, name="profile"),
    path("<str:code>/staffing/", tree.staff, name="staffing"),
    path("<str:code>/history/", tree.past, name="history"),
]
