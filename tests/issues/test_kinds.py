"""Every step that tells somebody is a kind of notice in exactly one group, with a label."""

from collections import Counter

from core.models import OutboxRow
from issues import kinds as ours
from issues.engine.clocks import STEPS
from issues.workflow import TRANSITIONS
from notices import kinds
from notices.extensions import kind_of
from notices.models import Notice
from tests.tickets import at_state


def test_the_groups_hold_every_step_that_tells_and_no_other():
    told = {transition.name for transition in TRANSITIONS if transition.tell}
    grouped = Counter(name for names in ours.STEPS.values() for name in names)
    assert set(grouped) == told
    assert set(grouped.values()) == {1}


def test_all_are_registered_with_labels_that_fit():
    names = [ours.PLACED, ours.CHILD_ENDED, *map(ours.escalation, STEPS), *(n for g in ours.STEPS.values() for n in g)]
    for name in names:
        assert len(name) <= kinds.MAX_NAME
        assert str(kind_of(name).label)
        assert kind_of(name).group != kinds.OTHER
    assert kind_of("nobody_knows").group == kinds.OTHER


def test_a_tickets_notice_names_its_number_and_state(cast):
    from core.jobs import outbox
    from issues.workflow import State

    ticket = at_state(cast, State.DISPATCHED)
    outbox.drain_inline()
    notice = Notice.objects.filter(kind="dispatch").first()
    assert (notice.number, notice.state) == (ticket.number, "待领办")
    assert not OutboxRow.objects.filter(queue="send").exists()  # nobody asked for letters
