"""What the trail says of tickets: who saw and took away what, and what the engine may do by itself."""

from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.text import Text
from core.trust.acts import ACTS, NAMINGS, UNTOLD, Naming, act, named, naming_of, one_of, plain
from core.web.reveal import REASONS
from grids.models import Area
from issues.finding.filters import TicketFilter
from issues.finding.queries import VIEWS
from issues.models import EngineSwitch, Ticket
from issues.models.papers import SHEET_STATES
from issues.workflow.choices import AUTOMATICS, Automatic
from members.models import Department

LISTS = "issues.list.address"
SENSITIVE: dict[str, Text] = {"words": lazy("内容"), "photo": lazy("照片"), "minutes": lazy("会商纪要")}


def conditions(addresses: Collection[str]) -> dict[str, str]:
    """Addresses of lists in the words of their conditions. Two queries, however many they are."""
    chosen = {address: TicketFilter.parse(QueryDict(address.partition("?")[2])) for address in addresses}
    areas = {area.code: area for area in Area.objects.filter(code__in=[one.area for one in chosen.values()])}
    codes = [code for one in chosen.values() for code in (one.dept, one.late_of)]
    departments = {row.code: row for row in Department.objects.filter(code__in=codes)}
    for one in chosen.values():  # what each would look up for itself
        one.__dict__["area_row"] = areas.get(one.area)
        one.__dict__["department_row"] = departments.get(one.dept)
        one.__dict__["late_row"] = departments.get(one.late_of)
    return {address: _said(one) for address, one in chosen.items()}


def _said(chosen: TicketFilter) -> str:
    tab = [str(VIEWS[chosen.view])] if chosen.view in VIEWS else []
    said = [f"{chip.name}：{chip.value}" for chip in chosen.chips() if not chip.is_hint]
    return "，".join(tab + said) or _("全部")


ACTS.extend(
    (
        act("ticket.sensitive_read", lazy("查看涉敏感工单"), code=UNTOLD, what=one_of(lazy("看了"), SENSITIVE)),
        act("ticket.contact_revealed", lazy("查看点单人电话"), reason=one_of(lazy("原因"), REASONS)),
        act("tickets.contacts_forgotten", lazy("清除到期的点单人联系方式"), tickets=plain(lazy("工单数"))),
        act(
            "tickets.exported",
            lazy("导出工单"),
            filter=named(lazy("条件"), LISTS),
            searched=plain(lazy("按词搜索")),
        ),
        act(
            "sheets.exported",
            lazy("导出督办单"),
            filter=one_of(lazy("哪些"), {key: text for key, (text, _q) in SHEET_STATES.items()}),
        ),
        act("engine.switched", lazy("设定系统代办"), code=UNTOLD, step=UNTOLD, is_on=plain(lazy("由系统代办"))),
    )
)


def _switch(row: EngineSwitch) -> str:
    return f"{row.item_code or _('未定事项')} {AUTOMATICS[Automatic(row.step)]}"


NAMINGS.extend((naming_of(Ticket, lambda row: row.number), naming_of(EngineSwitch, _switch), Naming(LISTS, conditions)))
