"""The head of the trail leaves the house, once for each who keeps it; a broken trail is told at once."""

import pytest

from core.doctor import examine
from core.jobs import outbox
from core.models import EngineBeat
from core.trust import audit, chain, heads
from gateway import doctor, trail_heads
from gateway.tasks import nightly
from notices import endpoints
from notices.kinds import OTHER
from notices.models import Delivery, Notice, Reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(cast):
    chain.seal()
    return chain.head()


def test_auditors_and_machines_get_the_code_once(cast, head, monkeypatch):
    endpoints.add(name="归档", url="https://93.184.216.34/a", groups=[OTHER.key], actor=None)
    chain.seal()
    code = heads.code_of(chain.head())
    assert trail_heads.tell()
    assert trail_heads.tell()
    notice = Notice.objects.get(kind=trail_heads.KIND)
    assert (notice.user, notice.number) == (cast.auditor, code)
    assert heads.spelled(chain.head()) in notice.text
    assert Delivery.objects.get(kind=trail_heads.KIND).number == code


def test_nothing_to_tell_before_the_first_link(db):
    assert not trail_heads.tell()


def test_a_broken_trail_is_told_to_auditors_and_admins_once_a_day(cast, head, settings, tmp_path):
    nightly()
    assert not Notice.objects.filter(kind=trail_heads.BROKEN).exists()
    place = tmp_path / "heads.txt"
    settings.TRAIL_HEADS = [str(place)]
    heads.leave()
    place.write_text(place.read_text().replace(head.digest, "0" * 64))
    nightly()
    nightly()
    told = Notice.objects.filter(kind=trail_heads.BROKEN, is_urgent=True)
    assert {notice.user for notice in told} == {cast.auditor, cast.system_admin}
    assert told.count() == 2


def test_production_wants_a_place_outside(cast, settings):
    assert examine(fix=False)["trail.heads"] == []
    settings.PRODUCTION, settings.EMAIL_READY = True, True
    assert "TRAIL_HEADS" in examine(fix=False)["trail.heads"][0]
    settings.TRAIL_HEADS_OUTSIDE = ["/mnt/elsewhere/heads.txt"]
    assert examine(fix=False)["trail.heads"] == []
    settings.TRAIL_HEADS_OUTSIDE = []
    Reach.objects.create(user=cast.auditor, email="a@example.com", confirmed_at=cast.auditor.created_at)
    assert examine(fix=False)["trail.heads"] == []


def test_rows_that_nobody_links_are_found(cast, test_acts, head, monkeypatch):
    assert doctor.sealed(False) == []
    audit.record("test.did", None, actor=None)
    EngineBeat.objects.create(name="seal", at=cast.auditor.created_at)
    assert "1 row(s) wait" in doctor.sealed(False)[0]
    doctor.sealed(True)
    assert doctor.sealed(False) == []
    assert outbox.parked() == 0
