"""派单规则: the writer of dispatch rules that consultations leave behind; one in force for an item of a township."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict
from core.trust import audit
from duties.models import DispatchRule, DutyItem, VersionState
from duties.routing.routing_context import in_use
from grids.models import Area
from members.models import Department, User

REASON_LENGTH = 200


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


def revoke(*, rule: DispatchRule, reason: str, actor: User) -> None:
    """Let the list alone decide again. Raises Conflict when the rule is no longer in force."""
    with atomic():
        ended = {"revoked_at": clock.now(), "revoked_by": actor, "revoked_because": reason}
        if not in_force().filter(pk=rule.pk).update(**ended):
            raise Conflict(_("这条派单规则已经废止"))
        audit.record("duties.rule_revoked", rule, actor=actor, code=rule.item_code, reason=reason)


def in_force() -> QuerySet[DispatchRule]:
    return DispatchRule.objects.filter(revoked_at__isnull=True)


# ---- reading --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A rule for the table: the item's name in its newest published version, and what keeps the rule from working."""

    rule: DispatchRule
    item_name: str
    idle_because: str


def listed(township: Area | None, *, ended: bool) -> QuerySet[DispatchRule]:
    rules = DispatchRule.objects.filter(revoked_at__isnull=not ended)
    if township is not None:
        rules = rules.filter(township=township)
    return rules.select_related("township", "lead", "made_by", "revoked_by").prefetch_related("assisting")


def rule_by_pk(pk: int) -> DispatchRule | None:
    return in_force().filter(pk=pk).select_related("township", "lead", "made_by").first()


def lines(rules: Sequence[DispatchRule]) -> list[Line]:
    """The rules with their items' names. One query."""
    codes = {rule.item_code for rule in rules}
    published = DutyItem.objects.filter(code__in=codes, version__state=VersionState.PUBLISHED)
    newest = dict(published.order_by("version__number").values_list("code", "name"))
    today = clock.today()
    return [Line(rule, newest.get(rule.item_code, ""), _idle(rule, today)) for rule in rules]


def _idle(rule: DispatchRule, today: date) -> str:
    if rule.revoked_at is None and not in_use(rule.lead, today):
        return _("%(lead)s已停用，现按清单派单") % {"lead": rule.lead}
    return ""
