"""A handful of disputes around 红岭村 in different states, each told through the real verbs in the order of time."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.races.idempotency import Once
from gateway.demo.telling.turns import in_order
from grids.models import Area
from issues.models import OPEN, Ticket
from mediation.engine import actions
from mediation.engine.effects import NewMediator
from mediation.engine.new_dispute import NewDispute, NewParty
from mediation.models import Dispute
from mediation.workflow.rules import Kind, Risk, is_dispute, kind_of
from members.models import Department, User

GRID, NEIGHBOUR_GRID = "440783103229002", "440783103231002"
OFFICE = "440783103-SFS"
PEOPLE = ("gezhang", "shuji", "fenbo", "wangge")


@dataclass(frozen=True)
class Happening:
    """One step: how many days before now, what, by whom, with which fields."""

    ago: float
    name: str
    who: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Plot:
    """One dispute: when it was opened by whom, what it is about, and the steps that followed."""

    ago: float
    who: str
    kind: Kind
    brief: str
    parties: tuple[str, ...]
    steps: tuple[Happening, ...] = ()
    risk: Risk = Risk.PLAIN
    where: str = ""
    of_ticket: bool = False


def _sat(ago: float, who: str, said: str, next_step: str = "", **more: Any) -> Happening:
    return Happening(ago, "sit", who, {"where": "红岭村调解室", "said": said, "next_step": next_step} | more)


TERMS = (
    "一、乙方于本月底前拆除伸出的铁皮雨棚，改装落水管引入明沟。\n"
    "二、甲方不再堵塞巷道排水口。\n"
    "三、本协议履行后，双方就此纠纷再无其他争议。"
)
MANNER = "履行方式：乙方自行拆改，网格员到场见证。\n履行地点：南安里1组。\n履行期限：本月底前。"
BORDER = "一、以水沟中线为界，双方于十日内各立一根界桩。\n二、本协议履行后再无其他争议。"
CARE = "一、每人每月各付赡养费……元，每月五日前交老人手上。\n二、医药费凭单据三人均摊。"
PLOTS = (
    Plot(
        61, "shuji", Kind.NEIGHBOUR, "铁皮雨棚伸过巷道，下雨滴到对面墙根，两家为此争吵多次。", ("陈志强", "梁荣光"),
        (
            _sat(58, "shuji", "看过现场，乙方承认雨棚过界，愿意改装。", "请乙方出改装方案"),
            Happening(50, "agree", "shuji", {"terms": TERMS, "manner": MANNER}),
            Happening(19, "visit_kept", "shuji", {"note": "到现场看过，雨棚已拆，落水管接入明沟。"}),
        ),
        where="南安里1组",
    ),
    Plot(
        40, "gezhang", Kind.LAND, "两户争一块自留地的边界，界桩前年被水冲走。", ("黄锦棠", "何建华"),
        (
            Happening(39, "appoint", "gezhang", {"mediators": (("shuji", True), ("gezhang", False)), "elder": "余伯"}),
            _sat(38, "shuji", "查了第二轮承包底册，双方同意以沟中线为界。"),
            Happening(34, "agree", "shuji", {"terms": BORDER}),
        ),
        where="长庆里后垄",
    ),
    Plot(
        12, "shuji", Kind.FAMILY, "老人轮养费用分担谈不拢，三兄弟互不来往。", ("李国栋", "李伟明", "李俊杰"),
        (
            _sat(9, "shuji", "老人想住自己屋，三兄弟都愿出钱，数额未谈定。", "请大哥列出每月开支", next_in=2.0),
            Happening(8, "draft", "shuji", {"terms": CARE}),
        ),
        where="东升里2组",
    ),
    Plot(
        3, "gezhang", Kind.DAMAGE, "摩托车刮倒老人，药费谁出说法不一，家属情绪激动，扬言上门。", ("吴秀英", "张永康"),
        (Happening(2.9, "arrange", "gezhang", {"where": "红岭村调解室", "next_in": 0.5}),),
        risk=Risk.VOLATILE,
        where="村口公交站旁",
    ),
    Plot(
        27, "fenbo", Kind.LABOUR, "装修工说尾款八千元拖了半年，业主说质量有问题。", ("谢炳坤", "周文锋"),
        (
            _sat(24, "office", "双方对质量问题各执一词，均不让步。"),
            Happening(20, "fail", "office", {"guidance": "arbitration", "note": "差距大，已书面告知可申请劳动仲裁。"}),
        ),
    ),
    Plot(6, "gezhang", Kind.NEIGHBOUR, "", ("许翠萍", "罗振邦"), of_ticket=True, risk=Risk.WATCH),
)  # fmt: skip


def write(now: datetime) -> int:
    """Tell every plot up to `now`, with the notices of each step at its time; returns how many disputes there are."""
    people = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
    people["office"] = _of_office()
    turns: list[tuple[float, Callable[[], None]]] = []
    for plot in PLOTS:
        turns += _turns(plot, people, now)
    in_order(turns, now)
    return Dispute.objects.count()


def _of_office() -> User:
    office = Department.objects.get(code=OFFICE)
    return User.objects.filter(posts__department=office).order_by("pk")[0]


def _turns(plot: Plot, people: dict[str, User], now: datetime) -> list[tuple[float, Callable[[], None]]]:
    """The opening and the steps of one plot, each with its moment."""
    made: list[Dispute] = []

    def opening() -> None:
        made.append(_open(plot, people[plot.who]))

    def taken(step: Happening) -> Callable[[], None]:
        return lambda: _take(made[0], step, people, now)

    return [(plot.ago, opening), *((step.ago, taken(step)) for step in plot.steps)]


def _open(plot: Plot, user: User) -> Dispute:
    ticket = _ticket() if plot.of_ticket else None
    area = ticket.area if ticket else Area.objects.get(code=GRID)
    parties = [NewParty(name, f"1000000{6100 + n:04d}") for n, name in enumerate(plot.parties)]
    new = NewDispute(
        area=area,
        kind=kind_of(ticket.item.name) if ticket and ticket.item else plot.kind,
        risk=plot.risk,
        brief=plot.brief or (ticket.description if ticket else "") or "两家为占道堆放争吵。",
        where=plot.where or (ticket.place if ticket else ""),
        parties=parties,
        ticket=ticket,
    )
    return actions.open_dispute(new, user=user, once=Once("demo", str(uuid.uuid4()), {}))


def _ticket() -> Ticket | None:
    """An open ticket of 红岭村 about a dispute that was there before, if the history has left one."""
    rows = Ticket.objects.filter(OPEN, grid__code__startswith=GRID[:12], placed_at__lte=clock.now())
    return next((row for row in rows.select_related("item", "area") if row.item and is_dispute(row.item.name)), None)


def _take(dispute: Dispute, step: Happening, people: dict[str, User], now: datetime) -> None:
    """One step, its moments counted from the step's own."""
    fields = dict(step.fields)
    if step.name == "sit":
        fields["held_at"] = clock.now()
    if step.name == "agree":
        fields["agreed_on"] = clock.today()
    if "next_in" in fields:
        fields["next_at"] = now + timedelta(days=fields.pop("next_in"))
    if step.name == "appoint":
        fields["mediators"] = _mediators(fields, people)
    actions.PROCESS.apply(dispute.pk, step.name, user=people[step.who], fields=fields)


def _mediators(fields: dict[str, Any], people: dict[str, User]) -> list[NewMediator]:
    staff = [NewMediator(people[name], is_principal=leads) for name, leads in fields.pop("mediators")]
    return [*staff, NewMediator(None, fields.pop("elder"), "worthy")]
