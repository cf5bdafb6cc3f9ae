"""Every day asked for on any page shows in a browser's calendar, whether it was there before or typed by somebody."""

import re
from html import unescape

import pytest

from members.roles import Role
from tests.access.visiting import Visitor, pages

INPUT = re.compile(r"<input\b[^>]*>")
NAME, VALUE = re.compile(r'\bname="([^"]+)"'), re.compile(r'\bvalue="([^"]*)"')
KIND = re.compile(r'\btype="(date|datetime-local|time|month|text)"')
READ = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime-local": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
}
TYPED = {"date": "2026/11/30", "datetime-local": "2026年11月30日 9:05", "time": "9时5分", "month": "2026-11"}
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def asked(html):
    """The days and times a page asks for: name, kind and value of each input."""
    for tag in INPUT.findall(html):
        name, kind, value = NAME.search(tag), KIND.search(tag), VALUE.search(tag)
        if name and kind and kind[1] in READ:
            yield name[1], kind[1], unescape(value[1]) if value else ""


def sent(html, page):
    """How often a form of the page asks for days, and where and how it is sent."""
    for head, body in FORM.findall(html):
        found = {name: kind for name, kind, _value in asked(body)}
        if found:
            action = re.search(r'\baction="([^"]*)"', head)
            yield "post" if 'method="post"' in head else "get", unescape(action[1]) if action else page, found


@pytest.mark.parametrize("role", list(Role))
def test_days_show_in_the_calendar_before_and_after_somebody_typed_them(stage, role):
    visitor, seen, wrong = Visitor(stage.cast.holding(role)), set(), []
    for page, html in pages(stage, visitor, role):
        wrong += [f"{page}: {one}" for one in asked(html) if one[2] and not READ[one[1]].fullmatch(one[2])]
        for method, url, names in sent(html, page):
            if (url, *names) in seen:
                continue
            seen.add((url, *names))
            answer = visitor.ask(method, url, {name: TYPED[kind] for name, kind in names.items()})
            again = {name: value for name, _kind, value in asked(answer.content.decode())}
            kept = answer.status_code in (302, 409) or method == "get"
            wrong += [f"{url} lost {name}" for name in names if not kept and name not in again]
            wrong += [
                f"{url}: {name}={again[name]!r}"
                for name, kind in names.items()
                if name in again and not READ[kind].fullmatch(again[name])
            ]
    assert not wrong, "\n".join(wrong)


def test_the_walk_meets_days_and_times(stage):
    """Else it would pass for asking nothing."""
    found = {}
    for role in (Role.SYSTEM_ADMIN, Role.TOWNSHIP_DISPATCHER):
        visitor = Visitor(stage.cast.holding(role))
        for page, html in pages(stage, visitor, role):
            found |= {(page, name): (kind, value) for name, kind, value in asked(html)}
    assert len(found) > 15
    assert {kind for kind, _value in found.values()} >= {"date", "time"}
    assert any(value for kind, value in found.values() if kind == "date")
