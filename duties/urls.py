"""Addresses of the three lists: those of the grid items are short, the other lists name their kind first."""

from django.urls import URLPattern, path

from core.web.converters import number, shape
from duties import views
from duties.approving import views as approval_views
from duties.drafting import editor
from duties.routing import dryrun_views, gaps_views, power_views, rule_views
from duties.shapes.parts import LINE_KINDS
from duties.sheets import views as sheet_views

shape("itemcode", "[A-Z]{1,2}[0-9]{2,3}")
shape("linekind", "|".join(LINE_KINDS))
number("versionno", "[1-9][0-9]{0,4}")


def pages(at: str) -> list[URLPattern]:
    """The pages of a list under `at`."""
    one, draft = f"{at}<versionno:number>/", f"{at}<versionno:number>/edit/"
    return [
        path(at, views.index, name="index"),
        path(f"{at}versions/", views.versions, name="versions"),
        path(f"{at}draft/", editor.open_draft, name="open_draft"),
        path(one, views.version, name="version"),
        path(f"{one}diff/", views.diff, name="diff"),
        path(f"{one}<itemcode:code>/", views.item, name="item"),
        path(draft, editor.edit, name="edit"),
        path(f"{draft}new/", editor.add_item, name="add_item"),
        path(f"{draft}undo/", editor.undo, name="undo"),
        path(f"{draft}<itemcode:code>/", editor.edit_item, name="edit_item"),
        path(f"{draft}<itemcode:code>/remove/", editor.remove, name="remove_item"),
        path(f"{draft}<itemcode:code>/restore/", editor.restore, name="restore_item"),
        path(f"{one}export/", sheet_views.export, name="export"),
        path(f"{one}sheet/", sheet_views.sheet, name="sheet"),
        path(f"{one}sheet/apply/", sheet_views.apply_sheet, name="apply_sheet"),
        path(f"{one}sheet/drop/", sheet_views.drop_sheet, name="drop_sheet"),
        path(f"{one}discard/", editor.discard, name="discard"),
        path(f"{one}submit/", approval_views.submit, name="submit"),
        path(f"{one}review/", approval_views.review, name="review"),
        path(f"{one}agree/", approval_views.agree, name="agree"),
        path(f"{one}send_back/", approval_views.send_back, name="send_back"),
        path(f"{one}withdraw/", approval_views.withdraw, name="withdraw"),
        path(f"{one}publish/", approval_views.publish, name="publish"),
    ]


app_name = "lists"
urlpatterns = [
    path("lists/rules/", rule_views.rules, name="rules"),
    path("lists/rules/<int:pk>/end/", rule_views.end_rule, name="end_rule"),
    path("lists/powers/", power_views.powers_in_force, name="powers"),
    path("lists/powers/new/", power_views.assign, name="assign"),
    path("lists/powers/<int:pk>/end/", power_views.end, name="end_assignment"),
    path("lists/gaps/", gaps_views.index, name="gaps"),
    path("lists/<versionno:number>/dryrun/", dryrun_views.index, name="dryrun"),
    *pages("lists/"),
    *pages("lists/<linekind:kind>/"),
    path("m/list/", views.phone, name="phone"),
    path("m/list/<itemcode:code>/", views.phone_item, name="phone_item"),
]
