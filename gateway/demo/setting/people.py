"""Who acts in the demo: one named account per role with a known password, and the staff around them.

Only the named accounts can sign in; everybody else has no usable password. All carry `is_demo`, and a
production start refuses to run while one exists.
"""

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.transaction import atomic

from duties.catalogue.importing import import_catalogue, import_offices
from duties.catalogue.items_file import read
from duties.catalogue.offices import read_offices
from gateway.demo.setting import staff, townships
from gateway.demo.setting.places import COUNTY, TOWNSHIP, filing_areas, invented_phone
from grids.levels import Level
from grids.models import Area
from members import accounts, departments
from members.models import Department, Side, User
from members.roles import Role
from members.signing_in import second_factor

PASSWORD = "Shanzhi-Demo-2026"  # noqa: S105  (demo data only; refused in production)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (what an app on a phone is given for `guanli2`)
OTHER_TOWNSHIP = "440783117000"
PHONES = "0750-200"
"""How invented duty phones begin; four digits follow."""


@dataclass(frozen=True)
class NamedAccount:
    """An account of the demo: `place` is an area code or, for department roles, a department code."""

    username: str
    name: str
    role: Role
    place: str
    factor: bool = False
    """Whether it signs in with a second factor too, whose secret is SECRET."""


def named_accounts() -> list[NamedAccount]:
    """One account for every role, all around the microgrid 440783103229002 in 红岭村, three outsiders, and
    the departments that keep the gate."""
    village, grid, micro = "440783103229", "440783103229001", "440783103229002"
    office = f"{TOWNSHIP[:9]}-GJ"
    return [
        NamedAccount("wangge", "梁小燕", Role.GRID_WORKER, micro),
        NamedAccount("gezhang", "何锦棠", Role.GRID_CHIEF, grid),
        NamedAccount("shuji", "陈国栋", Role.VILLAGE_SECRETARY, village),
        NamedAccount("hecha", "吴丽珍", Role.VERIFIER, TOWNSHIP),
        NamedAccount("fenbo", "黄志豪", Role.TOWNSHIP_DISPATCHER, TOWNSHIP),
        NamedAccount("zhenzhang", "余建华", Role.TOWNSHIP_LEADER, TOWNSHIP),
        NamedAccount("chengban", "李志强", Role.DEPARTMENT_HANDLER, office),
        NamedAccount("fuzeren", "关文锋", Role.DEPARTMENT_LEADER, office),
        NamedAccount("zhujian", "邓永康", Role.DEPARTMENT_HANDLER, "ZJ"),
        NamedAccount("xianfenbo", "谭少芬", Role.COUNTY_DISPATCHER, COUNTY),
        NamedAccount("xianling", "张伟明", Role.COUNTY_LEADER, COUNTY),
        NamedAccount("qingdan", "司徒婉仪", Role.LIST_ADMIN, COUNTY),
        NamedAccount("guanli", "周健生", Role.SYSTEM_ADMIN, COUNTY),
        NamedAccount("guanli2", "黎婉珍", Role.SYSTEM_ADMIN, COUNTY, factor=True),
        NamedAccount("shenji", "方秀英", Role.AUDITOR, COUNTY),
        NamedAccount("waizhen", "劳炳坤", Role.TOWNSHIP_DISPATCHER, OTHER_TOWNSHIP),
        NamedAccount("linge", "谢月娥", Role.GRID_WORKER, "440783103231002"),
        NamedAccount("zuzhi", "谭国铭", Role.DEPARTMENT_LEADER, "ZZB"),
        NamedAccount("shegong", "余慧敏", Role.DEPARTMENT_LEADER, "SGB"),
        NamedAccount("zhengfa", "周凤玲", Role.DEPARTMENT_LEADER, "ZFW"),
        NamedAccount("bianban", "关志成", Role.DEPARTMENT_HANDLER, "BB"),
        NamedAccount("sifa", "梁少强", Role.DEPARTMENT_HANDLER, "SF"),
        NamedAccount("waibu", "胡卓贤", Role.DEPARTMENT_HANDLER, "WL"),
    ]


@atomic
def build(rng: random.Random, since: date) -> None:
    """Departments, the starter list in force since `since`, accounts and posts."""
    data = Path(settings.BASE_DIR) / "data"
    county = Area.objects.get(code=COUNTY)
    township = Area.objects.get(code=TOWNSHIP)
    catalogue = read((data / "starter_lists.yaml").read_text(), (data / "item_aliases.yaml").read_text())
    import_catalogue(catalogue=catalogue, county=county, starts_on=since)
    known = set(Department.objects.filter(township=None).values_list("code", flat=True))
    offices = read_offices((data / "township_offices.yaml").read_text(), known)
    import_offices(rows=offices, township=township)
    _named(rng, since)
    _grid_staff(rng, township, since)
    townships.build(rng, offices, since)
    _department_staff(rng, since)


def _named(rng: random.Random, since: date) -> None:
    for account in named_accounts():
        user = accounts.create_user(
            username=account.username,
            name=account.name,
            phone=invented_phone(rng),
            password=PASSWORD,
            must_change_password=False,
            is_demo=True,
            actor=None,
        )
        staff.post(user, account.role, account.place, since)
        if account.factor:
            second_factor.give(user, SECRET)


def _grid_staff(rng: random.Random, township: Area, since: date) -> None:
    """A full-time worker (A side) and a part-time one (兼职, B side) in every filing area, a chief in every grid, a
    secretary in every village."""
    for area in filing_areas():
        staff.join(rng, f"w{area.code[6:]}", Role.GRID_WORKER, area.code, since)
        staff.join(rng, f"w{area.code[6:]}b", Role.GRID_WORKER, area.code, since, side=Side.B)
    for grid in Area.objects.in_use().filter(code__startswith=township.code[:9], level=Level.GRID).order_by("code"):
        staff.join(rng, f"g{grid.code[6:]}", Role.GRID_CHIEF, grid.code, since)
    for village in Area.objects.filter(parent=township).order_by("code"):
        staff.join(rng, f"s{village.code[6:]}", Role.VILLAGE_SECRETARY, village.code, since)


def _department_staff(rng: random.Random, since: date) -> None:
    """A handler on either side in every department, and its telephone by day and night."""
    admin = User.objects.get(username="guanli")
    for n, department in enumerate(Department.objects.order_by("code"), 1):
        code = department.code.lower().replace("-", "")
        staff.join(rng, f"d{code}", Role.DEPARTMENT_HANDLER, department.code, since)
        staff.join(rng, f"d{code}b", Role.DEPARTMENT_HANDLER, department.code, since, side=Side.B)
        departments.update(department=department, phone=f"{PHONES}{n:04d}", actor=admin)
