"""派单规则: the writer of dispatch rules that consultations leave behind; one in force for an item of a township."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import audit, clock
from core.errors import Conflict
from duties.models import DispatchRule
from members.models import Department, User


def keep(
    *,
    township_id: int,
    item_code: str,
    lead: Department,
    assisting: Iterable[Department],
    source: str,
    actor: User | None,
) -> DispatchRule:
    """Send this item of this township to `lead` from now on; what was decided before is revoked."""
    with atomic():
        now = clock.now()
        in_force().filter(township=township_id, item_code=item_code).update(revoked_at=now, revoked_by=actor)
        rule = DispatchRule.objects.create(
            township_id=township_id, item_code=item_code, lead=lead, source=source, made_by=actor, made_at=now
        )
        rule.assisting.set([d for d in assisting if d.pk != lead.pk])
        audit.record("duties.rule_kept", rule, actor=actor, code=item_code, lead=lead.code, source=source)
    return rule


def revoke(*, rule: DispatchRule, actor: User) -> None:
    """Let the list alone decide again. Raises Conflict when the rule is no longer in force."""
    with atomic():
        if not in_force().filter(pk=rule.pk).update(revoked_at=clock.now(), revoked_by=actor):
            raise Conflict(_("这条派单规则已经废止"))
        audit.record("duties.rule_revoked", rule, actor=actor, code=rule.item_code)


def in_force() -> QuerySet[DispatchRule]:
    return DispatchRule.objects.filter(revoked_at__isnull=True)


def rule_for(item_code: str, township_id: int | None) -> DispatchRule | None:
    """The rule in force for an item in a township. One query."""
    if township_id is None:
        return None
    return in_force().filter(township=township_id, item_code=item_code).select_related("lead").first()
