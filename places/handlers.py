"""What is done later about plans. Runs from the outbox; once by key."""

from django.utils.translation import gettext_lazy as _

from core.jobs.outbox import handles
from places.plans import carrying, telling


@handles(carrying.STRAGGLERS, label=_("网格调整后补划漏网的工单"))
def stragglers(payload: dict[str, object]) -> None:
    carrying.stragglers(int(str(payload["plan"])))


@handles(telling.TELL, label=_("告诉岗位或联系户随网格调整变动的人"))
def tell(payload: dict[str, object]) -> None:
    telling.tell(payload)
