"""Tickets in any state, brought there by the real verbs the way people would."""

import io
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from PIL import Image

from core.images import Picture
from issues.actions import Contact, Once, apply, place
from issues.actors import Actor, resident, staff, system
from issues.models import Source, Ticket
from issues.workflow import State
from tests.cast import Cast

PIXEL = Picture(content=b"\xff\xd8\xff\xe0picture", sha256="0" * 64, width=1, height=1)
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
        "where": "村口公交站旁",
        "contact": Contact("陈先生", "10000006021") if source == Source.ORDER else None,
        "once": Once("tests", str(uuid.uuid4()), {}),
    }
    return place(actor=actor, source=source, **(given | changes))


def at_state(cast: Cast, state: State, *, route: str = "whistle", **changes: Any) -> Ticket:
    """A ticket in `state`; `route` "self" keeps it in the grid, `changes` go to `placed`."""
    ticket = placed(cast, **changes)
    for name, actor, fields in _steps(cast, ticket, State(state), route):
        ticket = act(ticket, name, actor, **fields)
    assert ticket.state == state
    return ticket


def act(ticket: Ticket, name: str, actor: Actor, **fields: Any) -> Ticket:
    """One step, with a picture where the item asks for one."""
    pictures = [PIXEL] if name == "report_done" and ticket.needs_photo else []
    return apply(ticket.pk, name, actor=actor, fields=fields, pictures=pictures)


Steps = Iterator[tuple[str, Actor, dict[str, Any]]]


def _steps(cast: Cast, ticket: Ticket, state: State, route: str) -> Steps:
    if state == State.PLACED:
        return
    if state == State.DECLINED:
        yield "decline", staff(cast.chief), {"reason": "unfounded", "note": "查无此事"}
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
    if state in (State.REPORTED, State.REWORK, State.VERIFIED, State.CLOSED):
        yield "report_done", done, {"note": NOTE}
        yield from _checked(cast, ticket, state)


def _whistled(cast: Cast, ticket: Ticket, state: State) -> Steps:
    if ticket.grade == "urgent":
        yield "whistle_urgent", staff(cast.worker), {"note": NOTE}
    else:
        yield "whistle", staff(cast.worker), {"note": NOTE}
        if state == State.WHISTLED:
            return
        yield "dispatch", staff(cast.town_dispatcher), {"lead": cast.office}
    if state == State.RETURNED:
        evidence = {"evidence": ticket.item_code, "suggested": cast.office, "note": "与清单不符"}
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


def jpeg(name: str = "a.jpg") -> SimpleUploadedFile:
    """A small photo as a browser would send it."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def read(answer: FileResponse) -> bytes:
    """The file of an answer; read to its end it closes by itself."""
    return b"".join(answer.streaming_content)
