"""One step taken on many tickets, one by one, by the same rules and forms as on a single one.

What cannot be done is said ticket by ticket and keeps nothing else from being done. Sent again with the same key,
what was done is not done twice and what was refused is tried anew.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from core.errors import DomainError, Incomplete
from core.races.idempotency import Once
from core.text import Text
from core.web.forms import IdempotentForm
from issues.dossier.reading import Dossier, open_dossier
from issues.dossier.wording import done_label
from issues.engine.actions import apply
from issues.engine.actors import staff
from issues.models import Ticket, TicketEvent
from issues.stepping.replies import offered
from issues.stepping.step_forms import ActionForm, filled, form_for, texts_of, with_replies
from issues.workflow import BY_NAME, WAY, Hat, State, Transition, refusal
from members.access import Scope
from members.models import Department, User

MOST = 100
"""Tickets in one go."""
SHARED: Mapping[str, tuple[str, ...]] = {
    "dispatch": ("lead", "note"),
    "claim": ("note",),
    "remind": ("note",),
    "supervise": ("limit", "note"),
    "answer_sheet": ("note",),
}
"""The steps that are taken on many, and the fields that all of them share."""
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "answer_sheet": ("answer_sheet", "answer_sheet_share", "answer_sheet_grid", "answer_sheet_town"),
}
"""Steps that are the same to whoever takes them: of each ticket the one that is theirs is taken."""


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket."""

    number: str
    title: str
    is_done: bool
    text: Text


def steps_for(scope: Scope) -> list[Transition]:
    """The steps that some post of this person may take at all."""
    return [BY_NAME[name] for name in SHARED if any(role in scope.roles for role, _relation in _who(name))]


def shared_by(step: Transition) -> tuple[str, ...]:
    """The fields that all tickets share when `step`, or what is the same to somebody else, is taken."""
    return next(fields for name, fields in SHARED.items() if step in _kin(name))


def _kin(name: str) -> list[Transition]:
    return [BY_NAME[one] for one in ONE_OF.get(name, (name,))]


def _who(name: str) -> frozenset[Hat]:
    return frozenset().union(*(step.who for step in _kin(name)))


@dataclass(frozen=True)
class Chosen:
    """A ticket as it was chosen: the version that its chooser saw, and why the step is not open now.

    Where it is sent, and whom the list names instead if that is somebody else.
    """

    ticket: Ticket
    reason: Text
    goes_to: str = ""
    listed: str = ""

    @property
    def key(self) -> str:
        return f"{self.ticket.number}:{self.ticket.version}"


def chosen_of(rows: QuerySet[Ticket], numbers: Sequence[str], step: Transition) -> list[Chosen]:
    """The visible tickets among `numbers`, in that order: one query. The state alone speaks against the step here."""
    found = {t.number: t for t in rows.filter(number__in=numbers).select_related("item", "area", "lead")}
    tickets = [found[number] for number in dict.fromkeys(numbers) if number in found]
    sources = frozenset().union(*(one.sources for one in _kin(step.name)))
    return [Chosen(t, "" if t.state in sources else WAY.wrong_state(step, t.state)) for t in tickets]


def with_destinations(chosen: Sequence[Chosen], lead: Department | None) -> list[Chosen]:
    """Where each goes: to `lead`, else to whom its return suggests or the list names. One query."""
    returned = [one.ticket.pk for one in chosen if one.ticket.state == State.RETURNED]
    events = TicketEvent.objects.filter(ticket__in=returned, action="return").order_by("version")
    wanted = {event.ticket_id: event.data["suggested"] for event in events} if lead is None and returned else {}
    return [_sent(one, lead, wanted.get(one.ticket.pk)) for one in chosen]


