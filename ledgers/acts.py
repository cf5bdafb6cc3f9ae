"""What the trail says of problems, livelihood projects and campaigns."""

from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.clock import local
from core.trust.acts import ACTS, NAMINGS, UNTOLD, Naming, act, named, naming_of, one_of, plain
from grids.hooks import AREA
from grids.models import Area
from ledgers.engine.actions import PROCESSES
from ledgers.lists import VIEWS, Chosen
from ledgers.models import Campaign, Project, Proposal, Rectification, Target
from ledgers.rules import Source
from ledgers.workflow import Kind
from ledgers.workflow.campaign import RESULTS
from members.models import Department

LISTS = "ledgers.list.address"
NUMBERED = "〔"
"""No address holds it, every number of a matter does."""
OPENED = {Kind.RECTIFICATION: lazy("问题立账"), Kind.PROJECT: lazy("民生实事立项"), Kind.CAMPAIGN: lazy("开展专项行动")}
TAKEN = {Kind.RECTIFICATION: lazy("办理问题"), Kind.PROJECT: lazy("办理民生实事"), Kind.CAMPAIGN: lazy("办理专项行动")}


def conditions(addresses: Collection[str]) -> dict[str, str]:
    """Addresses of the list of problems in words; a campaign's file is of one number."""
    chosen = {address: Chosen.parse(QueryDict(address).dict()) for address in addresses if "=" in address}
    codes = [one.owner[1:] for one in chosen.values()]
    names = {f"a{code}": name for code, name in Area.objects.filter(code__in=codes).values_list("code", "name")}
    names |= {f"d{row.code}": str(row) for row in Department.objects.filter(code__in=codes)}
    said = {address: _said(one, names) for address, one in chosen.items()}
    return said | {address: address for address in addresses if NUMBERED in address}


def _said(chosen: Chosen, names: dict[str, str]) -> str:
    said = [str(VIEWS[chosen.view])]
    said += [str(Source(chosen.source).label)] if chosen.source else []
    return "，".join(said + ([names.get(chosen.owner, _("已不在册"))] if chosen.owner else []))


for kind, process in PROCESSES.items():
    ACTS.extend(process.acts(OPENED[Kind(kind)], TAKEN[Kind(kind)], area=AREA))
ACTS.extend(
    (
        act(
            "ledgers.looked",
            lazy("记排查结果"),
            code=UNTOLD,
            result=one_of(lazy("结果"), {key.value: info.label for key, info in RESULTS.items()}),
            ticket=plain(lazy("工单")),
        ),
        act("ledgers.proposed", lazy("提民生实事"), area=UNTOLD),
        act("ledgers.proposal_adopted", lazy("采纳建议"), code=plain(lazy("立项"))),
        act("ledgers.proposal_declined", lazy("不采纳建议")),
        act("ledgers.exported", lazy("导出台账"), filter=named(lazy("条件"), LISTS)),
    )
)


def _proposal(row: Proposal) -> str:
    """By place and day: its code is its proposer's key."""
    return f"{row.area.place_name} {local(row.placed_at):%Y-%m-%d}"


def _target(row: Target) -> str:
    return f"{row.campaign.number} {row.household.code if row.household else row.area.place_name}"


NAMINGS.extend(
    (
        *(naming_of(model, lambda row: row.number) for model in (Rectification, Project, Campaign)),
        naming_of(Proposal, _proposal, beside=("area__parent",)),
        naming_of(Target, _target, beside=("campaign", "household", "area__parent")),
        Naming(LISTS, conditions),
    )
)
