"""What is stored is looked through, encrypted or not, and no number is printed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.trust import audit
from core.trust.identity import HIDDEN
from core.trust.sweeping import sweep
from grids.models import Household
from households.models import Resident
from members.models import Department

NUMBER = "11010519491231002X"
pytestmark = pytest.mark.django_db


def test_nothing_is_found_where_nothing_is(cast):
    assert list(sweep()) == []
    out = StringIO()
    call_command("find_identity_numbers", stdout=out)
    assert "no identity number" in out.getvalue()


def test_plain_encrypted_and_structured_columns_are_looked_through_and_the_number_is_not_told(cast):
    home = Household.objects.get(pk=cast.household.pk)
    Household.objects.filter(pk=home.pk).update(head_name=f"陈{NUMBER}", tags=["低保", "110105 19491231 002x"])
    Department.objects.filter(pk=Department.objects.order_by("pk")[0].pk).update(name="１１０１０５４９１２３１００２")
    found = {(one.table, one.column) for one in sweep()}
    assert found == {("grids.Household", "head_name"), ("grids.Household", "tags"), ("members.Department", "name")}
    out = StringIO()
    with pytest.raises(CommandError, match="3 value"):
        call_command("find_identity_numbers", stdout=out)
    assert f"grids.Household {home.pk}: head_name" in out.getvalue()
    assert "1949" not in out.getvalue()


@pytest.mark.usefixtures("test_acts")
def test_the_trail_keeps_no_number_whatever_it_is_told(cast):
    entry = audit.record(
        "test.did", None, actor=None, words=f"找 {NUMBER}", rows=[{"a": NUMBER}], code="440783103229002"
    )
    assert entry.detail == {"words": f"找 {HIDDEN}", "rows": [{"a": HIDDEN}], "code": "440783103229002"}


def test_codes_of_known_townships_are_no_numbers(cast):
    Resident.objects.all().delete()
    code = f"{cast.township.code[:6]}110220001"
    Household.objects.filter(pk=cast.household.pk).update(head_name=code)
    assert [one.column for one in sweep()] == ["head_name"], "no township of ours begins so"
    cast.township.code = f"{code[:9]}000"
    cast.township.save(update_fields=["code"])
    assert list(sweep()) == []
