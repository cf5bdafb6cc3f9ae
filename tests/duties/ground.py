"""Powers, divisions and rules of 沙塘 for tests of what routing goes by."""

from datetime import date

from core import clock
from duties.models import Kind
from duties.routing import dispatching, powers
from members.models import Department


def office(code, town=None):
    return Department.objects.get(code=f"{town.code[:9]}-{code}" if town else code)


def assign(lists, kind=Kind.HANDLING, code="C02", to="NN", *, ground="", starts_on=None, ends_on=None, actor=None):
    """By default the power to handle C02 goes to 农业农村办 instead of 规划建设办."""
    who = to if isinstance(to, Department) else office(to, lists.town)
    return powers.assign(
        kind=kind,
        township=lists.town,
        item_code=code,
        office=who,
        basis="镇府〔2026〕3 号",
        starts_on=starts_on or date(2026, 1, 1),
        ends_on=ends_on,
        actor=actor or lists.admin_user,
        ground=ground,
    )


def keep(lists, lead, code="C02", assisting=()):
    return dispatching.keep(
        township_id=lists.town.pk, item_code=code, lead=lead, assisting=assisting, source="ST26-1101-001", actor=None
    )


def retire(department):
    Department.objects.filter(pk=department.pk).update(retired_at=clock.now())
