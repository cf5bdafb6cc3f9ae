"""Every act that the trail can hold is told in words: no verb, no name of a class, no bare key reaches its page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from core.trust import acts, audit
from members.people import trail
from tests.house.test_architecture import sources
from tests.tickets import placed

CODE_WORD = "some_code_word"
STRANGER = 987654
LATIN = re.compile(r"[A-Za-z_]{2,}")
KNOWN = re.compile(r"AB|CSV|Excel")


def said(line: acts.Told) -> str:
    return " ".join([line.act, line.thing, line.detail])


def told(act: acts.Act, detail: dict[str, Any], object_type: str = "") -> str:
    row = AuditEntry(verb=act.verb, detail=detail, object_type=object_type, object_id=str(STRANGER))
    (line,) = acts.tell([row])
    return said(line)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [act.verb for act in acts.ACTS])
def test_an_act_is_told_without_a_code_word(verb):
    """Its numbers as they are; whatever else it holds, be it unheard of, by a word."""
    act = acts.ACTS[verb]
    names = {*act.details, *acts.COMMON}
    plain = {name for name in names if (known := act.detail(name)) and known.tell is acts.plain("").tell}
    text = told(act, {name: 7 if name in plain else CODE_WORD for name in names})
    assert str(act.label) in text
    assert not LATIN.findall(KNOWN.sub("", text))
    for name in plain:
        if act.detail(name).label:
            assert f"{act.detail(name).label} 7" in text
    assert str(STRANGER) not in told(act, dict.fromkeys(names - plain, STRANGER))


@pytest.mark.django_db
@pytest.mark.parametrize("key", [naming.key for naming in acts.NAMINGS if naming.key.count(".") == 1])
def test_what_is_gone_is_told_by_its_kind(key):
    text = told(acts.ACTS["core.echo"], {}, key)
    assert not LATIN.findall(text)
    assert str(STRANGER) not in text
    if key in {model._meta.label_lower for model in apps.get_models()}:
        assert str(apps.get_model(key)._meta.verbose_name) in text


@pytest.mark.django_db
def test_whatever_can_be_the_subject_of_an_act_has_a_name(cast):
    """A row of each model that has been written about in the suite's world; none by its key."""
    rows = AuditEntry.objects.exclude(object_type="").order_by("pk")
    assert rows.exists()
    without = {row.object_type for row in rows} - {naming.key for naming in acts.NAMINGS}
    assert without == set()


@pytest.mark.django_db
def test_subjects_and_details_are_called_as_their_readers_know_them(cast):
    ticket = placed(cast)
    post = cast.worker.posts.get()
    audit.record("post.ended", post, actor=cast.system_admin, user=cast.worker.pk, role=post.role, on="2026-11-30")
    audit.record("ticket.sensitive_read", ticket, actor=cast.worker, code=ticket.number, what="photo")
    audit.record("area.retired", cast.grid, actor=None, code=cast.grid.code, successors=[cast.village.code])
    filters = f"/t/?area={cast.village.code}&dept={cast.office.code}&state=returned"
    audit.record("tickets.exported", None, actor=cast.worker, format="xlsx", filter=filters, searched=False, count=3)
    audit.record("access.denied", None, actor=cast.worker, page="people:detail", at=["worker"], method="POST")
    audit.record("access.denied", None, actor=cast.worker, page="issues:ticket", at=[ticket.number], method="GET")
    newest = list(AuditEntry.objects.order_by("-pk")[:6])
    seen, person, export, retired, sensitive, ended = (said(line) for line in acts.tell(newest))
    assert cast.worker.name in ended
    assert post.get_role_display() in ended
    assert f"工单 {ticket.number}" in sensitive
    assert "看了 照片" in sensitive
    assert cast.grid.short_name in retired
    assert f"由其接续 {cast.township.short_name}{cast.village.short_name}" in retired
    for word in ("Excel 表格", cast.village.short_name, str(cast.office), "退回待改派", "按词搜索 否", "数量 3"):
        assert word in export, word
    assert cast.office.code not in export
    assert f"看的是 {cast.worker.name}" in person
    assert f"看的是 {ticket.number}" in seen


@pytest.mark.django_db
def test_a_page_of_the_trail_asks_as_often_as_one_line(cast):
    def asked(rows: list[AuditEntry]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            trail.lines(rows)
        return len(queries)

    for person in (cast.worker, cast.town_dispatcher, cast.handler):
        audit.record("area.retired", cast.grid, actor=person, code=cast.grid.code, successors=[cast.village.code])
        audit.record("user.updated", person, actor=person, fields=["name"])
    rows = list(AuditEntry.objects.order_by("-pk")[:6])
    assert asked(rows) == asked(rows[:2])


def written(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Of each call that records a literal verb: the verb and the details that it names."""
    for path in sources(root):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "record":
                continue
            if node.args and isinstance(node.args[0], ast.Constant) and "." in str(node.args[0].value):
                yield str(node.args[0].value), {word.arg for word in node.keywords if word.arg} - {"actor"}


def test_all_that_the_source_writes_has_words(project_root):
    """Also where no test comes by."""
    found = list(written(project_root))
    assert len(found) > 100
    for verb, details in found:
        acts.check(verb, details)


def test_no_act_is_declared_that_nobody_does(project_root):
    source = "\n".join(path.read_text() for path in sources(project_root) if path.name not in ("acts.py", "hooks.py"))
    built = {"mediation", "ledgers", "admission", "pushed", "duties"}
    idle = {act.verb for act in acts.ACTS if f'"{act.verb}"' not in source and act.verb.partition(".")[0] not in built}
    assert idle == set()
