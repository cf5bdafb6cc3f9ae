"""Several list admins and signers at once, on PostgreSQL: nothing is overwritten, nothing happens twice."""

import pytest

from core.errors import Conflict
from duties.approving import actions
from duties.drafting import editing
from duties.models import Approval, DraftEdit, ListVersion
from duties.shapes import shape_of
from members.models import Department, User
from members.roles import Role
from tests.concurrency.crowd import at_once
from tests.duties.conftest import APPROVERS, person

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def opened(cast):
    return editing.open_draft(duty_list=cast.version.duty_list, actor=cast.list_admin)


def write(draft, code, *, user_id, revision=0, **changes):
    version = ListVersion.objects.select_related("duty_list").get(pk=draft.pk)
    content = shape_of(version).plains(version, [code])[code] | changes
    return editing.edit_item(
        version_id=draft.pk, code=code, revision=revision, content=content, actor=User.objects.get(pk=user_id)
    )


def test_one_draft_comes_of_many_that_open_one(cast) -> None:
    results = at_once(6, lambda n: opened(cast).number)
    assert sorted(map(str, (r for r in results if isinstance(r, int)))) == ["2"]
    assert all(isinstance(r, int | Conflict) for r in results)


def test_of_many_who_write_one_item_one_wins(cast) -> None:
    draft = opened(cast)
    results = at_once(6, lambda n: write(draft, "C02", user_id=cast.list_admin.pk, closing_standard=f"第 {n} 人"))
    assert len([r for r in results if isinstance(r, int)]) == 1
    assert all(isinstance(r, int | editing.StaleDraftError) for r in results)
    said = shape_of(cast.version).plains(draft, ["C02"])["C02"]["closing_standard"]
    assert said == f"第 {next(n for n, r in enumerate(results) if isinstance(r, int))} 人"


def test_many_who_write_items_of_their_own_all_win(cast) -> None:
    draft = opened(cast)
    codes = ["A01", "A02", "B01", "C02", "C03", "D01"]
    results = at_once(6, lambda n: write(draft, codes[n], user_id=cast.list_admin.pk, closing_standard=f"第 {n} 人"))
    assert sorted(r for r in results if isinstance(r, int)) == [1, 2, 3, 4, 5, 6]
    assert DraftEdit.objects.filter(version=draft).count() == 6


def test_an_edit_and_a_submission_at_once_leave_a_whole_version(cast) -> None:
    for code in APPROVERS:
        person(Role.DEPARTMENT_LEADER, code.lower(), None, Department.objects.get(code=code))
    draft = opened(cast)
    write(draft, "C02", user_id=cast.list_admin.pk, resolve="2wd")

    def act(n: int) -> object:
        actor = User.objects.get(pk=cast.list_admin.pk)
        if n % 2:
            return actions.submit(version_id=draft.pk, revision=1, actor=actor).state
        return write(draft, "C03", user_id=actor.pk, closing_standard=f"第 {n} 人")

    results = at_once(6, act)
    version = ListVersion.objects.get(pk=draft.pk)
    assert (version.state, version.revision) in {("submitted", 1), ("draft", 2)}
    assert len([r for r in results if not isinstance(r, Exception)]) == 1
    assert all(isinstance(r, str | int | Conflict) for r in results)


def test_three_signatures_at_once_approve_once(cast) -> None:
    signers = {
        code: person(Role.DEPARTMENT_LEADER, code.lower(), None, Department.objects.get(code=code))
        for code in APPROVERS
    }
    draft = opened(cast)
    write(draft, "C02", user_id=cast.list_admin.pk, resolve="2wd")
    actions.submit(version_id=draft.pk, revision=1, actor=cast.list_admin)

    def sign(n: int) -> str:
        code = APPROVERS[n % 3]
        asked = Department.objects.get(code=code).pk
        actor = User.objects.get(pk=signers[code].pk)
        return actions.agree(version_id=draft.pk, round_seen=1, department_id=asked, actor=actor).state

    results = at_once(6, sign)
    assert len([r for r in results if isinstance(r, str)]) == 3
    assert all(isinstance(r, str | Conflict) for r in results)
    assert ListVersion.objects.get(pk=draft.pk).state == "approved"
    assert Approval.objects.filter(version=draft, outcome="agreed").count() == 3
