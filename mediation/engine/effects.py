"""What each step does to a dispute beyond moving it, by the step's name. Runs under
`mediation.engine.actions.apply`'s lock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core import clock
from core.process.transitions import Doing
from mediation.models import Agreement, Disputant, Dispute, MediationSession, Mediator
from mediation.workflow.rules import Kept, follow_up_on
from members.models import User


@dataclass(frozen=True)
class NewMediator:
    """Somebody asked to mediate: of the staff, or by name with what they are."""

    user: User | None = None
    name: str = ""
    outside: str = ""
    is_principal: bool = False


Effect = Callable[[Dispute, Doing], None]
EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    EFFECTS[function.__name__] = function
    return function


@effect
def sit(dispute: Dispute, doing: Doing) -> None:
    held = doing.fields["held_at"]
    session = MediationSession.objects.create(
        dispute=dispute,
        held_at=held,
        where=doing.given("where"),
        others=doing.given("others"),
        said=doing.given("said"),
        next_step=doing.given("next_step"),
        recorded_by=doing.user,
        recorded_at=doing.now,
    )
    session.attended.set(doing.fields.get("attended") or ())
    doing.data["session"] = session.pk
    arrange(dispute, doing)


@effect
def arrange(dispute: Dispute, doing: Doing) -> None:
    dispute.next_at, dispute.next_place = doing.fields.get("next_at"), doing.given("where")
    if dispute.next_at is not None:
        doing.data["next_at"] = dispute.next_at.isoformat()


@effect
def appoint(dispute: Dispute, doing: Doing) -> None:
    chosen: Sequence[NewMediator] = doing.fields["mediators"]
    dispute.mediators.all().delete()
    Mediator.objects.bulk_create(
        Mediator(dispute=dispute, user=m.user, name=m.name, outside=m.outside, is_principal=m.is_principal)
        for m in chosen
    )
    doing.data["staff"] = [m.user.pk for m in chosen if m.user is not None]
    doing.data["outsiders"] = sum(m.user is None for m in chosen)


@effect
def assess(dispute: Dispute, doing: Doing) -> None:
    doing.data |= {"risk": doing.fields["risk"], "from": dispute.risk}
    dispute.risk = doing.fields["risk"]


@effect
def add_party(dispute: Dispute, doing: Doing) -> None:
    last = Disputant.objects.filter(dispute=dispute).count()
    party = Disputant.objects.create(
        dispute=dispute,
        position=last + 1,
        name=doing.given("name"),
        phone=doing.given("phone"),
        household=doing.fields.get("household"),
    )
    doing.data["party"] = party.position


@effect
def drop_party(dispute: Dispute, doing: Doing) -> None:
    party: Disputant = doing.fields["party"]
    party.dropped_at = doing.now
    party.save(update_fields=["dropped_at"])
    doing.data["party"] = party.position


@effect
def draft(dispute: Dispute, doing: Doing) -> None:
    Agreement.objects.update_or_create(
        dispute=dispute,
        round=dispute.round,
        defaults={
            "terms": doing.given("terms"),
            "manner": doing.given("manner"),
            "agreed_on": doing.fields.get("agreed_on"),
            "written_by": doing.user,
            "written_at": doing.now,
        },
    )


@effect
def agree(dispute: Dispute, doing: Doing) -> None:
    draft(dispute, doing)
    dispute.kept, dispute.follow_up_on = "", follow_up_on(doing.fields["agreed_on"])
    doing.data |= {"agreed_on": str(doing.fields["agreed_on"]), "follow_up_on": str(dispute.follow_up_on)}


@effect
def visit_kept(dispute: Dispute, doing: Doing) -> None:
    dispute.kept = Kept.KEPT


@effect
def visit_partly(dispute: Dispute, doing: Doing) -> None:
    """Half kept: it is asked again after the same time."""
    dispute.kept, dispute.follow_up_on = Kept.PARTLY, follow_up_on(clock.local(doing.now).date())
    doing.data["follow_up_on"] = str(dispute.follow_up_on)


@effect
def visit_broken(dispute: Dispute, doing: Doing) -> None:
    dispute.kept = Kept.BROKEN
    reopen(dispute, doing)


@effect
def reopen(dispute: Dispute, doing: Doing) -> None:
    """A new round, with an agreement of its own."""
    dispute.round += 1
    dispute.guidance = ""
    arrange(dispute, doing)


@effect
def fail(dispute: Dispute, doing: Doing) -> None:
    dispute.guidance = doing.fields["guidance"]
    doing.data["guidance"] = dispute.guidance


@effect
def transfer(dispute: Dispute, doing: Doing) -> None:
    dispute.transferred_to = doing.fields["department"]
    doing.data["to"] = dispute.transferred_to.pk if dispute.transferred_to else None
