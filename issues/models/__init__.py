"""What flows: tickets, their event log, clocks, photos, whom they call, and the papers about them.

`issues.engine.actions` is the only writer of a ticket's state; everything here is history that replays.
"""

from issues.models.called import Call, Consultation, Party, Whistle
from issues.models.desk import Reply, SavedView
from issues.models.found import GuardedWords, LearntPair, TicketWords
from issues.models.log import ActorKind, AwaitedPhoto, Clock, Photo, TicketEvent
from issues.models.papers import Answer, Exclusion, Extension, HandOver, Review, Sheet, SpotDraw, Suspension
from issues.models.switches import EngineSwitch
from issues.models.ticket import OPEN, NumberSeries, Reporter, Route, Source, Ticket, TicketQuerySet

__all__ = [
    "OPEN",
    "ActorKind",
    "Answer",
    "AwaitedPhoto",
    "Call",
    "Clock",
    "Consultation",
    "EngineSwitch",
    "Exclusion",
    "Extension",
    "GuardedWords",
    "HandOver",
    "LearntPair",
    "NumberSeries",
    "Party",
    "Photo",
    "Reply",
    "Reporter",
    "Review",
    "Route",
    "SavedView",
    "Sheet",
    "Source",
    "SpotDraw",
    "Suspension",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "TicketWords",
    "Whistle",
]
