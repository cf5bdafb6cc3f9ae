"""Tickets in any state, brought there by the real verbs the way people would."""

import io
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from PIL import Image

from core import clock
from core.days.calendar import Limit
from core.files.images import Picture
from core.races.idempotency import Once
from issues.engine.actions import apply, place
from issues.engine.actors import Actor, resident, staff, system
from issues.engine.new_ticket import Contact, NewTicket
from issues.models import Source, Ticket
from issues.tending.reminding import fire_due
from issues.workflow import BY_NAME, State
from tests.cast import Cast

PIXEL = Picture(content=b"\xff\xd8\xff\xe0picture", sha256="0" * 64, width=1, height=1)
SPOTS = count(1)
NOTE = "现场已处理，照片为证。"


def placed(cast: Cast, **changes: Any) -> Ticket:
    """A ticket in cast.microgrid; by default an order of a resident for C02 (路灯, 规划建设办)."""
    source = Source(changes.pop("source", Source.ORDER))
    actor = changes.pop("actor", None) or (resident() if source == Source.ORDER else staff(cast.worker))
    given: dict[str, Any] = {
        "area": cast.microgrid,
        "item": cast.items["C02"],
        "title": "村口路灯不亮",
        "description": "村口公交站旁的路灯不亮三天了",
        "where": f"村口第 {next(SPOTS)} 根灯杆",
        "contact": Contact("陈先生", "10000006021") if source == Source.ORDER else None,
    }
    once = changes.pop("once", None) or Once("tests", str(uuid.uuid4()), {})
    return place(NewTicket(source=source, **(given | changes)), actor=actor, once=once)


def at_state(cast: Cast, state: State, *, route: str = "whistle", **changes: Any) -> Ticket:
    """A ticket in `state`; `route` "self" keeps it in the grid, `changes` go to `placed`."""
    ticket = placed(cast, **changes)
    for name, actor, fields in _steps(cast, ticket, State(state), route):
        ticket = act(ticket, name, actor, **fields)
    assert ticket.state == state
    return ticket


def act(ticket: Ticket, name: str, actor: Actor, **fields: Any) -> Ticket:
    """One step, with a picture where the item asks for one."""
    pictures = [PIXEL] if name in ("report_done", "settle") and ticket.needs_photo else []
    return apply(ticket.pk, name, actor=actor, fields=fields, pictures=pictures)


Steps = Iterator[tuple[str, Actor, dict[str, Any]]]


def _steps(cast: Cast, ticket: Ticket, state: State, route: str) -> Steps:
    if state == State.PLACED:
        return
    if state == State.DECLINED:
        yield "decline", staff(cast.chief), {"reason": "unfounded", "note": "查无此事"}
        return
    if state == State.MERGED:
        yield "merge", staff(cast.worker), {"into": placed(cast, title="头一件")}
        return
    yield "accept", staff(cast.worker), {}
    if state == State.ACCEPTED:
        return
    if route == "self" or state == State.SELF_HANDLING:
        yield "self_handle", staff(cast.worker), {}
        done = staff(cast.worker)
    else:
        yield from _whistled(cast, ticket, state)
        done = staff(cast.handler)
    if state == State.SUSPENDED:
        yield "ask_suspension", done, {"suspension_reason": "需立项资金", "note": "已报预算"}
        yield "suspend", staff(cast.county_leader), {}
    if state in (State.REPORTED, State.REWORK, State.VERIFIED, State.CLOSED):
        yield "report_done", done, {"note": NOTE}
        yield from _checked(cast, ticket, state)


def _whistled(cast: Cast, ticket: Ticket, state: State) -> Steps:
    if ticket.grade == "urgent" and state != State.CONFIRMING:
        yield "whistle_urgent", staff(cast.chief), {"note": NOTE, "measures": "已围护"}
    else:
        yield "whistle", staff(cast.worker), {"cause": "beyond", "note": NOTE, "measures": "已上门两次"}
        if state == State.CONFIRMING:
            return
        yield "confirm", staff(cast.secretary), {}
        if state == State.WHISTLED:
            return
        if state == State.CONSULTING:
            yield "consult", staff(cast.town_dispatcher), {"invited": [cast.office], "note": "由谁牵头"}
            return
        yield "dispatch", staff(cast.town_dispatcher), {"lead": cast.office}
    if state == State.RETURNED:
        evidence = {"evidence": ticket.item, "suggested": cast.departments["WL"], "note": "与清单不符"}
        yield "return", staff(cast.handler), evidence
    elif state != State.DISPATCHED:
        yield "claim", staff(cast.handler), {}


def _checked(cast: Cast, ticket: Ticket, state: State) -> Steps:
    if state == State.REWORK:
        yield "verify_fail", staff(cast.verifier), {"note": "仍未解决"}
    elif state in (State.VERIFIED, State.CLOSED):
        yield "verify_pass", staff(cast.verifier), {"note": "符合结案标准"}
    if state == State.CLOSED and ticket.source == Source.ORDER:
        yield "callback_solved", resident(), {"satisfaction": 4, "solved": "solved"}
    elif state == State.CLOSED:
        yield "close", system(), {}


