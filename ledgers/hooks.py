"""What the ledgers contribute to lower floors: their kinds of notices, that targets go along when grids are reshaped,
and what pages of tickets, of the phone and of residents show of them.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from core.rows.composed import composed
from grids.models import Area
from issues.extensions import DOORS, KEPT_PAGES, PHONE_LINKS, TICKET_LINKS, Link
from issues.models import Ticket
from ledgers import acts as acts  # adds itself
from ledgers import kinds
from ledgers.campaigns.following import TARGETS
from ledgers.campaigns.progress import running_for, share_of
from ledgers.engine.handing_over import OWNED
from ledgers.models import Rectification, Target
from ledgers.workflow import STATES
from members.access import Scope, scope_for
from members.extensions import HOLDINGS
from members.models import User
from notices.extensions import KINDS
from places.extensions import FOLLOWERS

MOST_LINKS = 4
KEPT_CAMPAIGNS, KEPT_TARGETS = 3, 10

KINDS.extend(kinds.all_kinds())
FOLLOWERS.add(TARGETS)
HOLDINGS.add(OWNED)


@TICKET_LINKS.add
def of_ticket(user: User, ticket: Ticket) -> Iterable[Link]:
    """The campaign that found it and the problems it proves, for those who see them: one query."""
    for kind, pk, name, state in _beside(scope_for(user).bare, ticket=ticket.pk):
        if kind == "target":
            text = _("专项行动中发现：%(title)s") % {"title": name}
            yield Link(text, reverse("ledgers:target", args=[pk]), _("看排查记录"), "check")
        else:
            text = _("问题台账 %(number)s，%(state)s") % {"number": name, "state": STATES[state].label}
            yield Link(text, reverse("ledgers:rectification", args=[pk]), _("看问题"), "doc")


@composed(ticket=BigIntegerField())
def _beside(scope: Scope, *, ticket: Any) -> QuerySet[Any]:
    targets = Target.objects.within(scope).filter(ticket=ticket)
    problems: QuerySet[Any] = Rectification.objects.within(scope).filter(ticket=ticket)
    found = targets.annotate(kind=Value("target")).values_list("kind", "pk", "campaign__title", "result")
    proved = problems.annotate(of=Value("problem")).values_list("of", "pk", "number", "state")
    return found.union(proved, all=True)[:MOST_LINKS]


@PHONE_LINKS.add
def on_phone(user: User) -> Iterable[Link]:
    """What is left of the reader's share of campaigns that run, and the ledgers that the phone has no tab for."""
    scope = scope_for(user)
    if not scope.seeing("campaigns").posts:
        return
    for row in running_for(user):
        campaign = row["campaign"]
        text = _("还有 %(n)d 个没看，%(day)s 结束") % {"n": row["left"], "day": f"{campaign.ends_on:%-m月%-d日}"}
        if not row["left"]:
            text = _("都看过了")
        yield Link(text, reverse("ledgers:share", args=[campaign.pk]), campaign.title, "check")
    if scope.seeing("ledgers").posts:
        yield Link(_("征集、节点和回音"), reverse("ledgers:projects"), _("民生实事"), "star")
        yield Link(_("谁来改、什么时候改完"), reverse("ledgers:rectifications"), _("问题台账"), "doc")


@KEPT_PAGES.add
def kept_pages(user: User) -> Iterable[str]:
    """Campaigns that run, each with its list and the first of what is still to be looked at."""
    if not scope_for(user).seeing("campaigns").posts:
        return
    for row in running_for(user)[:KEPT_CAMPAIGNS]:
        yield reverse("ledgers:share", args=[row["campaign"].pk])
        page = share_of(user, row["campaign"], view="todo", grid="", after="")
        yield from (reverse("ledgers:target", args=[target.pk]) for target in page.rows[:KEPT_TARGETS])


@DOORS.add
def for_residents(area: Area) -> Iterable[Link]:
    """提一件民生实事, and what the village is getting, on the order page of a grid."""
    yield Link("", reverse("ledgers:propose", args=[area.token]), _("提一件民生实事"), "plus")
    yield Link("", reverse("ledgers:village", args=[area.token]), _("看本村民生实事"), "home")
