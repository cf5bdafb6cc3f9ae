"""The action bar of a ticket: what its reader may do now, read from the table. Pure over a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.days.calendar import Limit
from core.text import Text
from issues.dossier.reading import Dossier
from issues.engine.actions import CONFIRMED
from issues.models import Source, Ticket
from issues.workflow import BY_NAME, CLOCK_LABELS, STATES, TRANSITIONS, ClockKind, State, Transition, missing, refusal
from members.access import scope_for
from members.navigation import is_on_phone

OTHERS = 2
OPTIONAL = frozenset({"note", "photos", "item"})
QUIET = frozenset(
    {
        "whistle", "whistle_village", "whistle_urgent", "whistle_law", "whistle_hard", "confirm", "send_whistle_back",
        "take_over", "settle", "close", "callback_solved", "callback_unsolved", "dispute", "suspend", "merge", "reopen",
    }
)  # fmt: skip
"""Steps whose absence needs no word: their counterpart is on offer, or they are for rare cases."""
KEPT = "supplement"
"""What is also said without signal; its form lies among the pages that a phone keeps."""
KEYS = {
    "claim": "L", "progress": "R", "report_done": "F", "dispatch": "A", "redispatch": "A", "return": "T",
    "supervise": "D", "ask_extension": "E",
}  # fmt: skip


def key_help() -> list[dict[str, str]]:
    """The letters of the steps with their verbs, for the help under `?`."""
    verbs: dict[str, list[str]] = {}
    for name, key in KEYS.items():
        verbs.setdefault(key, []).append(str(BY_NAME[name].label))
    return [{"key": key, "text": "、".join(labels)} for key, labels in verbs.items()]


@dataclass(frozen=True)
class Action:
    """One step on offer; `direct` ones are a single POST, the others open their form."""

    name: str
    text: Text
    icon: str
    key: str
    is_direct: bool
    do_url: str
    url: str = ""
    form: str = ""


@dataclass(frozen=True)
class Bar:
    main: Action | None
    others: Sequence[Action]
    more: Sequence[Action]
    note: Text
    version: int
    back: str
    slip: Action

    @property
    def menu(self) -> list[Action]:
        """What stands under 更多: the rest of the steps, and the slip to print."""
        return [*self.more, self.slip]

    @property
    def direct(self) -> list[Action]:
        """The steps that need a form element of their own on the page."""
        return [one for one in self.all if one.is_direct]

    @property
    def all(self) -> list[Action]:
        return [*([self.main] if self.main else []), *self.others, *self.more]


def bar_of(dossier: Dossier, who: str, back: str = "") -> Bar:
    """One main step, at most two beside it, the rest under 更多, and a line on what comes next."""
    actions = [_action(dossier, step, back) for step in dossier.offered]
    has_main = bool(dossier.offered) and dossier.offered[0].is_forward
    main = actions[0] if has_main else None
    rest = actions[1:] if has_main else actions
    return Bar(
        main=main,
        others=rest[:OTHERS],
        more=rest[OTHERS:],
        note=_note(dossier, who),
        version=dossier.ticket.version,
        back=back,
        slip=_slip(dossier),
    )


def is_direct(step: Transition, *, has_item: bool) -> bool:
    """Whether a step can be taken without a form: nothing is needed, and nothing that is missing is taken."""
    if step.needs or set(step.takes) - OPTIONAL:
        return False
    return has_item or "item" not in step.takes


def _action(dossier: Dossier, step: Transition, back: str) -> Action:
    is_kept = step.name == KEPT and is_on_phone(scope_for(dossier.reader).roles)
    url = reverse("issues:phone_act" if is_kept else "issues:act", args=[dossier.ticket.number, step.name])
    direct = is_direct(step, has_item=dossier.case.has_item) and not missing(step, dossier.case, dossier.act)
    asked = url + (f"?{urlencode({'next': back})}" if back else "")
    return Action(
        name=step.name,
        text=step.label,
        icon=step.icon,
        key=KEYS.get(step.name, ""),
        is_direct=direct,
        do_url=url,
        url="" if direct else asked,
        form=f"do-{step.name}" if direct else "",
    )


def _slip(dossier: Dossier) -> Action:
    """The paper slip; not a step, so it is on offer to every reader."""
    url = reverse("issues:print", args=[dossier.ticket.number])
    return Action("print", _("打印"), "print", "", is_direct=False, do_url=url, url=url)


def _note(dossier: Dossier, who: str) -> Text:
    """Why other buttons are absent, or what happens next."""
    ticket = dossier.ticket
    info = STATES[State(ticket.state)]
    if info.governed_by is None:
        return "" if dossier.offered else _("此件已结束，只能查看")
    mine = [step for step in dossier.offered if step.is_forward]
    reason = _guarded(dossier)
    if not mine:
        verb = CLOCK_LABELS[ClockKind(info.governed_by)]
        waiting = _("等%(who)s%(verb)s") % {"who": who, "verb": verb}
        return f"{reason}；{waiting}" if reason else waiting
    if reason:
        return reason
    return consequence(mine[0], ticket)


def consequence(step: Transition, ticket: Ticket) -> Text:
    """What a step leads to, reckoned from the table: who has the next move and how soon, or that it is over."""
    words: dict[str, Text] = {"verb": step.label}
    follows = STATES[State(step.target or ticket.state)]
    kind = follows.governed_by
    if kind is None:
        return _("%(verb)s后此件结束") % words
    if step.target is None and kind not in step.starts:
        return ""  # it stays where and whose it is
    if step.name == "verify_pass" and ticket.source != Source.ORDER:
        return _("%(verb)s后系统随即销号，此件结束") % words
    if step.name in CONFIRMED and ticket.decision:
        words["lead"] = ticket.decision["lead"]["name"]
        return _("%(verb)s后，清单没有疑问的由系统随即派给%(lead)s，否则由乡镇分拨员派哨") % words
    words |= {"whose": follows.whose, "next": CLOCK_LABELS[kind]}
    if kind not in step.starts or not ticket.limits.get(kind):
        return _("%(verb)s后由%(whose)s%(next)s") % words
    words["limit"] = Limit.parse(ticket.limits[kind]).label
    if ClockKind.HANDLE in step.pauses:
        return _("%(verb)s后暂停计时，由%(whose)s在%(limit)s内%(next)s") % words
    return _("%(verb)s后由%(whose)s在%(limit)s内%(next)s") % words


def _guarded(dossier: Dossier) -> Text:
    """Why a step this reader's post could take is not offered to them now."""
    for step in sorted(TRANSITIONS, key=lambda one: one.rank):
        if dossier.case.state not in step.sources or not dossier.stand.hats & step.who or not step.moves:
            continue
        reason = refusal(step, dossier.case, dossier.act)
        if reason and step.name not in QUIET:
            return reason
    return ""
