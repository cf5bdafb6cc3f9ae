"""No page leads where its reader may not go, and no form that is refused tells more than that it is not theirs."""

import re
from collections import Counter
from functools import cache
from html import unescape

import pytest
from django.urls import Resolver404, resolve, reverse

from issues.workflow import BY_NAME
from members.roles import Role
from tests.access.table import PUBLIC, ROWS
from tests.access.visiting import Visitor, own_url, pages

LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)|\bhx-get="(/[^"#]*)')
FORM = re.compile(r"<form\b[^>]*>")
ACTION = re.compile(r'\baction="(/[^"#]*)')
OUTSIDE = ("/static/", "/admin/", "/logout/")
MAY_BE_GONE = frozenset({"issues:photo", "ledgers:photo", "admission:pushed_photo"})
"""Pictures whose files the stage does not write."""
ENOUGH = 5
"""Of a list's links, which one line of a template writes, so many are followed from each page."""


@cache
def route_of(url):
    """Asked of many thousand links, most of which stand on every page."""
    path = unescape(url).partition("?")[0]
    try:
        return resolve(path)
    except Resolver404:
        return None


@pytest.mark.parametrize("role", list(Role))
def test_no_page_links_to_what_its_reader_may_not_open(stage, role):
    visitor, seen, wrong = Visitor(stage.cast.holding(role)), set(), []
    for page, html in pages(stage, visitor, role):
        met = Counter()
        for match in LINK.finditer(html):
            url = unescape(match[1] or match[2])
            route = route_of(url)
            key = (route and route.view_name, str(route and route.kwargs))
            if url.startswith(OUTSIDE) or (route and (key in seen or met[key[0]] == ENOUGH)):
                continue
            seen.add(key)
            met[key[0]] += 1
            status = visitor.known("get", url).status_code
            if status not in (200, 302) and not (status == 404 and key[0] in MAY_BE_GONE):
                wrong.append(f"{page} leads to {url}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_holds_a_form_that_its_reader_may_not_send(stage, role):
    visitor, seen, wrong = Visitor(stage.cast.holding(role)), set(), []
    for page, html in pages(stage, visitor, role):
        for form in FORM.findall(html):
            action = ACTION.search(form)
            if action is None or 'method="post"' not in form or action[1] in seen or action[1].startswith(OUTSIDE):
                continue
            seen.add(action[1])
            status = visitor.known("post", unescape(action[1])).status_code
            if status in (403, 404, 405):
                wrong.append(f"{page} holds a form to {action[1]}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_who_is_refused_the_form_is_refused_what_it_sends(stage, role):
    """A 422 says which fields there are; whom the page turns away learns nothing of them."""
    visitor, wrong = Visitor(stage.cast.holding(role)), []
    for name, row in ROWS.items():
        if PUBLIC in (row.get, row.post) or role not in row.get or role not in row.post:
            continue
        url = own_url(stage, name, visitor.user)
        asked, sent = visitor.known("get", url).status_code, visitor.known("post", url).status_code
        if asked in (403, 404) and sent != asked:
            wrong.append(f"{name}: GET {asked}, POST {sent}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_a_step_of_somebody_else_is_refused_before_its_form_is_read(stage, role):
    visitor, wrong = Visitor(stage.cast.holding(role)), []
    for action in BY_NAME:
        url = reverse("issues:act", args=[stage.ticket.number, action])
        asked, sent = visitor.known("get", url).status_code, visitor.known("post", url).status_code
        if asked == 403 and sent != 403:
            wrong.append(f"{action}: POST {sent}")
    assert not wrong, "\n".join(wrong)


POST_ONLY = {"issues:reveal", "mediation:reveal", "ledgers:reveal", "admission:reveal", "admission:reveal_pushed"}


@pytest.mark.parametrize("name", sorted(POST_ONLY))
@pytest.mark.parametrize("role", list(Role))
def test_a_look_is_refused_before_its_reason_is_read(stage, name, role):
    """With a reason and without one the same people are turned away."""
    visitor = Visitor(stage.cast.holding(role))
    url = own_url(stage, name, visitor.user)
    without, given = visitor.ask("post", url).status_code, visitor.ask("post", url, {"reason": "ask"}).status_code
    assert (without in (403, 404)) == (given in (403, 404)), (without, given)
