"""What somebody, or a department, has in hand is handed over when they go: every key to one says which it is."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from admission.models import Asked
from admission.workflow.application_table import State as GateState
from core import clock
from core.jobs.outbox import drain_inline
from core.process.transitions import HANDED_OVER
from ledgers.models import Milestone, Rectification
from mediation.doctor import log_replays
from mediation.engine import handing_over
from mediation.models import Dispute, Mediator
from members import accounts, departments, extensions, posts
from members.extensions import HOLDINGS
from members.models import Department, Post, User
from members.roles import Role
from notices.models import Notice
from tests.admission.conftest import build_gate
from tests.ledgers import conftest as matters
from tests.mediation.conftest import appointed, opened

pytestmark = pytest.mark.django_db
OWN = "the person's own: account, settings, days away"
DONE = "who did it; nothing is asked of them any more"
SHARED = "all who hold the role go on with it"
STANDING = "stands as it was decided; what names a retired department is listed among the gaps"
HISTORY = {
    "admin.LogEntry.user": DONE,
    "members.SecondFactor.user": OWN,
    "members.RecoveryCode.user": OWN,
    "members.Post.user": "the post itself ends",
    "members.Post.department": "a department with posts is not retired",
    "members.Department.stands_in_for": STANDING,
    "members.Leave.user": OWN,
    "notices.Notice.user": OWN,
    "notices.Reach.user": OWN,
    "notices.Delivery.user": OWN,
    "notices.CountyTimes.changed_by": DONE,
    "places.Plan.created_by": SHARED,
    "places.Plan.applied_by": DONE,
    "places.Plan.undone_by": DONE,
    "duties.Assignment.office": STANDING,
    "duties.Assignment.grantor": STANDING,
    "duties.Assignment.made_by": DONE,
    "duties.Assignment.ended_by": DONE,
    "duties.ListVersion.submitted_by": DONE,
    "duties.ListVersion.changed_by": DONE,
    "duties.ListVersion.created_by": SHARED,
    "duties.ListVersion.published_by": DONE,
    "duties.DutyItem.lead": STANDING,
    "duties.DutyItem.assisting": STANDING,
    "duties.DutyItem.changed_by": DONE,
    "duties.DutyLine.lead": STANDING,
    "duties.DutyLine.changed_by": DONE,
    "duties.Approval.decided_by": DONE,
    "duties.DraftEdit.by": DONE,
    "duties.SheetProposal.by": "an upload that is applied or dropped at once",
    "duties.DispatchRule.lead": STANDING,
    "duties.DispatchRule.assisting": STANDING,
    "duties.DispatchRule.made_by": DONE,
    "duties.DispatchRule.revoked_by": DONE,
    "issues.Ticket.placed_by": DONE,
    "issues.Ticket.accepted_by": DONE,
    "issues.Ticket.reported_by": DONE,
    "issues.Ticket.verified_by": DONE,
    "issues.Whistle.blown_by": DONE,
    "issues.Whistle.confirmed_by": DONE,
    "issues.Call.claimed_by": DONE,
    "issues.Call.arrived_by": DONE,
    "issues.Call.rated_by": DONE,
    "issues.Consultation.opened_by": DONE,
    "issues.Consultation.decided_by": DONE,
    "issues.Party.stated_by": DONE,
    "issues.SavedView.owner": OWN,
    "issues.SavedView.department": "a way of looking, no work",
    "issues.Reply.owner": OWN,
    "issues.TicketEvent.actor": DONE,
    "issues.TicketEvent.department": DONE,
    "issues.Extension.asked_by": "asked for the ticket, which passes on; others answer",
    "issues.Extension.agreed_by": DONE,
    "issues.Extension.answered_by": DONE,
    "issues.Suspension.asked_by": "asked for the ticket, which passes on; others answer",
    "issues.Suspension.answered_by": DONE,
    "issues.Sheet.issued_by": DONE,
    "issues.Sheet.answered_by": DONE,
    "issues.Exclusion.asked_by": DONE,
    "issues.Exclusion.first_by": DONE,
    "issues.Exclusion.second_by": DONE,
    "issues.Review.checked_by": DONE,
    "issues.HandOver.from_user": DONE,
    "issues.HandOver.to_user": DONE,
    "issues.EngineSwitch.changed_by": DONE,
    "mediation.Dispute.opened_by": DONE,
    "mediation.Dispute.transferred_to": "passed on out of the house; the dispute has ended here",
    "mediation.MediationSession.recorded_by": DONE,
    "mediation.Agreement.written_by": DONE,
    "mediation.DisputeEvent.actor": DONE,
    "ledgers.Matter.opened_by": DONE,
    "ledgers.MatterEvent.actor": DONE,
    "ledgers.Rectification.opened_by": DONE,
    "ledgers.Rectification.applied_by": "may not strike off their own; the office does",
    "ledgers.Project.opened_by": DONE,
    "ledgers.Campaign.opened_by": DONE,
    "ledgers.Target.looked_by": DONE,
    "ledgers.Proposal.placed_by": DONE,
    "ledgers.Proposal.answered_by": DONE,
    "admission.Policy.added_by": DONE,
    "admission.Admission.opened_by": "asked for the department, whose people go on with it",
    "admission.Asked.answered_by": DONE,
    "admission.Verdict.department": DONE,
    "admission.Verdict.said_by": DONE,
    "admission.Use.recorded_by": DONE,
    "admission.AdmissionEvent.actor": DONE,
    "admission.PushedTask.reporter": "known to nobody else; without their word the answer stands",
    "admission.PushedTask.answered_by": DONE,
    "admission.PushedEvent.actor": DONE,
    "admission.RightUse.department": "towards whom it was used; the township writes down what came of it",
    "admission.RightUse.recorded_by": DONE,
    "admission.RightReview.reviewed_by": DONE,
    "households.GuardedTag.set_by": DONE,
    "households.Need.found_by": DONE,
    "households.Consent.by": DONE,
    "households.SubjectRequest.taken_by": SHARED,
    "households.SubjectRequest.answered_by": DONE,
    "households.Visit.by": DONE,
    "households.ExportRequest.asked_by": "given to one person only; lapses within 48 hours",
    "households.ExportRequest.decided_by": DONE,
    "households.Import.user": SHARED,
    "households.ColumnMap.user": OWN,
}
"""Keys that are mere history, or that pass on by themselves, and why."""


def keys():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model in (User, Department, Post):
                yield f"{model._meta.label}.{field.name}"


def test_every_key_to_a_person_or_a_department_is_handed_over_or_history():
    moves = set().union(*(holdings.moves for holdings in HOLDINGS))
    found = set(keys())
    assert not moves & HISTORY.keys()
    assert found - moves - HISTORY.keys() == set(), "add it to a Holdings of its app, or say why it is history"
    assert (moves | HISTORY.keys()) - found == set(), "no such key"


# ---- people ----------------------------------------------------------------------------------------------------------
def test_who_leaves_mediates_no_more(cast):
    first, second = opened(cast), opened(cast)
    appointed(first, cast, cast.chief, cast.secretary)
    appointed(second, cast, cast.secretary, cast.chief)
    shown = {held.what: str(held.to) for held in extensions.held_by(cast.chief)}
    assert shown == {f"调解 {first.number}": cast.secretary.name, f"调解 {second.number}": ""}
    accounts.disable(user=cast.chief, actor=cast.system_admin)
    assert not Mediator.objects.filter(user=cast.chief).exists()
    for dispute in (first, second):
        assert Mediator.objects.get(dispute=dispute, is_principal=True).user == cast.secretary
        event = dispute.events.first()
        assert (event.action, event.actor) == (HANDED_OVER, cast.system_admin)
        assert cast.chief.name in event.note
    assert log_replays(False) == []
    drain_inline()
    assert Notice.objects.filter(user=cast.secretary, kind="dispute_hand_over").count() == 2


def test_the_page_lists_them_and_the_history_says_so(cast, login):
    dispute = appointed(opened(cast), cast, cast.chief)
    post = Post.objects.get(user=cast.chief)
    page = login(cast.system_admin).get(reverse("people:end", args=[cast.chief.username, post.pk]))
    assert dispute.number in page.content.decode()
    posts.end(post=post, actor=cast.system_admin)
    text = login(cast.secretary).get(f"/mediation/{dispute.pk}/").content.decode()
    assert "交接" in text
    assert f"{cast.chief.name}离岗，由{cast.secretary.name}负责调解" in text


def test_another_post_near_by_keeps_what_one_mediates_and_an_ended_dispute_stays(cast):
    dispute = appointed(opened(cast), cast, cast.chief)
    post = Post.objects.get(user=cast.chief)
    posts.assign(user=cast.chief, role=Role.GRID_WORKER, area=cast.microgrid, actor=cast.system_admin)
    posts.end(post=post, actor=cast.system_admin)
    assert Mediator.objects.get(dispute=dispute).user == cast.chief
    Dispute.objects.filter(pk=dispute.pk).update(state="withdrawn", ended_at=clock.now())
    assert handing_over.held_by(cast.chief) == []


def test_whom_a_date_has_taken_is_found_at_night(cast):
    dispute = appointed(opened(cast), cast, cast.chief)
    User.objects.filter(pk=cast.chief.pk).update(is_active=False)
    assert handing_over.hand_on_of_gone() == 1
    assert Mediator.objects.get(dispute=dispute).user == cast.secretary
    assert dispute.events.first().actor is None
    assert "系统" in _page(cast.secretary, f"/mediation/{dispute.pk}/")
    assert handing_over.hand_on_of_gone() == 0


def _page(user, url):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(url).content.decode()


def test_a_worker_who_leaves_is_asked_no_more(cast):
    row = build_gate(cast).at(GateState.CONSULTING)
    asked = Asked.objects.filter(admission=row, user__isnull=False, answered_at=None).first()
    before = set(Asked.objects.filter(admission=row).exclude(user=None).values_list("user", flat=True))
    spare = accounts.create_user(username="spare", name="余小满", password=None, actor=None)
    near = Post.objects.filter(user=asked.user, role=Role.GRID_WORKER).get().area
    posts.assign(user=spare, role=Role.GRID_WORKER, area=near, actor=cast.system_admin)
    assert row.number in {str(held.what) for held in extensions.held_by(asked.user)}
    accounts.disable(user=asked.user, actor=cast.system_admin)
    asked.refresh_from_db()
    assert asked.user_id not in before
    drain_inline()
    assert Notice.objects.filter(user=asked.user_id, kind="adm_hand_over").exists()


# ---- departments -----------------------------------------------------------------------------------------------------
def test_an_heir_puts_right_and_reaches_what_a_department_had_to(cast):
    problem, project = matters.problem(cast), matters.project(cast)
    struck = matters.problem_at(cast, "struck")
    heir = Department.objects.filter(township=None, retired_at=None).first()
    for post in Post.objects.not_over().filter(department=cast.office):
        posts.end(post=post, actor=cast.system_admin)
    held = {str(held.what) for held in extensions.held_by_department(cast.office)}
    assert held == {f"{row.number} {row.title}" for row in (problem, project)}
    departments.retire(department=cast.office, heir=heir, actor=cast.system_admin)
    assert Rectification.objects.get(pk=problem.pk).owner_department == heir
    assert Rectification.objects.get(pk=struck.pk).owner_department == cast.office, "history"
    assert Milestone.objects.get(project=project, name="安装").department == heir
    for row in (problem, project):
        assert row.events.first().action == HANDED_OVER
    assert f"由{heir}接续" in problem.events.first().note
