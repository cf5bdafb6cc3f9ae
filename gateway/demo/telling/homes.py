"""A few household files of 红岭村, told through the real verbs: visits of a month with what they found, who keeps in
touch with whom, residents where one had to know them, a wish for a file, and an import with two cells to put right.
"""

import io
import math
import random
import uuid
from collections.abc import Callable
from datetime import datetime

from core.jobs import outbox
from core.races.idempotency import Once
from duties.models import DutyItem
from duties.routing.deciding import version_in_force
from gateway.demo.setting import pictures
from gateway.demo.setting.places import person_name
from gateway.demo.telling.ledgers import GRID, SEED, TOWNSHIP, VILLAGE
from gateway.demo.telling.turns import in_order
from grids import households
from grids.households import NewHousehold
from grids.levels import Level
from grids.models import Area, Household
from households.contact import liaisons
from households.contact.visits import visit
from households.file import actions, subjects
from households.file.actions import Person
from households.imports import work
from households.models import Visit
from households.registers import exports
from households.rules import LEAST_LIAISONS, HelperKind, Outcome, Reason
from issues.engine.actions import apply
from issues.engine.actors import staff
from members.models import User
from members.roles import Role

Turn = tuple[float, Callable[[], object]]
NEIGHBOURS = (("谭永康", "party"), ("许玉兰", "party"))
A_HELPER = 18
"""How many households a helper keeps in touch with at most, so that a few more may come."""
REACHED = 0.9
"""Which share of the households of 沙塘镇 somebody keeps in touch with."""
SHEET = """户编号,网格编码,住址,户主姓名,联系电话,家庭人口,重点类别
,440783103229002,永兴里1组41号,司徒玉兰,10000006041,3,低保
,440783103229002,永兴里1组42号,黄达明,电话不详,2,
,440783103229002,永兴里1组43号,谢彩霞,10000006043,5,五保户
"""
MATTERS = (
    (19, "屋后堆了几袋旧瓦和垃圾，老人搬不动", "B01", True),
    (0.1, "楼梯口被隔壁的柜子堵住，怕万一有火走不出", "A01", False),
    (0.2, "老人腿脚不便，想在门口装个扶手", None, False),
)


class Homes:
    def __init__(self, now: datetime) -> None:
        self.now = now
        names = ("wangge", "shuji", "fenbo", "zhenzhang", "hecha")
        self.people = {user.username: user for user in User.objects.filter(username__in=names)}
        self.village, self.township = Area.objects.get(code=VILLAGE), Area.objects.get(code=TOWNSHIP)
        self.shots = pictures.draw(1, random.Random(SEED))  # noqa: S311  (demo data, not a secret)
        rows = Household.objects.filter(area__code=GRID, retired_at=None).select_related("area").order_by("code")
        self.rows = list(rows[:40])
        items = DutyItem.objects.filter(
            version=version_in_force(), code__in=[code for _a, _w, code, _s in MATTERS if code]
        )
        self.items = {item.code: item for item in items}

    def once(self) -> Once:
        return Once("demo", str(uuid.uuid4()), {})

    def visit(self, home: Household, outcome: str, **more: object) -> Visit:
        given = {"household": home, "outcome": outcome, "user": self.people["wangge"], "once": self.once()}
        return visit(**(given | more))  # type: ignore[arg-type]


def write(now: datetime) -> int:
    """Tell everything up to `now`; returns how many visits there are."""
    homes = Homes(now)
    turns = [*_files(homes), *_visits(homes), *_liaisons(homes), *_papers(homes)]
    in_order(turns, now)
    return Visit.objects.count()


def _files(h: Homes) -> list[Turn]:
    first, second, third = h.rows[:3]
    worker, secretary = h.people["wangge"], h.people["shuji"]

    def known() -> None:
        new = NewHousehold(
            first.area, "幸福小区3栋2单元502室", first.head_name, first.phone, 3, ("独居老人",), is_hub=first.is_hub
        )
        households.correct(household=first, new=new, version=first.version, actor=worker)
        actions.add_resident(household=first, person=Person(first.head_name, first.phone, "head", 1948), user=worker)
        actions.add_resident(household=first, person=Person("陈小燕", "10000006052", "child", 1976), user=worker)
        for row in (first, second):
            actions.note_consent(household=row, state="agreed", user=worker)
        actions.set_guarded(household=third, kinds={"mental"}, user=secretary)

    return [(26, known)]


