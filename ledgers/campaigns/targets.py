"""Opens campaigns, makes their lists and writes what a look at a target found.

Steps of a campaign itself are taken by `ledgers.engine.actions.apply`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow, NotYours
from core.files.images import Announced, Picture
from core.jobs import outbox
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.rows.jsonlists import has_any
from core.trust import audit
from core.trust.privacy import EncryptedTextField
from duties.models import DutyItem
from duties.routing.deciding import version_in_force
from grids.levels import GRID_LEVELS, Level
from grids.models import Area, Household
from grids.scope import areas_below, at_or_below, lies_in
from issues.engine.actions import place
from issues.engine.actors import staff
from issues.engine.new_ticket import NewTicket
from issues.models import Source, Ticket
from issues.workflow import PLACE_ROLES
from ledgers.campaigns.sql import insert_from
from ledgers.engine.actions import begin
from ledgers.models import Campaign, Target
from ledgers.people import offices_of
from ledgers.rules import BUILD_AT_ONCE, MOST_QUESTIONS, Aim
from ledgers.workflow import GuardContext, Kind
from ledgers.workflow.campaign import LOOK_TABLE, STAFF, Result, State
from members.access import posts_covering, scope_for
from members.models import User

BUILD = "ledgers.build"
"""Outbox topic, handled in ledgers.handlers."""
PATH = ("area_id", "grid_id", "village_id", "township_id", "county_id")


@dataclass(frozen=True)
class Plan:
    """What a new campaign looks at, where and why."""

    title: str
    basis: str
    starts_on: date
    ends_on: date
    item: DutyItem
    questions: Sequence[str]
    aim: Aim
    places: Sequence[Area]
    tags: Sequence[str] = ()
    grid_kind: str = ""


def start(*, user: User, office: Area, plan: Plan, once: Once) -> Campaign:
    """Open a campaign and make its list: at once, or right after when it is long.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Campaign.objects.get(pk=int(slot.result))
        if office.pk not in {mine.pk for mine in offices_of(user)}:
            raise NotYours(_("您的岗位不能在这里开展行动"))
        if plan.tags and not may_use_tags(user):
            raise NotYours(_("户标签只有能看住户的人可以用来挑选"))
        _check(office, plan)
        wanted = _count(plan)
        if not wanted:
            raise NotNow(_("范围里没有符合条件的对象"))
        campaign: Campaign = begin(
            Campaign,
            Kind.CAMPAIGN,
            user=user,
            office=office,
            area=plan.places[0] if len(plan.places) == 1 else office,
            title=plan.title,
            state=State.RUNNING,
            data={"ends_on": str(plan.ends_on), "item": plan.item.code, "aim": plan.aim.value},
            basis=plan.basis,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            item=plan.item,
            questions=list(plan.questions),
            aim=plan.aim,
            tags=list(plan.tags),
            grid_kind=plan.grid_kind,
        )
        campaign.places.set(plan.places)
        if wanted <= BUILD_AT_ONCE:
            build(campaign)
        else:
            outbox.enqueue(BUILD, {"campaign": campaign.pk}, key=f"campaign:{campaign.pk}:build")
        slot.finish(str(campaign.pk))
    return campaign


def _check(office: Area, plan: Plan) -> None:
    if plan.ends_on < plan.starts_on:
        raise NotNow(_("结束日期不能早于开始日期"))
    if not 1 <= len(plan.questions) <= MOST_QUESTIONS:
        raise NotNow(_("看什么：写 1 到 %(n)d 条") % {"n": MOST_QUESTIONS})
    here = areas_below(office, include_self=True).filter(pk__in=[place.pk for place in plan.places])
    if not plan.places or here.count() != len({place.pk for place in plan.places}):
        raise NotYours(_("范围须在您的辖区里"))


def may_use_tags(user: User) -> bool:
    """Labels of households choose households only for who may see them."""
    return bool(scope_for(user).seeing("households").posts)


def build(campaign: Campaign) -> int:
    """Make the list of a campaign in one statement, once; returns how many targets it made."""
    if campaign.built_at is not None:
        return 0
    places = list(campaign.places.all())
    constants = {
        "campaign_id": Value(campaign.pk),
        "result": Value(str(Result.WAITING)),
        "tries": Value(0),
        "remark": Value("", output_field=EncryptedTextField()),
    }
    if campaign.aim == Aim.HOUSEHOLDS:
        rows = _households(places, campaign.tags, campaign.grid_kind)
        chosen = rows.values_list("pk", *PATH, *constants.values())
        made = insert_from(Target, ("household", *_names(PATH), *_names(constants)), chosen)
    else:
        made = len(
            Target.objects.bulk_create(
                _grid_targets(campaign, _grids(places, campaign.grid_kind)), ignore_conflicts=True
            )
        )
    campaign.built_at = clock.now()
    campaign.save(update_fields=["built_at"])
    return made


def _names(columns: Iterable[str]) -> list[str]:
    return [name.removesuffix("_id") for name in columns]


