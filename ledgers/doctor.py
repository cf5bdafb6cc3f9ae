"""Doctor checks of the special ledgers: what must be true of every row whoever wrote it."""

from datetime import timedelta

from django.db.models import F, Q

from core import clock
from core.doctor import check, unlike_their_log
from ledgers.campaigns.targets import PATH, build
from ledgers.models import Campaign, Matter, MatterEvent, Target
from ledgers.workflow import TABLES
from ledgers.workflow.campaign import State

SHOWN = 20


@check("ledgers: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    return unlike_their_log(Matter.objects.all(), MatterEvent, "matter", SHOWN)


@check("ledgers: every state is one of its kind")
def states_of_their_kind(fix: bool) -> list[str]:
    wrong = Q(pk__in=())
    for kind, table in TABLES.items():
        wrong |= Q(kind=kind) & ~Q(state__in=[str(state) for state in table.states])
    return [
        f"{number}: {state}" for number, state in Matter.objects.filter(wrong).values_list("number", "state")[:SHOWN]
    ]


@check("ledgers: every campaign has its list")
def campaigns_have_lists(fix: bool) -> list[str]:
    """A campaign without a list an hour after it was opened; `--fix` makes it."""
    late = Campaign.objects.filter(built_at=None, opened_at__lt=clock.now() - timedelta(hours=1))
    found = list(late[:SHOWN])
    for campaign in found if fix else ():
        build(campaign)
    return [f"{campaign.number}: no list" for campaign in found]


@check("ledgers: targets of campaigns that run lie where their household does")
def targets_lie_there(fix: bool) -> list[str]:
    """Households move when grids are split or merged; `--fix` lets what is still to be looked at follow them."""
    open_ones = Target.objects.filter(campaign__state=State.RUNNING, household__isnull=False, ticket__isnull=True)
    strayed = open_ones.exclude(area=F("household__area")).select_related("household", "campaign")
    found = list(strayed[: None if fix else SHOWN])
    for target in found if fix else ():
        for key in PATH:
            setattr(target, key, getattr(target.household, key))
        target.save(update_fields=[key.removesuffix("_id") for key in PATH])
    return [f"{target.campaign.number}: target {target.pk}" for target in found[:SHOWN]]


@check("ledgers: a finding's ticket lies where its household does")
def findings_lie_there(fix: bool) -> list[str]:
    rows = Target.objects.filter(ticket__isnull=False, household__isnull=False).exclude(
        ticket__household=F("household")
    )
    return [f"{number}: target {pk}" for pk, number in rows.values_list("pk", "ticket__number")[:SHOWN]]
