"""The writer of `SheetProposal`: what an uploaded table would change waits until its uploader applies it."""

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict
from duties.drafting.editing import apply_changes, hold_draft
from duties.models import SheetProposal
from duties.shapes.line_diff import Difference, as_json, from_json
from members.models import User


def keep(*, version_id: int, difference: Difference, file_name: str, actor: User) -> SheetProposal:
    """In place of an earlier one of the same person."""
    with atomic():
        version = hold_draft(version_id)
        SheetProposal.objects.filter(version=version, by=actor).delete()
        return SheetProposal.objects.create(
            version=version, by=actor, at=clock.now(), file_name=file_name[:100], changes=as_json(difference)
        )


def take(*, version_id: int, proposal_id: int, actor: User) -> int:
    """Write all of it or nothing; answers how many lines. Raises Conflict when it is gone or the draft moved on."""
    with atomic():
        version = hold_draft(version_id)
        proposal = SheetProposal.objects.filter(pk=proposal_id, version=version, by=actor).first()
        if proposal is None:
            raise Conflict(_("这次导入已写入或已放弃，请重新上传"))
        difference = from_json(proposal.changes)
        apply_changes(version_id=version_id, difference=difference, actor=actor)
        proposal.delete()
    return len(difference)


def drop(*, version_id: int, actor: User) -> None:
    SheetProposal.objects.filter(version=version_id, by=actor).delete()
