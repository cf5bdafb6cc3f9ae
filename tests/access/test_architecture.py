"""Views reach rows through the scope: none of them touches `.objects` without `visible_to`."""

import ast
import inspect
import sys

from tests.access.test_matrix import WITHOUT_POLICY, routes

FREE = {
    ("members.people.views", "User"),  # the system admin's scope is the installation
    ("members.people.department_views", "Department"),  # likewise
    ("issues.ticket.photo_views", "Photo"),  # of a ticket in scope
    ("issues.resident.views", "Photo"),  # of the order whose code the resident has
}


def view_modules():
    names = {inspect.unwrap(pattern.callback).__module__ for name, pattern in routes() if name not in WITHOUT_POLICY}
    return sorted(names)


def unscoped(source):
    """Models whose `.objects` the source uses other than by `.objects.visible_to(...)`."""
    tree = ast.parse(source)
    scoped = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "visible_to"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager") and id(node) not in scoped:
            yield ast.unparse(node.value)


def test_views_never_reach_past_the_scope():
    found = {(name, model) for name in view_modules() for model in unscoped(inspect.getsource(sys.modules[name]))}
    assert not found - FREE
    assert not FREE - found, "an exception that is no longer needed"


def test_the_check_sees_what_it_should():
    assert {"members.views", "notices.views", "duties.views"} <= set(view_modules())
    source = "def f():\n    A.objects.get()\n    B.objects.visible_to(u).get()\n"
    assert list(unscoped(source)) == ["A"]
