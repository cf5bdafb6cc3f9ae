"""Addresses of the lists: reading for everybody signed in, editing for list admins."""

from django.urls import path, register_converter

from duties import dryrun_views, editor, gaps_views, ground_views, rule_views, views


class ItemCode:
    regex = "[A-Z]{1,2}[0-9]{2,3}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class VersionNumber:
    regex = "[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(ItemCode, "itemcode")
register_converter(VersionNumber, "versionno")

app_name = "lists"
urlpatterns = [
    path("lists/", views.index, name="index"),
    path("lists/versions/", views.versions, name="versions"),
    path("lists/rules/", rule_views.rules, name="rules"),
    path("lists/rules/<int:pk>/end/", rule_views.end_rule, name="end_rule"),
    path("lists/powers/", ground_views.powers_in_force, name="powers"),
    path("lists/powers/new/", ground_views.assign, name="assign"),
    path("lists/powers/<int:pk>/end/", ground_views.end, name="end_assignment"),
    path("lists/gaps/", gaps_views.index, name="gaps"),
    path("lists/draft/", editor.open_draft, name="open_draft"),
    path("lists/<versionno:number>/", views.version, name="version"),
    path("lists/<versionno:number>/diff/", views.diff, name="diff"),
    path("lists/<versionno:number>/dryrun/", dryrun_views.index, name="dryrun"),
    path("lists/<versionno:number>/<itemcode:code>/", views.item, name="item"),
    path("lists/<versionno:number>/edit/", editor.edit, name="edit"),
    path("lists/<versionno:number>/edit/new/", editor.add_item, name="add_item"),
    path("lists/<versionno:number>/edit/<itemcode:code>/", editor.edit_item, name="edit_item"),
    path("lists/<versionno:number>/edit/<itemcode:code>/remove/", editor.remove, name="remove_item"),
    path("lists/<versionno:number>/edit/<itemcode:code>/restore/", editor.restore, name="restore_item"),
    path("lists/<versionno:number>/discard/", editor.discard, name="discard"),
    path("lists/<versionno:number>/publish/", editor.publish, name="publish"),
    path("m/list/", views.phone, name="phone"),
    path("m/list/<itemcode:code>/", views.phone_item, name="phone_item"),
]
