"""Each guard by itself: what it stops, and the nearest thing that it lets pass."""

from datetime import timedelta
from inspect import getmembers, isfunction
from types import SimpleNamespace

import pytest

from issues.workflow import TRANSITIONS, Act, Share, State, guards
from issues.workflow.choices import MAX_CHILDREN
from members.roles import Role
from tests.issues.workflow.test_workflow import HELPER, LEAD, NOW, case

ME = 7
SECOND = timedelta(seconds=1)


def lead(**share):
    return {"shares": (Share(LEAD, True, **share),)}


def helper(**share):
    return {"shares": (Share(LEAD, True), Share(HELPER, False, **share))}


def suggesting(department):
    return {"fields": {"suggested": SimpleNamespace(pk=department)}}


def whistle(**more):
    return {"route": "whistle", **more}


OF_LEAD, OF_HELPER = {"departments": frozenset({LEAD})}, {"departments": frozenset({HELPER})}
GRID, LEADS, TOWN, COUNTY = guards.GRID_STAFF, guards.LEAD_STAFF, guards.TOWN_LEADER, guards.COUNTY
ASSISTS = guards.ASSIST_STAFF
VERIFIER = guards.at_area(Role.VERIFIER)

# name of the guard: (ticket, act) that it stops, and (ticket, act) that pass
GUARDS = {
    "is_holder": ([({"holder_id": 9}, {}), ({"holder_id": None}, {})], [({}, {})]),
    "takes_part": (
        [({"holder_id": 9}, {"hats": GRID})],
        [({}, {}), ({"holder_id": 9}, {"hats": LEADS}), ({"holder_id": 9}, {"hats": ASSISTS})],
    ),
    "colleague": (
        [({}, {"hats": GRID}), (whistle(holder_id=9), {"hats": GRID}), ({"holder_id": 9}, {"hats": LEADS})],
        [({"holder_id": 9}, {"hats": GRID}), (whistle(holder_id=9), {"hats": LEADS})],
    ),
    "has_item": ([({"has_item": False}, {})], [({}, {}), ({"has_item": False}, {"fields": {"item": True}})]),
    "department_route": ([({"route": "self"}, {})], [({"route": "whistle"}, {}), ({}, {})]),
    "grid_route": (
        [(whistle(state=State.ACCEPTED), {})],
        [(whistle(state=State.CONFIRMING), {}), ({"state": State.ACCEPTED}, {})],
    ),
    "urgent_only": ([({}, {})], [({"urgent": True}, {})]),
    "not_urgent": ([({"urgent": True}, {})], [({}, {})]),
    "lacks_power": (
        [({"can_punish": False}, {"hats": TOWN}), ({"can_punish": True}, {"hats": LEADS})],
        [({}, {"hats": TOWN}), ({"is_local": True}, {"hats": LEADS})],
    ),
    "is_hard": (
        [({"is_complex": False, "departments_named": 2}, {})],
        [({"is_complex": False, "departments_named": 3}, {}), ({}, {}), ({"is_complex": False, "returns": 1}, {})],
    ),
    "whistle_lacks": ([({}, {})], [({"is_complete": False}, {})]),
    "not_arrived": (
        [({}, {}), (lead(has_arrived=True), OF_LEAD)],
        [(lead(), OF_LEAD), (helper(), OF_HELPER)],
    ),
    "share_unclaimed": ([(lead(), OF_LEAD), (helper(is_claimed=True), OF_HELPER)], [(helper(), OF_HELPER)]),
    "share_asked": ([(lead(sheets=1), OF_LEAD), (helper(), OF_HELPER)], [(helper(sheets=1), OF_HELPER)]),
    "share_unreported": (
        [(helper(), OF_HELPER), (helper(is_claimed=True, has_reported=True), OF_HELPER)],
        [(helper(is_claimed=True), OF_HELPER)],
    ),
    "has_helpers": ([(lead(), {})], [(helper(), {})]),
    "helpers_reported": ([(helper(), {})], [(helper(has_reported=True), {}), (lead(), {})]),
    "returnable": (
        [({"is_designated": True}, {}), ({"returns": 1}, {}), ({"return_until": NOW - SECOND}, {})],
        [({}, {}), ({"return_until": NOW}, {}), ({"return_until": None}, {})],
    ),
    "suggests_another": ([({}, suggesting(1))], [({}, suggesting(2)), ({}, {})]),
    "disputable": (
        [({"is_designated": True, "returns": 1}, {}), ({}, {}), ({"returns": 1, "return_until": NOW - SECOND}, {})],
        [({"returns": 1}, {}), ({"returns": 1, "return_until": NOW}, {})],
    ),
    "convenes": (
        [({"convener": "county"}, {"hats": TOWN})],
        [({"convener": "county"}, {"hats": COUNTY}), ({"convener": "township"}, {"hats": TOWN})],
    ),
    "before_due": ([({"move_by": NOW}, {}), ({"move_by": NOW - SECOND}, {})], [({"move_by": NOW + SECOND}, {})]),
    "extends_once": (
        [
            ({"may_extend": False}, {}),
            *(({"extension": told}, {}) for told in ("township", "county", "granted", "refused")),
        ],
        [({}, {})],
    ),
    "awaits_township": ([({}, {}), ({"extension": "county"}, {})], [({"extension": "township"}, {})]),
    "awaits_county": ([({}, {}), ({"extension": "township"}, {})], [({"extension": "county"}, {})]),
    "awaits_answer": (
        [
            ({}, {"hats": COUNTY}),
            ({"extension": "county"}, {"hats": TOWN}),
            ({"extension": "township"}, {"hats": COUNTY}),
        ],
        [({"extension": "county"}, {"hats": COUNTY}), ({"extension": "township"}, {"hats": TOWN})],
    ),
    "suspends_once": ([({"suspension": "asked"}, {})], [({}, {}), ({"suspension": "refused"}, {})]),
    "suspension_asked": ([({}, {}), ({"suspension": "granted"}, {})], [({"suspension": "asked"}, {})]),
    "once_a_day": (
        [({"reminded_on": NOW.date()}, {})],
        [({}, {}), ({"reminded_on": NOW.date() - timedelta(days=1)}, {})],
    ),
    "sheet_open": ([({}, {})], [({"sheets": 1}, {})]),
    "review_open": ([({}, {})], [({"reviews": 1}, {})]),
    "differs_from_verifier": ([({"verified_by_id": ME}, {})], [({"verified_by_id": 9}, {}), ({}, {"actor_id": None})]),
    "differs_from_handler": (
        [({"handled_by_id": ME}, {}), ({"reported_by_id": ME}, {}), ({"hands": frozenset({ME})}, {})],
        [({}, {}), ({"handled_by_id": None, "reported_by_id": None}, {"actor_id": None})],
    ),
    "another_verifier": ([({"checked_before": frozenset({ME, 9})}, {})], [({"checked_before": frozenset({9})}, {})]),
    "children_ended": ([({"open_children": 1, "children": 2}, {})], [({"children": 2}, {})]),
    "is_order": ([({"source": "worker"}, {}), ({"source": "counter"}, {})], [({}, {})]),
    "another_hour": ([({"call_parts": frozenset({"morning"})}, {})], [({"call_parts": frozenset({"evening"})}, {})]),
    "nobody_to_ask": ([({"unreachable_calls": 2}, {})], [({"unreachable_calls": 3}, {}), ({"source": "worker"}, {})]),
    "reopenable": (
        [({"closed_at": NOW - timedelta(days=15) - SECOND}, {}), ({"closed_at": None}, {})],
        [({"closed_at": NOW - timedelta(days=15)}, {})],
    ),
    "rateable": (
        [
            ({"closed_at": NOW}, {}),
            (whistle(closed_at=NOW, is_rated=True), {}),
            (whistle(closed_at=NOW - timedelta(days=30) - SECOND), {}),
            (whistle(closed_at=None), {}),
        ],
        [(whistle(closed_at=NOW - timedelta(days=30)), {})],
    ),
    "unexcluded": ([({"exclusion": told}, {}) for told in ("asked", "first", "granted", "refused")], [({}, {})]),
    "another_reviewer": (
        [
            ({}, {}),
            ({"exclusion": "granted"}, {}),
            ({"exclusion": "asked", "excluders": frozenset({ME})}, {}),
            ({"exclusion": "first", "excluders": frozenset({9, ME})}, {}),
        ],
        [({"exclusion": told, "excluders": frozenset({9})}, {}) for told in ("asked", "first")],
    ),
    "unanswered": (
        [({"raised": raised, "move_by": NOW}, {}) for raised in ("village", "back")]
        + [({"move_by": NOW + SECOND}, {})],
        [({"move_by": NOW}, {})],
    ),
    "differs_from_checker": ([({"verified_by_id": ME}, {})], [({"verified_by_id": 9}, {}), ({}, {})]),
    "review_overdue": (
        [({"state": State.SUSPENDED, "move_by": NOW + SECOND}, {})],
        [({"state": State.SUSPENDED, "move_by": NOW}, {}), ({"move_by": NOW + SECOND}, {})],
    ),
    "own_finding": (
        [({"source": "order", "placed_by_id": ME}, {}), ({"source": "worker", "placed_by_id": 9}, {})],
        [({"source": "worker", "placed_by_id": ME}, {})],
    ),
    "handed_up": ([({}, {}), ({"raised": "back"}, {})], [({"raised": "village"}, {})]),
    "recallable": ([({}, {}), ({"recall_until": NOW - SECOND}, {})], [({"recall_until": NOW}, {})]),
    "childless": ([({"children": 1}, {})], [({}, {})]),
    "may_split": (
        [({"is_child": True}, {}), ({"children": MAX_CHILDREN}, {})],
        [({}, {}), ({"children": MAX_CHILDREN - 1}, {})],
    ),
    "just_merged": (
        [({"closed_at": NOW - timedelta(days=1) - SECOND}, {}), ({"closed_at": None}, {})],
        [({"closed_at": NOW - timedelta(days=1)}, {})],
    ),
}  # fmt: skip


def answer(name, ticket, act):
    state = ticket.get("state", State.HANDLING)
    rest = {key: value for key, value in ticket.items() if key != "state"}
    doing = Act(act.get("actor_id", ME), act.get("hats", VERIFIER), act.get("fields", {}),
                departments=act.get("departments", frozenset()))  # fmt: skip
    return getattr(guards, name)(case(state, **rest), doing)


def test_every_guard_of_the_table_is_here():
    assert {guard.__name__ for step in TRANSITIONS for guard in step.guards} == set(GUARDS)
    assert set(GUARDS) <= {name for name, _function in getmembers(guards, isfunction)}


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_stops_what_it_should_and_nothing_beside_it(name):
    stopped, passing = GUARDS[name]
    for ticket, act in stopped:
        assert answer(name, ticket, act) is not None, (ticket, act)
    for ticket, act in passing:
        assert answer(name, ticket, act) is None, (ticket, act)
