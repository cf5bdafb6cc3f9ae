"""The page of the chain: the head to write down, places outside, an old code asked."""

from datetime import UTC, datetime

import pytest

from core import clock
from core.doctor import examine
from core.trust import chain, heads

CHAIN = "/people/audit/chain/"


@pytest.fixture
def auditor(cast, login):
    chain.seal()
    return login(cast.auditor)


def test_the_head_can_be_written_down_and_asked_again(auditor):
    head = chain.head()
    page = auditor.get(CHAIN).content.decode()
    assert heads.spelled(head) in page
    assert f">{head.position}<" in page
    asked = auditor.get(CHAIN, {"code": f"{head.position}-{heads.spelled(head)}"}).content.decode()
    assert "对得上：" in asked
    assert "对不上。" in auditor.get(CHAIN, {"code": f"{head.position}-{'0' * 24}"}).content.decode()
    assert auditor.get(CHAIN, {"code": "x" * 61}).status_code == 422


def test_before_the_first_link(cast, login):
    assert "还没有接上的记录" in login(cast.auditor).get(CHAIN).content.decode()


def test_places_are_compared(auditor, settings, tmp_path, monkeypatch):
    place = tmp_path / "heads.txt"
    settings.TRAIL_HEADS = [str(place)]
    assert "还没有存" in auditor.get(CHAIN).content.decode()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
    heads.leave()
    page = auditor.get(CHAIN).content.decode()
    assert "对得上" in page
    assert "11月21日 06:30" in page  # the county's time, not that of the file
    place.write_text(place.read_text().replace("2026-11-20T22:30:00+00:00", "somewhen"))
    assert "对得上" in auditor.get(CHAIN).content.decode()
    place.write_text(place.read_text().replace(chain.head().digest, "0" * 64))
    assert "对不上，请查" in auditor.get(CHAIN).content.decode()
    assert examine(fix=False)["trail.chain"]


def test_the_page_costs_the_same_however_long_the_chain(auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        auditor.get(CHAIN)
