"""Role x URL x method over every route of the installation, live, against the table beside this file."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from issues.workflow import BY_NAME
from members.access import Policy
from members.models import User
from members.roles import Role
from tests.access.reading import MEANT, strange
from tests.access.stage import SAMPLES
from tests.access.table import EVERYBODY, NOBODY, PUBLIC, ROWS, WITHOUT_POLICY
from tests.access.visiting import Visitor, ask, own_url

METHODS = ("get", "post")
CONTACT = "10000006021"  # what tests.tickets leaves with an order
SERVED = {"get": (200, 302), "post": (200, 302, 409, 422)}


def routes(patterns=None, names=()) -> Iterator[tuple[str, URLPattern]]:
    """Every named route outside Django's admin."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*names, pattern.name or str(pattern.pattern))), pattern
        elif pattern.namespace != "admin":
            yield from routes(pattern.url_patterns, (*names, *([pattern.namespace] if pattern.namespace else [])))


def missing_url(name):
    return reverse(name, kwargs=SAMPLES[ROWS[name].path][1])


def test_every_route_has_a_policy_and_a_row():
    for name, pattern in routes():
        policy = getattr(pattern.callback, "policy", None)
        if name in WITHOUT_POLICY:
            continue
        assert isinstance(policy, Policy), f"{name} has no policy: use allow, signed_in or public"
        assert name in ROWS, f"{name} has no row in tests/access/table.py"


def test_every_row_is_a_route():
    assert set(ROWS) <= {name for name, _pattern in routes()}


def test_the_policies_are_those_of_the_table():
    for name, pattern in routes():
        if name in WITHOUT_POLICY:
            continue
        row, policy = ROWS[name], pattern.callback.policy
        expected = row.get if row.get != NOBODY else row.post
        if expected == PUBLIC:
            assert policy.is_public, name
            continue
        held = EVERYBODY if policy.roles is None else {Role(role) for role in policy.roles}
        assert not policy.is_public, name
        assert held == frozenset(expected) | frozenset(row.post), name


def test_the_anonymous_are_led_to_the_login_page(stage):
    nobody = Visitor()
    for name, row in ROWS.items():
        for method in METHODS:
            who = getattr(row, method)
            answer = nobody.known(method, own_url(stage, name, stage.cast.worker))
            if PUBLIC in (row.get, row.post):
                fits = (405,) if who == NOBODY else (200, 302, 422, *row.also)
                assert answer.status_code in fits, (name, method)
            else:
                assert answer.status_code == 302, (name, method, answer.status_code)
                assert answer.location.startswith("/login/"), (name, method)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_pages_and_no_other(stage, role):
    user, wrong = stage.cast.holding(role), []
    visitor = Visitor(user)
    for name, row in ROWS.items():
        for method in METHODS:
            status = visitor.known(method, own_url(stage, name, user)).status_code
            if status not in expected(row, role, method):
                wrong.append(f"{method} {name}: {status}, expected one of {expected(row, role, method)}")
    assert not wrong, "\n".join(wrong)


def test_every_page_and_form_is_served_to_somebody(stage):
    """One pass over all of them, on either engine."""
    nobody, visitors = Visitor(), {role: Visitor(stage.cast.holding(role)) for role in Role}
    for name, row in ROWS.items():
        for method in METHODS:
            who = getattr(row, method)
            asking = [nobody] if who == PUBLIC else [visitors[role] for role in Role if role in who]
            urls = [own_url(stage, name, visitor.user or stage.cast.worker) for visitor in asking]
            answers = (visitor.known(method, url).status_code for visitor, url in zip(asking, urls, strict=True))
            fits = {*SERVED[method], *row.also, 422, *((403, 409) if row.own_rule else ())}
            assert not asking or any(status in fits for status in answers), (method, name)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_a_code_word_a_column_or_a_bare_key(stage, role):
    user, wrong = stage.cast.holding(role), {}
    visitor = Visitor(user)
    given = sorted({name for pair in User.objects.values_list("username", "name") for name in pair}, key=len)
    for name, row in ROWS.items():
        if role not in row.get and row.get != PUBLIC:
            continue
        answer = visitor.known("get", own_url(stage, name, user))
        if answer.status_code == 200 and answer.html is not None:
            names = re.compile("|".join(map(re.escape, [*reversed(given), *MEANT.get(name, [])])))
            found = strange(answer.html, names)
            wrong |= {name: sorted(found)[:5]} if found else {}
    assert wrong == {}


def expected(row, role, method):
    who = getattr(row, method)
    if PUBLIC in (row.get, row.post):
        return (405, 403) if who == NOBODY else (200, 302, 403, 422, *row.also)
    if role not in row.get | row.post:
        return (403,)
    if role not in who:
        return (403, 405) if who else (405,)
    more = (403, 409, 422) if row.own_rule else ()
    return SERVED[method] + more + row.also


def test_outsiders_get_the_bytes_of_a_missing_page(stage):
    outsiders = {outsider for row in ROWS.values() for outsider in row.foreign}
    visitors = {outsider: Visitor(stage.cast.users[outsider]) for outsider in outsiders}
    roles = {outsider: Role(visitor.user.posts.get().role) for outsider, visitor in visitors.items()}
    for name, row in ROWS.items():
        for outsider in row.foreign:
            visitor, role = visitors[outsider], roles[outsider]
            for method in METHODS:
                if role not in getattr(row, method):
                    continue
                foreign = visitor.ask(method, own_url(stage, name, stage.cast.worker))
                missing = visitor.ask(method, missing_url(name))
                assert foreign.status_code == missing.status_code == 404, (name, outsider, method)
                assert foreign.content == missing.content, (name, outsider, method)


def test_the_system_admin_reads_no_ticket_and_the_auditor_writes_nothing():
    own = {"members", "notices"}
    for name, row in ROWS.items():
        if name.split(":")[0] in own or PUBLIC in (row.get, row.post):
            continue
        if name.startswith(("issues:", "insights:", "households:")) and row.path != "import" and "import" not in name:
            assert Role.SYSTEM_ADMIN not in row.get | row.post, name
        if not row.own_rule:
            assert Role.AUDITOR not in row.post, name


def test_the_auditor_cannot_take_any_step_or_see_a_contact(stage):
    user, number = stage.cast.auditor, stage.ticket.number
    for action in BY_NAME:
        url = reverse("issues:act", kwargs={"number": number, "action": action})
        assert ask(user, "post", url).status_code in (403, 404, 409, 422), action
    url = reverse("issues:reveal", kwargs={"number": number})
    answers = [
        ask(stage.cast.handler, "post", url, {"reason": "visit"}),
        ask(user, "post", url, {"reason": "visit"}),
    ]
    assert [CONTACT in answer.content.decode() for answer in answers] == [True, False]
    assert answers[1].status_code in (403, 404)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_write_nothing(stage, method):
    visitor = Visitor(stage.cast.system_admin)
    for name in ROWS:
        status = visitor.ask(method, own_url(stage, name, visitor.user)).status_code
        assert status in (403, 405), (name, method, status)


def test_a_method_override_is_not_understood(stage):
    client = Client()
    client.force_login(stage.cast.worker, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/logout/?_method=POST", HTTP_X_HTTP_METHOD_OVERRIDE="POST")
    assert answer.status_code == 405


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SYSTEM_ADMIN])
def test_django_admin_is_closed_to_everybody_else(stage, role):
    user = stage.cast.holding(role)
    visitor = Visitor(user)
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        assert visitor.ask("get", url)["Location"].startswith("/admin/login/"), url
    assert visitor.ask("get", reverse("admin:index"))["Location"].startswith("/admin/login/")
