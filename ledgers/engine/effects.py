"""What each step does to a matter beyond moving it, by the step's name. Runs under `ledgers.engine.actions.apply`'s
lock.
"""

from collections.abc import Callable
from typing import Any

from core.process.transitions import Doing
from ledgers.models import Campaign, Milestone, Project, Rectification

Effect = Callable[[Any, Doing], None]
EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    EFFECTS[function.__name__] = function
    return function


# ---- problems --------------------------------------------------------------------------------------------------------
@effect
def apply(matter: Rectification, doing: Doing) -> None:
    progress(matter, doing)
    matter.applied_by = doing.user


@effect
def progress(matter: Rectification | Project, doing: Doing) -> None:
    ticket = doing.fields.get("ticket")
    if isinstance(matter, Rectification) and ticket is not None:
        matter.ticket = ticket
        doing.data["ticket"] = ticket.number


@effect
def plan(matter: Rectification, doing: Doing) -> None:
    matter.measures = doing.given("measures")


@effect
def send_back(matter: Rectification, _doing: Doing) -> None:
    matter.applied_by = None


@effect
def extend(matter: Rectification, doing: Doing) -> None:
    doing.data |= {"from": str(matter.due_on), "due_on": str(doing.fields["due_on"])}
    matter.due_on = doing.fields["due_on"]


# ---- projects --------------------------------------------------------------------------------------------------------
@effect
def reach(matter: Project, doing: Doing) -> None:
    milestone = _milestone(matter, doing)
    milestone.done_on = doing.fields["done_on"]
    milestone.save(update_fields=["done_on"])
    doing.data["done_on"] = str(milestone.done_on)


@effect
def add_milestone(matter: Project, doing: Doing) -> None:
    made = Milestone.objects.create(
        project=matter,
        position=matter.milestones.count() + 1,
        name=doing.given("name"),
        planned_on=doing.fields["planned_on"],
        department=doing.fields.get("department"),
    )
    doing.data |= {"milestone": made.pk, "name": made.name, "planned_on": str(made.planned_on)}


@effect
def move_milestone(matter: Project, doing: Doing) -> None:
    milestone = _milestone(matter, doing)
    doing.data |= {"from": str(milestone.planned_on), "planned_on": str(doing.fields["planned_on"])}
    milestone.planned_on = doing.fields["planned_on"]
    milestone.save(update_fields=["planned_on"])


def _milestone(matter: Project, doing: Doing) -> Milestone:
    """The chosen milestone as it stands under the project's lock."""
    milestone = Milestone.objects.get(project=matter, pk=doing.fields["milestone"].pk)
    doing.data |= {"milestone": milestone.pk, "name": milestone.name}
    return milestone


@effect
def answer(matter: Project, doing: Doing) -> None:
    matter.answer = doing.given("answer")


@effect
def stop(matter: Project, doing: Doing) -> None:
    answer(matter, doing)


# ---- campaigns -------------------------------------------------------------------------------------------------------
@effect
def prolong(matter: Campaign, doing: Doing) -> None:
    doing.data |= {"from": str(matter.ends_on), "ends_on": str(doing.fields["ends_on"])}
    matter.ends_on = doing.fields["ends_on"]
