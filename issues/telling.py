"""What a notice of a ticket says: what happened, where it is, who should do what until when. Writes nothing.

Several people read the same words, so they name whose move it is. A sensitive ticket goes by its public title.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import clock
from core.clock import local
from core.text import Text
from issues import kinds
from issues.engine import clocks
from issues.engine.audiences import owner_of, whose
from issues.models import Clock, Sheet, Ticket, TicketEvent
from issues.workflow import BY_NAME, CLOCK_LABELS, STATES, Audience, ClockKind, State
from notices.kinds import NOTHING_TO_DO, PROGRESS, RESULT, until

RELATED = ("township", "area__parent", "item")
"""What these words read of a ticket."""
A, K = Audience, ClockKind
DOES: Mapping[ClockKind, Text] = {
    K.ACCEPT: lazy("受理"),
    K.CONFIRM: lazy("确认吹哨，或退回网格"),
    K.DISPATCH: lazy("派哨"),
    K.CLAIM: lazy("领办"),
    K.ARRIVE: lazy("到场报到"),
    K.WRITE_UP: lazy("补录应急处置的情况"),
    K.CONSULT: lazy("作出会商定论"),
    K.HANDLE: lazy("办好并报办结"),
    K.REVIEW: lazy("复查挂账"),
    K.VERIFY: lazy("到现场核查"),
    K.CALLBACK: lazy("回访点单人"),
}
"""What ends each limit, as one asks for it."""
OWNERS: Mapping[Audience, Text] = {
    A.GRID: lazy("网格员"),
    A.SECRETARY: lazy("村社书记"),
    A.TOWN_DISPATCHER: lazy("乡镇分拨员"),
    A.COUNTY_DISPATCHER: lazy("县分拨员"),
    A.COUNTY_LEADER: lazy("分管县领导"),
    A.LEAD: lazy("牵头部门"),
    A.ASSISTING: lazy("配合部门"),
    A.HANDLER: lazy("承办人"),
    A.VERIFIERS: lazy("核查人"),
    A.CALLER: lazy("回访人"),
}
ASKED: Mapping[str, Text] = {
    "add_assisting": lazy("配合部门请领办自己的一份，办完报配合情况"),
    "consult": lazy("受邀部门请提书面意见，召集人请作出定论"),
    "dispute": lazy("受邀部门请提书面意见，召集人请作出定论"),
    "whistle_hard": lazy("受邀部门请提书面意见，召集人请作出定论"),
    "ask_extension": lazy("乡镇请同意或不同意延期"),
    "agree_extension": lazy("县里请批准或不批准延期"),
    "refuse_extension": lazy("承办人请按原来的期限办"),
    "ask_suspension": lazy("县领导请批准或不批准挂账"),
    "refuse_suspension": lazy("承办人请继续办"),
    "ask_exclusion": lazy("请审核要不要从统计里剔除"),
    "agree_exclusion": lazy("县里请复核要不要剔除"),
    "flag": lazy("请到现场复看，写明属实或不属实"),
    "take_over": lazy("已由同事接手，您不用再办"),
    "recall": lazy("乡镇分拨员会重新派哨，您不用处理"),
    "supplement": lazy("请看补充的情况，办的时候一并考虑"),
    "absorb": lazy("请一并办理，点单人会得到同样的答复"),
    "position": lazy("请看书面意见，会商时用"),
    "resume": lazy("承办人请接着办"),
    "remind": lazy("请尽快办，并报一次进展"),
    "supervise": lazy("请回复督办单"),
    "answer_sheet": lazy("请看回复，不够的再督办"),
    "answer_sheet_grid": lazy("请看回复，不够的再督办"),
    "answer_sheet_town": lazy("请看回复，不够的再督办"),
    "answer_sheet_share": lazy("请看回复，不够的再督办"),
    "merge": lazy("进展请看并入的那一件"),
}
"""Where it is something else than the present state's next move."""
BY_THE_LIMIT = frozenset(
    {"consult", "dispute", "whistle_hard", "refuse_extension", "refuse_suspension", "resume", "remind", "absorb"}
)
"""Of these what must be done until the limit of the present state."""


def what(event: TicketEvent, ticket: Ticket) -> str:
    """What happened, and the matter as lists call it."""
    if event.action == "escalate":
        kind, step = CLOCK_LABELS[K(event.data["kind"])], clocks.STEP_LABELS[event.data["step"]]
        return _("%(step)s（%(kind)s时限）：%(title)s") % {"step": step, "kind": kind, "title": ticket.public_title}
    verb = BY_NAME[event.action].label if event.action in BY_NAME else _("新点单")
    text = _("%(verb)s：%(title)s") % {"verb": verb, "title": ticket.public_title}
    return f"{text}（{_('所引条目没有写到建议单位')}）" if "unnamed" in event.data else text


def where(ticket: Ticket) -> str:
    """The place, the number by which one asks for it, and how far it is."""
    town, name = ticket.township.short_name, ticket.area.place_name
    place = name if name.startswith(town) else f"{town}{name}"
    return f"{place} · {ticket.number} · {STATES[State(ticket.state)].label}"


def todo(event: TicketEvent, ticket: Ticket) -> str:
    if event.action == "escalate":
        return _of_limit(event, ticket)
    if event.action in ASKED:
        return _asked_for(event, ticket)
    known = ticket.move_kind
    if known is None or event.action in (*kinds.STEPS[PROGRESS], *kinds.STEPS[RESULT]):
        return str(NOTHING_TO_DO)
    return _asked(whose(ticket), known, ticket.move_by)


def _asked_for(event: TicketEvent, ticket: Ticket) -> str:
    """What a step asks for that is not the present state's next move, with the limit that it has."""
    what, due = ASKED[event.action], None
    if event.action == "supervise":
        due = Sheet.objects.filter(ticket=ticket, closed_at=None).order_by("pk").values_list("due_at", flat=True).last()
    elif event.action in BY_THE_LIMIT and ticket.is_open:
        due = ticket.move_by
    if due is None or due > clock.now():
        return until(what, due)
    return _("期限 %(when)s 已过，%(what)s") % {"when": f"{local(due):%-m月%-d日 %H:%M}", "what": what}


def _of_limit(event: TicketEvent, ticket: Ticket) -> str:
    kind = K(event.data["kind"])
    limit = Clock.objects.filter(pk=event.data["clock"]).first()
    owner = A.ASSISTING if "department" in event.data else owner_of(ticket, kind)
    if limit is None or limit.stopped_at is not None:
        return str(NOTHING_TO_DO)
    return _asked(OWNERS[owner], kind, limit.due_at)


def _asked(who: Text, kind: ClockKind, due: datetime | None) -> str:
    words = {"who": who, "do": DOES[kind]}
    if due is None:
        return _("%(who)s请%(do)s") % words
    words["when"] = f"{local(due):%-m月%-d日 %H:%M}"
    late = due <= clock.now()
    return (_("期限 %(when)s 已过，%(who)s请马上%(do)s") if late else _("%(who)s请在 %(when)s 前%(do)s")) % words
