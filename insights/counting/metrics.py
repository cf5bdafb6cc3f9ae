"""What is counted, said once: how the standing of a ticket counts, and which queue shows the counted rows.

A metric counts tickets by the county day they were placed. `counts` reads the facts that every event of
the log carries (issues.engine.snapshots); `shown_by` are the queue parameters that list exactly those tickets, so
that a number on a page always leads to the rows behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.rows import marks
from issues.engine.lateness import departments_of
from issues.workflow import STARS, State, Tier

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class Metric:
    name: str
    label: Promise
    counts: Callable[[Snapshot], int]
    shown_by: Mapping[str, str] = field(default_factory=dict)


def _is(key: str, *values: object) -> Callable[[Snapshot], int]:
    return lambda facts: int(facts[key] in values)


def _both(*tests: Callable[[Snapshot], int]) -> Callable[[Snapshot], int]:
    return lambda facts: int(all(test(facts) for test in tests))


def _known(key: str) -> Callable[[Snapshot], int]:
    return lambda facts: int(facts[key] is not None)


def _above(key: str, least: int) -> Callable[[Snapshot], int]:
    return lambda facts: int((facts[key] or 0) > least)


def _late(*tiers: Tier) -> Callable[[Snapshot], int]:
    """One of these levels held a limit when it ran out."""
    return lambda facts: int(any(marks.has(facts["late_by"], tier) for tier in tiers))


def _kept(late: Callable[[Snapshot], int]) -> Callable[[Snapshot], int]:
    """Reported done without that, however late others were."""
    return lambda facts: int(facts["done_on_time"] is not None and not late(facts))


def _lead_late(facts: Snapshot) -> int:
    return int(facts["lead"] is None or marks.has(facts["late_by"], facts["lead"]))


def _lead_unresolved(facts: Snapshot) -> int:
    """Late, and not done in time: what was only claimed or arrived at late, and done in time, is resolved."""
    return int(facts["lead"] is None or (bool(_lead_late(facts)) and facts["done_on_time"] is not True))


def _any_department_late(facts: Snapshot) -> int:
    return int(bool(departments_of(facts["late_by"])))


TO_CLAIM = (State.CONFIRMING, State.WHISTLED, State.DISPATCHED, State.RETURNED, State.CONSULTING)
"""Where a whistled ticket waits until a department has it."""


def _past_claim(facts: Snapshot) -> int:
    return int(facts["route"] == "whistle" and facts["state"] not in TO_CLAIM)


def _scored(name: str, label: Promise, counts: Callable[[Snapshot], int], shown_by: Mapping[str, str]) -> Metric:
    """Part of a rate: only what is neither suspended nor excluded counts."""
    return Metric(name, label, _both(_is("scored", True), counts), {**shown_by, "scored": "1"})


METRICS: tuple[Metric, ...] = (
    Metric("placed", _("点单"), lambda facts: 1),
    Metric("orders", _("居民扫码"), _is("source", "order"), {"source": "order"}),
    Metric("logged", _("网格上报"), _is("source", "worker"), {"source": "worker"}),
    Metric("counter", _("代录"), _is("source", "counter"), {"source": "counter"}),
    Metric("accepted", _("受理"), _is("accepted", True), {"accepted": "1"}),
    Metric("declined", _("不予受理"), _is("state", "declined"), {"state": "declined"}),
    Metric("undecided", _("未定去向"), _is("route", ""), {"route": "none"}),
    Metric("self_routed", _("网格自办"), _is("route", "self"), {"route": "self"}),
    Metric("whistled", _("吹哨"), _is("route", "whistle"), {"route": "whistle"}),
    Metric("awaiting_confirm", _("待确认"), _is("state", "confirming"), {"state": "confirming"}),
    Metric("consulting", _("会商中"), _is("state", "consulting"), {"state": "consulting"}),
    Metric("in_hand_on_time", _("已领办"), _both(_past_claim, _is("claimed_on_time", True, None)), {"claimed": "kept"}),
    Metric("in_hand_late", _("超时领办后"), _both(_past_claim, _is("claimed_on_time", False)), {"claimed": "over"}),
    Metric("awaiting_dispatch", _("待派哨"), _is("state", "whistled"), {"state": "whistled"}),
    Metric("awaiting_claim", _("待领办"), _is("state", "dispatched"), {"state": "dispatched"}),
    Metric("sent_back", _("退回待改派"), _is("state", "returned"), {"state": "returned"}),
    _scored("claimed_on_time", _("按时领办"), _is("claimed_on_time", True), {"claimed": "on_time"}),
    _scored("claimed_late", _("超时领办"), _is("claimed_on_time", False), {"claimed": "late"}),
    _scored("arrived_on_time", _("按时报到"), _is("arrived_on_time", True), {"arrived": "on_time"}),
    _scored("arrived_late", _("超时报到"), _is("arrived_on_time", False), {"arrived": "late"}),
    _scored("done_on_time", _("按时办结"), _is("done_on_time", True), {"done": "on_time"}),
    _scored("done_late", _("超时办结"), _is("done_on_time", False), {"done": "late"}),
    _scored("village_kept", _("村社没有超时"), _kept(_late(Tier.VILLAGE)), {"kept": "village"}),
    _scored("village_late", _("村社超时"), _late(Tier.VILLAGE), {"late": "village"}),
    _scored("township_kept", _("乡镇没有超时"), _kept(_late(Tier.TOWNSHIP)), {"kept": "township"}),
    _scored("township_late", _("乡镇超时"), _late(Tier.TOWNSHIP), {"late": "township"}),
    _scored("local_kept", _("乡镇村社没有超时"), _kept(_late(Tier.VILLAGE, Tier.TOWNSHIP)), {"kept": "local"}),
    _scored("local_late", _("乡镇村社超时"), _late(Tier.VILLAGE, Tier.TOWNSHIP), {"late": "local"}),
    _scored("dept_kept", _("牵头部门没有超时"), _kept(_lead_late), {"kept": "dept"}),
    _scored("dept_late", _("部门超时"), _any_department_late, {"late": "dept"}),
    _scored("resolved", _("牵头部门按期办结"), _kept(_lead_unresolved), {"kept": "resolve"}),
    _scored("unresolved", _("牵头部门没有按期办结"), _both(_known("lead"), _lead_unresolved), {"late": "resolve"}),
    Metric("closed", _("已销号"), _is("state", "closed"), {"state": "closed"}),
    Metric(
        "closed_self",
        _("自办销号"),
        _both(_is("state", "closed"), _is("route", "self")),
        {"state": "closed", "route": "self"},
    ),
    Metric(
        "closed_whistled",
        _("部门销号"),
        _both(_is("state", "closed"), _is("route", "whistle")),
        {"state": "closed", "route": "whistle"},
    ),
    _scored("rated", _("已评价"), _known("satisfaction"), {"rated": "any"}),
    _scored("satisfied", _("满意"), _above("satisfaction", 1), {"rated": "satisfied"}),
    _scored("reworked", _("重办"), _above("round", 1), {"rework": "1"}),
    _scored("returned", _("曾退单"), _above("returns", 0), {"returned": "1"}),
    Metric("found_true", _("抽查属实"), _is("found_true", True), {"found": "true"}),
    Metric("found_false", _("抽查不属实"), _is("found_true", False), {"found": "false"}),
    *(_scored(f"stars_{n}", format_lazy(_("评哨 {n} 星"), n=n), _is("stars", n), {"stars": str(n)}) for n in STARS),
)
BY_NAME = {metric.name: metric for metric in METRICS}

BUCKET_RATIO = 1.15
"""Handling times are counted in buckets that grow by 15 %, so a median read from them is right to 7 %."""