def _visits(h: Homes) -> list[Turn]:
    turns: list[Turn] = []
    for n, home in enumerate(h.rows[3:15]):
        outcome = Outcome.ABSENT if n % 6 == 5 else Outcome.WELL
        reason = (Reason.ROUTINE, Reason.POLICY, Reason.OPINION)[n % 3]
        turns.append((24 - 1.9 * n, lambda home=home, o=outcome, r=reason: h.visit(home, o, reason=r)))  # type: ignore[misc]
    for n, (ago, words, code, solved) in enumerate(MATTERS):
        turns.append((ago, _found(h, h.rows[n], words, code, solved=solved)))
    return turns


def _found(h: Homes, home: Household, words: str, code: str | None, *, solved: bool) -> Callable[[], None]:
    def turn() -> None:
        made = h.visit(
            home, Outcome.MATTER, note=words, reason=Reason.HARDSHIP, item=h.items.get(code) if code else None
        )
        if solved and made.need is not None and made.need.ticket is not None:
            ticket, worker = made.need.ticket, h.people["wangge"]
            steps: tuple[tuple[str, dict[str, object]], ...] = (
                ("accept", {}),
                ("self_handle", {}),
                ("report_done", {"note": "叫保洁车拉走了，屋后扫干净。"}),
            )
            for name, fields in steps:
                shots = h.shots if name == "report_done" else ()
                apply(ticket.pk, name, actor=staff(worker), fields=fields, pictures=shots)
            apply(ticket.pk, "verify_pass", actor=staff(h.people["hecha"]), fields={"note": "到户看过，属实。"})

    return turn


def _liaisons(h: Homes) -> list[Turn]:
    def keep() -> None:
        for n, (name, kind) in enumerate(NEIGHBOURS):
            one = liaisons.add_helper(village=h.village, name=name, kind=kind, user=h.people["shuji"], once=h.once())
            mine = h.rows[n * LEAST_LIAISONS : (n + 1) * LEAST_LIAISONS - 2 * n]
            liaisons.assign(helper=one, households=mine, user=h.people["shuji"])

    return [(80, lambda: _in_touch(h)), (28, keep)]


def _in_touch(h: Homes) -> None:
    """Party members and cadres of every village take most of its households, spread over the lanes."""
    rng = random.Random(SEED)  # noqa: S311  (demo data, not a secret)
    for village in Area.objects.filter(parent=h.township, level=Level.VILLAGE).order_by("code"):
        secretary = User.objects.filter(posts__area=village, posts__role=Role.VILLAGE_SECRETARY).order_by("pk")[0]
        rows = list(Household.objects.filter(village=village, retired_at=None).order_by("code"))
        kept = rows[: round(len(rows) * REACHED)]
        helpers = math.ceil(len(kept) / A_HELPER)
        for n in range(helpers):
            kind = HelperKind.CADRE if n % 4 == 3 else HelperKind.PARTY
            one = liaisons.add_helper(village=village, name=person_name(rng), kind=kind, user=secretary, once=h.once())
            liaisons.assign(helper=one, households=kept[n::helpers], user=secretary)


def _papers(h: Homes) -> list[Turn]:
    secretary = h.people["shuji"]

    def bring_in() -> None:
        one = work.take_in(
            content=io.BytesIO(SHEET.encode()), kind="households", place=h.village, user=secretary, once=h.once()
        )
        work.choose_columns(one, columns=one.columns, user=secretary)
        outbox.drain_inline()
        work.start(one, user=secretary)

    return [
        (12, bring_in),
        (4, lambda: subjects.take_request(household=h.rows[1], kind="access", user=secretary)),
        (1, lambda: exports.ask(area=h.village, reason="核对低保年审名单", user=secretary, once=h.once())),
    ]