def _sent(one: Chosen, lead: Department | None, suggested: Mapping[str, Any] | None) -> Chosen:
    listed: Mapping[str, Any] = one.ticket.decision.get("lead", {})
    to: Mapping[str, Any] = {"id": lead.pk, "name": str(lead)} if lead else suggested or listed
    departs = to.get("id") != listed.get("id")
    return replace(
        one, goes_to=to.get("name", ""), listed=listed.get("name", "") or _("清单没有载明") if departs else ""
    )


class BulkForm(IdempotentForm):
    """The fields that all tickets share, made from the form of one of them.

    `agreed` is the lead with which departures from the list have been shown.
    """

    agreed = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        return [(field, "") for field in self.visible_fields()]


def form_of(step: Transition, sample: Dossier | None, data: Any = None, *, one_item: bool = False) -> BulkForm:
    """The form of a step for many; `sample` is a ticket on which it can be taken.

    The standard replies of an item are offered where it is the `one_item` of all.
    """
    if sample is None:
        return BulkForm(data, auto_id="f_%s")
    texts = texts_of(offered(sample.reader, sample.ticket, step.name, of_item=one_item))
    made = form_for(step, sample).fields
    form = BulkForm(filled(data, texts), auto_id="f_%s")
    form.fields |= with_replies({name: made[name] for name in SHARED[step.name]}, texts)
    if "lead" in made:
        lead: Any = form.fields["lead"]
        lead.required, lead.initial, lead.help_text = False, "", _("不选就各按派单建议；所选部门不管的工单会列出来")
        lead.choices = [("", _("各按派单建议")), *list(lead.choices)[1:]]
    return form


def run(user: User, step: Transition, keys: Sequence[str], form: BulkForm) -> Iterator[Outcome]:
    """Take the step on every ticket of `keys` (number:version) with the shared fields of a valid form."""
    for key in keys[:MOST]:
        number, _colon, version = key.partition(":")
        yield _one(user, step, number, version, form)


def _one(user: User, step: Transition, number: str, version: str, form: BulkForm) -> Outcome:
    try:
        dossier = open_dossier(user, number, is_shown=False)
    except Http404:
        return Outcome(number, "", is_done=False, text=_("没有找到，或不在您的管辖范围内"))
    title = dossier.ticket.public_title
    step = next((one for one in dossier.offered if one in _kin(step.name)), step)
    try:
        ticket = _take(user, step, dossier, version, form)
    except DomainError as error:
        return Outcome(number, title, is_done=False, text=error.message)
    sent_to = f"：{ticket.lead}" if step.name == "dispatch" else ""
    return Outcome(number, title, is_done=True, text=f"{done_label(step.name)}{sent_to}")


def _take(user: User, step: Transition, dossier: Dossier, version: str, form: BulkForm) -> Ticket:
    """A step that is not open is refused by `apply`, which says so better than a field that does not fit."""
    shared = {name: str(form.data.get(name, "")) for name in shared_by(step)}
    own = _bound(step, dossier, {"version": version, **shared})
    if not own.is_valid() and refusal(step, dossier.case, dossier.act) is None:
        labels = {name: own.fields[name].label or "" for name in own.errors if name in own.fields}
        raise Incomplete({name: f"{labels[name]}：{own.errors[name][0]}" for name in labels})
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{form.key}:{dossier.ticket.number}"))
    return apply(
        dossier.ticket.pk,
        step.name,
        actor=staff(user),
        version=own.cleaned_data.get("version"),
        fields=own.values if own.is_valid() else {},
        once=Once(f"user:{user.pk}", key, {"step": step.name, **shared}),
    )


def _bound(step: Transition, dossier: Dossier, given: Mapping[str, str]) -> ActionForm:
    """The ticket's own form, filled with what is shared; a lead that nobody chose is the one it suggests itself."""
    data = QueryDict(mutable=True)
    data.update(given)
    if given.get("lead") == "":
        own = form_for(step, dossier).fields
        data["lead"] = own["lead"].initial
        data.setlist("assisting", own["assisting"].initial)
    return form_for(step, dossier, data)
