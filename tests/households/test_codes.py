"""Order-page codes: an outsider sees the grid and nothing of its people; a code that is given up opens nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from grids import tokens, tree
from grids.tree import AreaRefused
from tests.households.conftest import fresh


def test_behind_a_code_is_the_grid_and_nobody(cast):
    text = Client().get(f"/d/{cast.microgrid.token}").content.decode()
    assert cast.microgrid.name in text
    for hidden in ("陈大文", "陈**", "10000006021", cast.household.code, cast.household.address):
        assert hidden not in text


def test_a_code_given_up_is_void_at_once_and_tells_nothing(cast, login):
    old = cast.microgrid.token
    client = login(cast.secretary)
    url = reverse("areas:renew_code", args=[cast.microgrid.code])
    assert url in client.get(reverse("areas:qr", args=[cast.microgrid.code])).content.decode()
    assert fresh(cast.microgrid).token == old, "asked first"
    assert client.post(url).status_code == 302
    new = fresh(cast.microgrid).token
    assert new != old
    gone, unknown = Client().get(f"/d/{old}"), Client().get("/d/ZZZZZZZZZZZZ")
    assert gone.status_code == unknown.status_code
    assert cast.microgrid.name not in gone.content.decode()
    assert Client().get(f"/d/{new}").status_code == 200
    assert AuditEntry.objects.filter(verb="area.code_renewed").count() == 1
    assert new not in str(AuditEntry.objects.get(verb="area.code_renewed").detail)


def test_only_grids_in_use_have_one(cast):
    with pytest.raises(AreaRefused):
        tokens.renew(area=cast.village, actor=None)
    spare = tree.add(
        parent=cast.village, level="grid", code=tree.next_grid_code(cast.village), name="备用网格", actor=None
    )
    tree.retire(area=spare, actor=None)
    with pytest.raises(AreaRefused):
        tokens.renew(area=spare, actor=None)
