"""Keyset pages: forth, back, with missing values, and with cursors from nowhere."""

import base64
import json
from datetime import timedelta

import pytest
from django.db.models import Case, F, Q, Value, When
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now
from core.models import OutboxRow
from core.rows.paging import page_of, page_of_runs

pytestmark = pytest.mark.django_db
MOMENT = now()
RANK = Case(
    When(done_at__gt=MOMENT + timedelta(days=1), then=Value(0)),
    When(done_at__lte=MOMENT, then=Value(1)),
    default=Value(2),
)


def rows(done: list[int | None]) -> None:
    OutboxRow.objects.bulk_create(
        OutboxRow(topic="t", key=str(n), done_at=None if days is None else MOMENT + timedelta(days=days))
        for n, days in enumerate(done)
    )


ORDERS = [("done_at", "id"), ("-done_at", "-id"), ("-done_at", "id"), ("topic", "-id"), ("id",)]


@pytest.mark.parametrize("order", ORDERS)
def test_forth_and_back_sees_every_row_once(order: tuple[str, ...]) -> None:
    rows([3, None, 1, 1, None, 2, 0, None, 1, 5, 3])
    pages, cursor = [], ""
    while True:
        page = page_of(OutboxRow.objects.all(), order, cursor, size=3)
        pages.append([row.pk for row in page.rows])
        if page.next is None:
            break
        cursor = page.next
    seen = [pk for pks in pages for pk in pks]
    assert sorted(seen) == sorted(OutboxRow.objects.values_list("pk", flat=True))
    back = []
    while page.previous is not None:
        page = page_of(OutboxRow.objects.all(), order, page.previous, size=3)
        back.append([row.pk for row in page.rows])
        assert page.next is not None
    assert back[0] == seen[-len(pages[-1]) - 3 : -len(pages[-1])]
    assert [pk for pks in reversed(back) for pk in pks] == seen[: -len(pages[-1])]


def test_a_list_given_as_runs_reads_like_the_whole() -> None:
    rows([3, None, 1, 1, None, 2, 0, None, 1, 5, 3])
    everything, order = OutboxRow.objects.annotate(rank=RANK), ("rank", "done_at", "id")
    runs = [
        OutboxRow.objects.filter(condition).annotate(rank=Value(rank))
        for rank, condition in enumerate((Q(done_at__gt=MOMENT + timedelta(days=1)), Q(done_at__lte=MOMENT)))
    ]
    runs.append(OutboxRow.objects.exclude(pk__in=[row.pk for run in runs for row in run]).annotate(rank=Value(2)))
    whole, cursor = [row.pk for row in everything.order_by("rank", F("done_at").asc(nulls_last=True), "id")], ""
    for start in range(0, len(whole), 3):
        page = page_of_runs(runs, order, cursor, size=3)
        assert [row.pk for row in page.rows] == whole[start : start + 3]
        cursor = page.next or ""
    for start in (6, 3, 0):
        page = page_of_runs(runs, order, page.previous or "", size=3)
        assert [row.pk for row in page.rows] == whole[start : start + 3]


def test_rows_without_a_value_come_last_both_ways() -> None:
    rows([None, 1, 2])
    for order, expected in ((("done_at", "id"), ["1", "2", "0"]), (("-done_at", "id"), ["2", "1", "0"])):
        assert [row.key for row in page_of(OutboxRow.objects.all(), order).rows] == expected


def test_one_page_has_no_neighbours() -> None:
    rows([1, 2])
    page = page_of(OutboxRow.objects.all(), ("done_at", "id"))
    assert (len(page.rows), page.next, page.previous) == (2, None, None)
    empty = page_of(OutboxRow.objects.none(), ("id",))
    assert (empty.rows, empty.next, empty.previous) == ([], None, None)


def packed(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "\x00",
        "中文",
        "A" * 100_000,
        packed(),
        packed(0, ["v", 1]),
        packed(0, ["t", "0001-01-01T00:00:00+00:00"], ["v", 1]),
        packed(0, ["s", "\x00"], ["v", 1]),
        packed(0, ["v", "x"], ["v", 1]),
        packed(0, ["s", "x"], ["v", 1]),
        packed(0, ["v", 1], ["s", "x"]),
        packed(0, ["v", None], ["v", 10**30]),
        packed(0, ["t", "2026-01-01T00:00:00"], ["v", 1]),
        packed(0, ["v", None], ["v", float("nan")]),
        packed(0, ["n", "NaN"], ["v", 1]),
        packed(0, [["v"], {}], ["v", 1]),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
    ],
)
@pytest.mark.filterwarnings("ignore:DateTimeField.*naive datetime")
def test_a_cursor_from_nowhere_is_the_first_page(cursor: str) -> None:
    rows([1, 2, 3])
    page = page_of(OutboxRow.objects.all(), ("done_at", "id"), cursor, size=2)
    assert [row.key for row in page.rows] == ["0", "1"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_cursor_raises(cursor: str) -> None:
    page_of(OutboxRow.objects.all(), ("done_at", "id"), cursor)