def _count(plan: Plan) -> int:
    if plan.aim == Aim.GRIDS:
        return _grids(plan.places, plan.grid_kind).count()
    return _households(plan.places, plan.tags, plan.grid_kind).count()


def _grids(places: Sequence[Area], grid_kind: str) -> "QuerySet[Area]":
    """The grids and microgrids in use in `places` at whose level people work; with `grid_kind` only that kind."""
    below = Area.objects.in_use().filter(parent=OuterRef("pk"), level=Level.MICROGRID)
    grids = Area.objects.in_use().filter(at_or_below(places), level__in=GRID_LEVELS)
    if grid_kind:
        grids = grids.filter(Q(kind=grid_kind) | Q(level=Level.MICROGRID, parent__kind=grid_kind))
    return grids.filter(~Exists(below)).order_by("code")


def _households(places: Sequence[Area], tags: Sequence[str], grid_kind: str) -> "QuerySet[Household]":
    """Households in use in `places` with one of `tags` (if any), in grids of that kind (if any)."""
    where = Q(pk__in=())
    for area in places:
        where |= lies_in(area)
    found = Household.objects.filter(where, retired_at=None).order_by()
    if grid_kind:
        found = found.filter(grid__kind=grid_kind)
    return found.filter(has_any("tags", tags)) if tags else found


def _grid_targets(campaign: Campaign, rows: "QuerySet[Area]") -> list[Target]:
    """A few hundred at most: their path is read from the tree."""
    made = []
    for area in rows.select_related("parent__parent__parent"):
        above = {area.level: area.pk}
        up = area.parent
        while up is not None:
            above[up.level], up = up.pk, up.parent
        keys = {f"{level}_id": above[level] for level in ("grid", "village", "township", "county")}
        made.append(Target(campaign=campaign, area=area, result=Result.WAITING, **keys))
    return made


def look(
    target_id: int,
    name: str,
    *,
    user: User,
    remark: str = "",
    marks: Sequence[str] = (),
    pictures: Sequence[Picture | Announced] = (),
    once: Once,
) -> Target:
    """Write what a look at a target found: `normal`, `found` or `absent`; what is found becomes a ticket.

    Sent twice with the same key, one look and one ticket are made. `marks` are the questions that were not in order.
    Raises `NotYours`, `NotNow`, `KeyReused`, and whatever placing a ticket raises.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        target = (
            Target.objects.select_for_update(of=("self",))
            .select_related("campaign", "household", "area")
            .get(pk=target_id)
        )
        if slot.result:
            return target
        _may(name, target, user)
        if name == Result.FOUND:
            target.ticket = _ticket(target, user, remark, marks, pictures, once)
        target.result, target.remark = Result(name), remark
        target.tries, target.looked_by, target.looked_at = target.tries + 1, user, clock.now()
        target.device_at = once.device_at
        target.save()
        number = target.ticket.number if target.ticket else ""
        audit.record("ledgers.looked", target, actor=user, code=target.campaign.number, result=name, ticket=number)
        slot.finish(target.result)
    return target


def looks_for(target: Target, user: User) -> list[str]:
    """What `user` may write of a target now, by name."""
    if not target.campaign.is_open:
        return []
    facts = GuardContext(state=target.result, today=clock.today())
    return [step.name for step in LOOK_TABLE.offers(facts, hats_at(target, user))]


def hats_at(target: Target, user: User) -> frozenset[str]:
    """Whether `user` works where the target lies."""
    path = {target.area_id, target.grid_id, target.village_id, target.township_id, target.county_id}
    covering = posts_covering(user, area_ids=path, department_ids=())
    return STAFF if any(role in PLACE_ROLES for role, _kind, _post in covering) else frozenset()


def _may(name: str, target: Target, user: User) -> None:
    if not target.campaign.is_open:
        raise NotNow(_("“%(title)s”已经结束") % {"title": target.campaign.title})
    step, facts, hats = (
        LOOK_TABLE.by_name[name],
        GuardContext(state=target.result, today=clock.today()),
        hats_at(target, user),
    )
    reason = LOOK_TABLE.refusal(step, facts, hats, {})
    if reason:
        raise (NotNow if hats else NotYours)(str(reason))


def _ticket(
    target: Target,
    user: User,
    remark: str,
    marks: Sequence[str],
    pictures: Sequence[Picture | Announced],
    once: Once,
) -> Ticket:
    """The finding as a ticket of the campaign's item, by the verb of every finding."""
    campaign = target.campaign
    in_force = DutyItem.objects.filter(version=version_in_force(target.county_id), code=campaign.item.code).first()
    found = "、".join(marks)
    words = "：".join(filter(None, (campaign.title, found)))
    household = target.household
    new = NewTicket(
        area=(household.area if household else target.area),
        source=Source.WORKER,
        item=in_force or campaign.item,
        title=found or remark.splitlines()[0] if found or remark else "",
        description="。".join(filter(None, (words, remark))),
        where=household.address if household else target.area.name,
        household=household,
        pictures=pictures,
    )
    return place(new, actor=staff(user), once=once.part("ticket"))
