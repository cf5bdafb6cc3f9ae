"""What is done later about plans. Runs from the outbox; once by key."""

from django.utils.translation import gettext_lazy as _

from core.outbox import handles
from places import carrying


@handles(carrying.STRAGGLERS, label=_("网格调整后补划漏网的工单"))
def stragglers(payload: dict[str, object]) -> None:
    carrying.stragglers(int(str(payload["plan"])))