# ---- rarer situations: where each step can be taken ------------------------------------------------------------
# name: (state, changes to the ticket, [(step, who, fields) that lead on from there])
Lead = tuple[str, str, dict[str, Any]]
DISPATCH: Lead = ("dispatch", "town_dispatcher", {"lead": "440783103-GJ"})
WITH_HELPER: Lead = ("dispatch", "town_dispatcher", {"lead": "440783103-GJ", "assisting": ["WL"]})
RETURN: Lead = ("return", "handler", {"evidence": "C02", "suggested": "WL", "note": "与清单不符"})
BARE_WHISTLE: list[Lead] = [("whistle", "worker", {"cause": "beyond"}), ("confirm", "secretary", {})]
EXTENSION: Lead = ("ask_extension", "handler", {"days": Limit(2, "wd"), "note": "等配件"})
SUSPENSION: Lead = ("ask_suspension", "handler", {"suspension_reason": "需立项资金", "note": "已报预算"})
EXCLUSION: Lead = ("ask_exclusion", "town_dispatcher", {"exclusion_reason": "不可抗力", "note": "台风"})
SHEET: Lead = ("supervise", "town_dispatcher", {"note": "请尽快办"})
FLAG: Lead = ("flag", "", {"kind": "sample"})
BY_ENGINE: Lead = ("dispatch_listed", "", {"lead": "440783103-GJ", "why": ["清单载明"]})
UNANSWERED: Lead = ("unanswered", "", {})  # nobody has accepted it in time, so that the village has it
LATE: Lead = ("late", "", {})  # the engine has found the running limits overdue
SITUATIONS: dict[str, tuple[State, dict[str, Any], list[Lead]]] = {
    "whistle_urgent": (State.ACCEPTED, {"item": "C01"}, []),
    "whistle_law": (State.ACCEPTED, {"item": "E01"}, []),
    "whistle_hard": (State.ACCEPTED, {"item": "F02"}, []),
    "send_whistle_back": (State.ACCEPTED, {}, BARE_WHISTLE),
    "write_up": (State.ACCEPTED, {}, BARE_WHISTLE),
    "settle": (State.ACCEPTED, {"source": "worker"}, []),
    "recall": (State.WHISTLED, {}, [BY_ENGINE]),
    "hand_back": (State.PLACED, {}, [UNANSWERED]),
    "assist_claim": (State.WHISTLED, {}, [WITH_HELPER]),
    "assist_report": (State.WHISTLED, {}, [WITH_HELPER, ("assist_claim", "other_handler", {})]),
    "excuse": (State.WHISTLED, {}, [WITH_HELPER]),
    "dispute": (State.DISPATCHED, {}, [RETURN, DISPATCH]),
    "agree_extension": (State.HANDLING, {}, [EXTENSION]),
    "grant_extension": (State.HANDLING, {}, [EXTENSION, ("agree_extension", "town_dispatcher", {})]),
    "refuse_extension": (State.HANDLING, {}, [EXTENSION]),
    "suspend": (State.HANDLING, {}, [SUSPENSION]),
    "refuse_suspension": (State.HANDLING, {}, [SUSPENSION]),
    "answer_sheet": (State.HANDLING, {}, [SHEET]),
    "answer_sheet_grid": (State.SELF_HANDLING, {}, [SHEET]),
    "answer_sheet_share": (State.WHISTLED, {}, [WITH_HELPER, LATE]),
    "answer_sheet_town": (State.WHISTLED, {}, [SHEET]),
    "review_true": (State.CLOSED, {}, [FLAG]),
    "review_false": (State.CLOSED, {}, [FLAG]),
    "close": (State.VERIFIED, {"source": "worker"}, []),
    "agree_exclusion": (State.CLOSED, {}, [EXCLUSION]),
    "refuse_exclusion": (State.CLOSED, {}, [EXCLUSION]),
}


def ready_for(cast: Cast, name: str) -> Ticket:
    """A ticket on which somebody of the cast may take the step."""
    step = BY_NAME[name]
    state, changes, leads = SITUATIONS.get(name, (sorted(step.sources)[0], {}, []))
    changes = {key: cast.items[value] if key == "item" else value for key, value in changes.items()}
    ticket = at_state(cast, state, **changes)
    for lead, who, fields in leads:
        if lead == "late":
            with clock.at(ticket.due_at + timedelta(days=1)):
                assert sum(iter(fire_due, 0))
            ticket.refresh_from_db()
            continue
        if lead == "unanswered":
            with clock.at(ticket.due_at):
                ticket = act(ticket, "hand_up", system(), why=["到期无人受理"])
            continue
        ticket = act(ticket, lead, staff(cast.users[who]) if who else system(), **_objects(cast, fields))
    return ticket


def _objects(cast: Cast, fields: dict[str, Any]) -> dict[str, Any]:
    """Department codes as departments."""
    found = dict(fields)
    for key in ("lead", "suggested"):
        if key in found:
            found[key] = cast.departments[found[key]]
    if "evidence" in found:
        found["evidence"] = cast.items[found["evidence"]]
    if "assisting" in found:
        found["assisting"] = [cast.departments[code] for code in found["assisting"]]
    return found


def jpeg(name: str = "a.jpg") -> SimpleUploadedFile:
    """A small photo as a browser would send it."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def read(answer: FileResponse) -> bytes:
    """The file of an answer; read to its end it closes by itself."""
    return b"".join(answer.streaming_content)
